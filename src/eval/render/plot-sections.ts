import { counted, grouped } from '../../text/numbers.ts';
import type { EvalReport } from '../report/report.ts';
import { thinned } from './axes.ts';
import { tally } from './bins.ts';
import type { Canvas, Drawing } from './canvas.ts';
import { empty, type Html, html, isolated } from './markup.ts';
import { figure, percent } from './numbers.ts';
import { cutOffPlot, paretoFront, recallCurves, recallPlot, timedOf, timePlot } from './quality-plots.ts';
import { scrolling } from './sections.ts';
import { keyOf } from './series.ts';
import { spreadPlot } from './spread-plots.ts';

const figureOf = ({ draw }: Canvas, drawing: Drawing, caption: string, below: readonly Html[] = []): Html =>
  html`<figure><figcaption><strong>${drawing.title}</strong><span>${caption}</span></figcaption>${draw(drawing)}${below}</figure>`;

const legend = (canvas: Canvas, entries: readonly { readonly index: number; readonly names: readonly string[] }[]): Html =>
  html`<ul class="legend">${entries.map(({ index, names }) => html`<li><span class="key">${keyOf(canvas, index)}</span>${names.map((name, i) => html`${i > 0 ? ', ' : ''}${isolated(name)}`)}</li>`)}</ul>`;

/** How each comparison of the primary measure spreads over queries. */
export const spreadsOf = ({ comparisons }: EvalReport, canvas: Canvas): Html => {
  const shown = comparisons.filter(({ differences = [] }) => differences.length > 0);
  if (shown.length === 0) return empty;
  let reach = 0.05;
  for (const { differences = [] } of shown) for (const value of differences) reach = Math.max(reach, Math.abs(value));
  const figures = shown.map((comparison, i) => {
    const { better, worse, same } = tally(comparison.differences ?? []);
    const caption = `${counted(better, 'query', 'queries')} better, ${grouped(worse)} worse, ${grouped(same)} the same`;
    return figureOf(canvas, spreadPlot(canvas.plot, comparison, `spread-${i + 1}`, reach), caption);
  });
  return html`<section aria-labelledby="spread"><h2 id="spread">Which queries gain and which lose</h2><div class="plots">${figures}</div></section>`;
};

const recallFigure = ({ pipelines }: EvalReport, canvas: Canvas): Html => {
  const curves = recallCurves(pipelines);
  if (curves.length === 0) return empty;
  const rows = curves.flatMap(({ names, points }) =>
    thinned(points, 12).map(
      ({ depth, recall }) =>
        html`<tr><th scope="row">${isolated(names.join(', '))}</th><td class="number">${grouped(depth)}</td><td class="number">${figure(recall)}</td></tr>`,
    ),
  );
  const table = html`<table><thead><tr><th scope="col">Pipeline</th><th scope="col" class="number">Results</th><th scope="col" class="number">Recall</th></tr></thead><tbody>${rows}</tbody></table>`;
  return figureOf(canvas, recallPlot(canvas.plot, curves), 'What the first stage misses, no reranker can bring back.', [
    legend(canvas, curves),
    html`<details><summary>Numbers</summary>${scrolling('Recall by depth', table)}</details>`,
  ]);
};

const timeFigure = ({ pipelines, primary }: EvalReport, canvas: Canvas): Html => {
  const timed = timedOf(pipelines, primary);
  if (timed.length < 2)
    return html`<figure><figcaption><strong>${primary} against the time of a query</strong><span>Not drawn: ${timed.length === 0 ? 'no pipeline was' : 'only one pipeline was'} timed, and it takes two.</span></figcaption></figure>`;
  const missing = pipelines.length - timed.length;
  const front = paretoFront(timed).map(({ name }) => name);
  const caption = `Upright lines are intervals. The dashed line joins the pipelines that none beats in both: ${front.join(', ')}.${missing > 0 ? ` Not shown, because not timed: ${counted(missing, 'pipeline')}.` : ''}`;
  return figureOf(canvas, timePlot(canvas.plot, timed, primary), caption);
};

const cutOffFigure = ({ pipelines, primary }: EvalReport, canvas: Canvas): Html => {
  const shown = pipelines
    .map((pipeline, index) => ({ ...pipeline, index, names: [pipeline.name] }))
    .filter(({ cutOffs }) => cutOffs.length > 0);
  if (shown.length === 0) return empty;
  const rows = shown.flatMap(({ name, cutOffs }) =>
    cutOffs.map(
      ({ candidates, value, gainKept }) =>
        html`<tr><th scope="row">${isolated(name)}</th><td class="number">${grouped(candidates)}</td><td class="number">${figure(value)}</td><td class="number">${gainKept === undefined ? '–' : percent(gainKept)}</td></tr>`,
    ),
  );
  const table = html`<table><thead><tr><th scope="col">Pipeline</th><th scope="col" class="number">Candidates</th><th scope="col" class="number">${primary}</th><th scope="col" class="number">Gain kept</th></tr></thead><tbody>${rows}</tbody></table>`;
  return figureOf(
    canvas,
    cutOffPlot(canvas.plot, pipelines, primary),
    'Fewer candidates take less time; the table says how much of the gain is left.',
    [legend(canvas, shown), html`<details open><summary>Numbers</summary>${scrolling('Cut-offs', table)}</details>`],
  );
};

/** Time, recall and cut-offs. */
export const tradesOf = (report: EvalReport, canvas: Canvas): Html =>
  html`<section aria-labelledby="trades"><h2 id="trades">Quality, time and depth</h2><div class="plots">${timeFigure(report, canvas)}${recallFigure(report, canvas)}${cutOffFigure(report, canvas)}</div></section>`;
