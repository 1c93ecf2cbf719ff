import { figure, grouped, percent } from '../../wording/numbers.ts';
import type { EvalReport } from '../report/report.ts';
import { thinned } from './axes.ts';
import type { Canvas } from './canvas.ts';
import {
  cutOffFigure,
  type Figure,
  figureOrNone,
  type Legend,
  probabilityFigure,
  recallFigure,
  spreadFigures,
  timeFigure,
} from './figures.ts';
import { empty, type Html, html, isolated } from './markup.ts';
import { recallCurves, timedOf } from './quality-plots.ts';
import { scrolling } from './sections.ts';
import { keyOf } from './series.ts';

/** How each comparison of the primary measure spreads over queries. */
export function spreadsOf(report: EvalReport, canvas: Canvas): Html {
  const figures = spreadFigures(report, canvas.plot);
  if (figures.length === 0) return empty;
  const shown = figures.map((one) => figureOf(canvas, one));
  return html`<section aria-labelledby="spread"><h2 id="spread">Which queries gain and which lose</h2><div class="plots">${shown}</div></section>`;
}

/** Time, recall and cut-offs. */
export const tradesOf = (report: EvalReport, canvas: Canvas): Html =>
  html`<section aria-labelledby="trades"><h2 id="trades">Quality, time and depth</h2><div class="plots">${timeOf(report, canvas)}${recallOf(report, canvas)}${cutOffsOf(report, canvas)}</div></section>`;

/** Whether stated probabilities come true; empty where no pipeline states any. */
export function probabilitiesOf(report: EvalReport, canvas: Canvas): Html {
  const shown = probabilityFigure(report, canvas.plot);
  if (shown === undefined) return empty;
  const rows = report.pipelines.flatMap(({ name, reliability }) =>
    reliability === undefined
      ? []
      : [
          html`<tr><th scope="row" class="name">${isolated(name)}</th><td class="number">${figure(reliability.calibrationError)}</td><td class="number">${figure(reliability.logLoss)}</td></tr>`,
        ],
  );
  const table = html`<table><thead><tr><th scope="col">Pipeline</th><th scope="col" class="number">Calibration error</th><th scope="col" class="number">Log loss</th></tr></thead><tbody>${rows}</tbody></table>`;
  return html`<section aria-labelledby="probabilities"><h2 id="probabilities">Probabilities</h2>
<p class="small muted">Calibration error: how far what is stated lies from the share that is relevant, on average. A result without a judgment counts as not relevant. Less is better.</p>
<div class="plots">${figureOf(canvas, shown, [legend(canvas, shown.legend), scrolling('Probabilities', table)])}</div></section>`;
}

const figureOf = ({ draw }: Canvas, { drawing, caption }: Figure, below: readonly Html[] = [], shape = ''): Html =>
  html`<figure class="${shape}"><figcaption><strong>${drawing.title}</strong><span>${caption}</span></figcaption><div>${draw(drawing)}</div><div>${below}</div></figure>`;

function timeOf(report: EvalReport, canvas: Canvas): Html {
  const shown = timeFigure(report, canvas.plot);
  if (shown !== undefined) return figureOf(canvas, shown, [legend(canvas, shown.legend)]);
  const { pipelines, primary } = report;
  return html`<figure><figcaption><strong>${primary} against the time of a query</strong><span>Not drawn: ${timedOf(pipelines, primary).length === 0 ? 'no pipeline was' : 'only one pipeline was'} timed, and it takes two.</span></figcaption></figure>`;
}

function recallOf(report: EvalReport, canvas: Canvas): Html {
  const shown = recallFigure(report, canvas.plot);
  if (shown === undefined) return empty;
  const curves = recallCurves(report.pipelines);
  const depths = thinned(rising(curves.flatMap(({ points }) => points.map(({ depth }) => depth))), 12);
  const rows = curves.map(({ names, points }) => ({
    name: names.join(', '),
    cell: (at: number) => [figureOrNone(points.find(({ depth }) => depth === at)?.recall), ''] as const,
  }));
  return figureOf(canvas, shown, [
    legend(canvas, shown.legend),
    html`<details><summary>Numbers</summary>${depthTable('Recall by depth', depths, rows)}</details>`,
  ]);
}

function cutOffsOf(report: EvalReport, canvas: Canvas): Html {
  const shown = cutOffFigure(report, canvas.plot);
  if (shown === undefined) return empty;
  const cut = report.pipelines.filter(({ cutOffs }) => cutOffs.length > 0);
  const counts = rising(cut.flatMap(({ cutOffs }) => cutOffs.map(({ candidates }) => candidates)));
  const rows = cut.map(({ name, cutOffs }) => ({
    name,
    cell: (at: number) => {
      const found = cutOffs.find(({ candidates }) => candidates === at);
      return [figureOrNone(found?.value), found?.gainKept === undefined ? '' : percent(found.gainKept)] as const;
    },
  }));
  return figureOf(canvas, shown, [legend(canvas, shown.legend), depthTable('Candidates', counts, rows)], 'wide');
}

const legend = (canvas: Canvas, entries: Legend): Html =>
  html`<ul class="legend">${entries.map(({ index, names }) => html`<li><span class="key">${keyOf(canvas, index)}</span>${names.map((name, i) => html`${i > 0 ? ', ' : ''}${isolated(name)}`)}</li>`)}</ul>`;

const rising = (values: readonly number[]): readonly number[] => [...new Set(values)].sort((a, b) => a - b);

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
