import { counted, figure, grouped } from '../../wording/numbers.ts';
import type { EvalReport } from '../report/report.ts';
import { tally } from './bins.ts';
import type { Canvas, Drawing } from './canvas.ts';
import { estimatePlot } from './estimate-plot.ts';
import { cutOffPlot, paretoFront, recallCurves, recallPlot, timedOf, timePlot } from './quality-plots.ts';
import { reliabilityPlot } from './reliability-plot.ts';
import { spreadPlot } from './spread-plots.ts';

/** Signs of pipelines, by their place among the report's. */
export type Legend = readonly { readonly index: number; readonly names: readonly string[] }[];

/** A plot, and what stands around it. */
export interface Figure {
  readonly drawing: Drawing;
  readonly caption: string;
  readonly legend: Legend;
}

type Plot = Canvas['plot'];

/** Each pipeline's mean with its interval, and what the best order of the same results would have. */
export const estimateFigure = ({ pipelines, primary }: EvalReport, plot: Plot): Figure => ({
  drawing: estimatePlot(plot, pipelines, primary),
  caption: 'Bars are intervals of the mean; a ring is the best order of the same results.',
  legend: [],
});

/** How each comparison of the primary measure spreads over queries, on one scale. */
export function spreadFigures({ comparisons }: EvalReport, plot: Plot): readonly Figure[] {
  const shown = comparisons.filter(({ differences = [] }) => differences.length > 0);
  let [least, most] = [-0.05, 0.05];
  for (const { differences = [] } of shown)
    for (const value of differences) [least, most] = [Math.min(least, value), Math.max(most, value)];
  return shown.map((comparison, at) => {
    const { better, worse, same } = tally(comparison.differences ?? []);
    return {
      drawing: spreadPlot(plot, comparison, `spread-${at + 1}`, [least, most]),
      caption: `${counted(better, 'query', 'queries')} better, ${grouped(worse)} worse, ${grouped(same)} the same`,
      legend: [],
    };
  });
}

/** Undefined where fewer than two pipelines were timed. */
export function timeFigure({ pipelines, primary }: EvalReport, plot: Plot): Figure | undefined {
  const timed = timedOf(pipelines, primary);
  if (timed.length < 2) return undefined;
  const missing = pipelines.length - timed.length;
  const front = paretoFront(timed).map(({ name }) => name);
  return {
    drawing: timePlot(plot, timed, primary),
    caption: `Upright lines are intervals. The dashed line joins the pipelines that none beats in both: ${front.join(', ')}.${missing > 0 ? ` Not shown, because not timed: ${counted(missing, 'pipeline')}.` : ''}`,
    legend: timed.map(({ name, index }) => ({ index, names: [name] })),
  };
}

export function recallFigure({ pipelines }: EvalReport, plot: Plot): Figure | undefined {
  const curves = recallCurves(pipelines);
  if (curves.length === 0) return undefined;
  return { drawing: recallPlot(plot, curves), caption: 'What the first stage misses, no reranker can bring back.', legend: curves };
}

export function cutOffFigure({ pipelines, primary }: EvalReport, plot: Plot): Figure | undefined {
  const legend = pipelines.flatMap(({ name, cutOffs }, index) => (cutOffs.length === 0 ? [] : [{ index, names: [name] }]));
  if (legend.length === 0) return undefined;
  return {
    drawing: cutOffPlot(plot, pipelines, primary),
    caption: `Fewer candidates take less time. Below each ${primary}: how much of the gain is left.`,
    legend,
  };
}

/** Undefined where no pipeline states probabilities. */
export function probabilityFigure({ pipelines }: EvalReport, plot: Plot): Figure | undefined {
  const shown = pipelines.flatMap(({ name, reliability }, index) =>
    reliability === undefined ? [] : [{ name, names: [name], index, reliability }],
  );
  if (shown.length === 0) return undefined;
  return {
    drawing: reliabilityPlot(plot, shown),
    caption: 'Each point is a tenth of the results. On the dashed line, what was stated came true; below it, too much was promised.',
    legend: shown,
  };
}

/** The value of a measure where there is one. */
export const figureOrNone = (value: number | undefined): string => (value === undefined ? '–' : figure(value));
