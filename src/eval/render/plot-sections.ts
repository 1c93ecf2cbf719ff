import { counted, figure, grouped, percent } from '../../wording/numbers.ts';
import type { EvalReport } from '../report/report.ts';
import { thinned } from './axes.ts';
import { tally } from './bins.ts';
import type { Canvas, Drawing } from './canvas.ts';
import { empty, type Html, html, isolated } from './markup.ts';
import { cutOffPlot, paretoFront, recallCurves, recallPlot, timedOf, timePlot } from './quality-plots.ts';
import { reliabilityPlot } from './reliability-plot.ts';
import { scrolling } from './sections.ts';
import { keyOf } from './series.ts';
import { spreadPlot } from './spread-plots.ts';

/** How each comparison of the primary measure spreads over queries. */
export function spreadsOf({ comparisons }: EvalReport, canvas: Canvas): Html {
  const shown = comparisons.filter(({ differences = [] }) => differences.length > 0);
  if (shown.length === 0) return empty;
  let [least, most] = [-0.05, 0.05];
  for (const { differences = [] } of shown)
    for (const value of differences) [least, most] = [Math.min(least, value), Math.max(most, value)];
  const figures = shown.map((comparison, i) => {
    const { better, worse, same } = tally(comparison.differences ?? []);
    const caption = `${counted(better, 'query', 'queries')} better, ${grouped(worse)} worse, ${grouped(same)} the same`;
    return figureOf(canvas, spreadPlot(canvas.plot, comparison, `spread-${i + 1}`, [least, most]), caption);
  });
  return html`<section aria-labelledby="spread"><h2 id="spread">Which queries gain and which lose</h2><div class="plots">${figures}</div></section>`;
}

/** Time, recall and cut-offs. */
export const tradesOf = (report: EvalReport, canvas: Canvas): Html =>
  html`<section aria-labelledby="trades"><h2 id="trades">Quality, time and depth</h2><div class="plots">${timeFigure(report, canvas)}${recallFigure(report, canvas)}${cutOffFigure(report, canvas)}</div></section>`;

/** Whether stated probabilities come true; empty where no pipeline states any. */
export function probabilitiesOf({ pipelines }: EvalReport, canvas: Canvas): Html {
  const shown = pipelines.flatMap(({ name, reliability }, index) =>
    reliability === undefined ? [] : [{ name, names: [name], index, reliability }],
  );
  if (shown.length === 0) return empty;
  const rows = shown.map(
    ({ name, reliability: { calibrationError, logLoss } }) =>
      html`<tr><th scope="row" class="name">${isolated(name)}</th><td class="number">${figure(calibrationError)}</td><td class="number">${figure(logLoss)}</td></tr>`,
  );
  const table = html`<table><thead><tr><th scope="col">Pipeline</th><th scope="col" class="number">Calibration error</th><th scope="col" class="number">Log loss</th></tr></thead><tbody>${rows}</tbody></table>`;
  const caption = 'Each point is a tenth of the results. On the dashed line, what was stated came true; below it, too much was promised.';
  return html`<section aria-labelledby="probabilities"><h2 id="probabilities">Probabilities</h2>
<p class="small muted">Calibration error: how far what is stated lies from the share that is relevant, on average. A result without a judgment counts as not relevant. Less is better.</p>
<div class="plots">${figureOf(canvas, reliabilityPlot(canvas.plot, shown), caption, [legend(canvas, shown), scrolling('Probabilities', table)])}</div></section>`;
}

const figureOf = ({ draw }: Canvas, drawing: Drawing, caption: string, below: readonly Html[] = [], shape = ''): Html =>
  html`<figure class="${shape}"><figcaption><strong>${drawing.title}</strong><span>${caption}</span></figcaption><div>${draw(drawing)}</div><div>${below}</div></figure>`;

function timeFigure({ pipelines, primary }: EvalReport, canvas: Canvas): Html {
  const timed = timedOf(pipelines, primary);
  if (timed.length < 2)
    return html`<figure><figcaption><strong>${primary} against the time of a query</strong><span>Not drawn: ${timed.length === 0 ? 'no pipeline was' : 'only one pipeline was'} timed, and it takes two.</span></figcaption></figure>`;
  const missing = pipelines.length - timed.length;
  const front = paretoFront(timed).map(({ name }) => name);
  const caption = `Upright lines are intervals. The dashed line joins the pipelines that none beats in both: ${front.join(', ')}.${missing > 0 ? ` Not shown, because not timed: ${counted(missing, 'pipeline')}.` : ''}`;
  const entries = timed.map(({ name, index }) => ({ index, names: [name] }));
  return figureOf(canvas, timePlot(canvas.plot, timed, primary), caption, [legend(canvas, entries)]);
}

function recallFigure({ pipelines }: EvalReport, canvas: Canvas): Html {
  const curves = recallCurves(pipelines);
  if (curves.length === 0) return empty;
  const depths = thinned(rising(curves.flatMap(({ points }) => points.map(({ depth }) => depth))), 12);
  const rows = curves.map(({ names, points }) => ({
    name: names.join(', '),
    cell: (at: number) => [figureOrNone(points.find(({ depth }) => depth === at)?.recall), ''] as const,
  }));
  return figureOf(canvas, recallPlot(canvas.plot, curves), 'What the first stage misses, no reranker can bring back.', [
    legend(canvas, curves),
    html`<details><summary>Numbers</summary>${depthTable('Recall by depth', depths, rows)}</details>`,
  ]);
}

function cutOffFigure({ pipelines, primary }: EvalReport, canvas: Canvas): Html {
  const shown = pipelines
    .map((pipeline, index) => ({ ...pipeline, index, names: [pipeline.name] }))
    .filter(({ cutOffs }) => cutOffs.length > 0);
  if (shown.length === 0) return empty;
  const counts = rising(shown.flatMap(({ cutOffs }) => cutOffs.map(({ candidates }) => candidates)));
  const rows = shown.map(({ name, cutOffs }) => ({
    name,
    cell: (at: number) => {
      const found = cutOffs.find(({ candidates }) => candidates === at);
      return [figureOrNone(found?.value), found?.gainKept === undefined ? '' : percent(found.gainKept)] as const;
    },
  }));
  return figureOf(
    canvas,
    cutOffPlot(canvas.plot, pipelines, primary),
    `Fewer candidates take less time. Below each ${primary}: how much of the gain is left.`,
    [legend(canvas, shown), depthTable('Candidates', counts, rows)],
    'wide',
  );
}

const legend = (canvas: Canvas, entries: readonly { readonly index: number; readonly names: readonly string[] }[]): Html =>
  html`<ul class="legend">${entries.map(({ index, names }) => html`<li><span class="key">${keyOf(canvas, index)}</span>${names.map((name, i) => html`${i > 0 ? ', ' : ''}${isolated(name)}`)}</li>`)}</ul>`;

const rising = (values: readonly number[]): readonly number[] => [...new Set(values)].sort((a, b) => a - b);

const figureOrNone = (value: number | undefined): string => (value === undefined ? '–' : figure(value));

/** A row a pipeline, a column a depth; each cell a number with a smaller one below, which may be ''. */
function depthTable(
  corner: string,
  depths: readonly number[],
  rows: readonly { readonly name: string; readonly cell: (depth: number) => readonly [large: string, small: string] }[],
): Html {
  const lines = rows.map(({ name, cell }) => {
    const cells = depths
      .map(cell)
      .map(([large, small]) => html`<td class="number">${large}${small === '' ? empty : html`<small>${small}</small>`}</td>`);
    return html`<tr><th scope="row" class="name">${isolated(name)}</th>${cells}</tr>`;
  });
  const heads = depths.map((depth) => html`<th scope="col" class="number">${grouped(depth)}</th>`);
  return scrolling(corner, html`<table><thead><tr><th scope="col">${corner}</th>${heads}</tr></thead><tbody>${lines}</tbody></table>`);
}
