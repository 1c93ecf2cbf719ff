import { checkArguments } from '../../wording/check-options.ts';
import { isReport } from '../report/check-report.ts';
import type { EvalReport } from '../report/report.ts';
import { openCanvas } from './canvas.ts';
import { cutOffFigure, estimateFigure, type Figure, probabilityFigure, recallFigure, spreadFigures, timeFigure } from './figures.ts';
import { keyOf } from './series.ts';

/**
 * A plot as SVG for a page of one's own. Colours are CSS variables of that page: `--surface`, `--better`, `--worse`, `--quiet`, `--series-0` to `--series-5`,
 * and its text colour. Attributes alone style it, which a strict content security policy allows.
 */
export interface ReportPlot {
  /** Unique among the plots of a report; ids in the SVG begin with it. */
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  /** What it shows, for who does not see it. It is in the SVG too. */
  readonly description: string;
  readonly svg: string;
  /** Signs of pipelines, each an SVG, and what they stand for. */
  readonly legend: readonly { readonly sign: string; readonly names: readonly string[] }[];
}

/**
 * Every plot of a report's page that there is data for. Throws E_RUNTIME when the packages that draw them are not installed.
 *
 * @example
 * import { plotsOf, readReport } from 'finetooth/eval';
 *
 * for (const { title, svg } of await plotsOf(await readReport('report.json'))) console.log(title, svg.length);
 */
export async function plotsOf(report: EvalReport): Promise<readonly ReportPlot[]> {
  checkArguments('plotsOf(await evaluate({ data }))', { report: [report, isReport] });
  const canvas = await openCanvas();
  const { plot } = canvas;
  const figures: readonly (Figure | undefined)[] = [
    report.pipelines.length === 0 || report.queries === 0 ? undefined : estimateFigure(report, plot),
    ...spreadFigures(report, plot),
    timeFigure(report, plot),
    recallFigure(report, plot),
    cutOffFigure(report, plot),
    probabilityFigure(report, plot),
  ];
  return figures
    .filter((one) => one !== undefined)
    .map(({ drawing, caption, legend }) => ({
      name: drawing.name,
      title: drawing.title,
      caption,
      description: drawing.description,
      svg: withNamespace(canvas.draw(drawing).html),
      legend: legend.map(({ index, names }) => ({ sign: withNamespace(keyOf(canvas, index).html), names })),
    }));
}

/** Of a document of its own, which a page parses by itself. */
const withNamespace = (svg: string): string =>
  /^<svg[^>]*\sxmlns=/.test(svg) ? svg : svg.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ');
