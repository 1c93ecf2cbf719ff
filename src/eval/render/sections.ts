import { counted, dollars, duration, figure, grouped, interval, moment, percent, probability, signed } from '../../wording/numbers.ts';
import { type EvalReport, stages } from '../report/report.ts';
import type { Canvas } from './canvas.ts';
import { empty, escapeHtml, type Html, html, isolated, trusted } from './markup.ts';
import { keyOf } from './series.ts';
import { forestOf } from './spread-plots.ts';
import { claimOf, ended, evidenceOf, headlines, measureNames, outcomeOf, outcomeSigns, type Safe, withoutRelevantText } from './words.ts';

const safe: Safe = (text) => isolated(text).html;

/** A table that may be wider than a phone: it scrolls alone, also by keyboard. */
export const scrolling = (label: string, table: Html): Html =>
  html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${table}</div>`;

/** Title, verdicts in words, and what the figures stand on. */
export function headerOf(report: EvalReport): Html {
  const failed = report.pipelines.reduce((count, { failures }) => count + failures.length, 0);
  const facts = [
    html`${counted(report.queries, 'query', 'queries')}`,
    html`${counted(report.pipelines.length, 'pipeline')}`,
    ...(report.warnings.length > 0 ? [html`<a href="#warnings">${counted(report.warnings.length, 'warning')}</a>`] : []),
    ...(failed > 0 ? [html`<a href="#failures">${counted(failed, 'failed query', 'failed queries')}</a>`] : []),
    html`<time datetime="${report.at}">${moment(report.at)}</time>`,
  ];
  const verdicts = headlines(report).map((comparison) => {
    const outcome = outcomeOf(comparison);
    const [claim, rest] = claimOf(comparison, safe);
    return html`<li class="${outcome}"><span class="sign" aria-hidden="true">${outcomeSigns[outcome]}</span><div>
<p class="claim"><strong>${trusted(claim)}</strong>${trusted(rest)}.</p>
<p class="muted">${trusted(evidenceOf(comparison, report, escapeHtml))}.</p>${unsafeOf(comparison.unsafe)}</div></li>`;
  });
  return html`<header>
<h1>Evaluation by ${report.primary}</h1>
<p class="muted">${facts.map((fact, i) => (i === 0 ? fact : html` · ${fact}`))}</p>
${verdicts.length > 0 ? html`<ul class="verdicts">${verdicts}</ul>` : html`<p>Nothing was compared: a verdict needs a second pipeline.</p>`}
</header>`;
}

export const gatesOf = ({ gates }: EvalReport): Html =>
  gates.length === 0
    ? empty
    : html`<section aria-labelledby="gates"><h2 id="gates">Gates</h2><ul class="gates">${gates.map(
        ({ gate, pipeline, passed, found }) =>
          html`<li><span class="${passed ? 'passed' : 'failed'}">${passed ? '✓ passed' : '✗ failed'}</span> <code>${gate}</code> for ${isolated(pipeline)}: ${found}</li>`,
      )}</ul></section>`;

/** Every measure of every pipeline with its interval, then time and cost. */
export function figuresOf(report: EvalReport, canvas: Canvas): Html {
  const { pipelines, settings } = report;
  const names = measureNames(pipelines);
  const timed = pipelines.some(({ latency }) => latency.total !== undefined);
  const counts = pipelines.some(({ tokens }) => tokens !== undefined);
  const priced = pipelines.some(({ cost }) => cost !== undefined);
  const cell = (text: string, small = ''): Html =>
    html`<td class="number">${text}${small === '' ? empty : html`<small>${small}</small>`}</td>`;
  // A measure of its own says the same more precisely.
  const unjudgedShown = !names.some((name) => name.startsWith('Judged'));
  const heads = [
    ...names,
    ...(timed ? ['p50', 'p95'] : []),
    ...(counts ? ['Tokens'] : []),
    ...(priced ? ['Cost'] : []),
    ...(unjudgedShown ? ['Unjudged'] : []),
  ];
  const rows = pipelines.map((pipeline, index) => {
    const measures = names.map((name) => {
      const estimate = pipeline.measures[name];
      return estimate === undefined ? cell('–') : cell(figure(estimate.value), interval(estimate.low, estimate.high));
    });
    const { total } = pipeline.latency;
    const times = timed ? [cell(total ? duration(total.p50) : '–'), cell(total ? duration(total.p95) : '–')] : [];
    const tokens = counts ? [cell(pipeline.tokens === undefined ? '–' : grouped(pipeline.tokens))] : [];
    const cost = priced ? [cell(pipeline.cost === undefined ? '–' : dollars(pipeline.cost))] : [];
    const unjudged = unjudgedShown ? [cell(percent(pipeline.unjudged.share), `of the first ${pipeline.unjudged.depth}`)] : [];
    return html`<tr>${nameCell(canvas, pipeline.name, index)}${measures}${times}${tokens}${cost}${unjudged}</tr>`;
  });
  const parts = [
    `Means over ${counted(report.queries, 'query', 'queries')}, with the ${percent(settings.confidence)} interval of the mean. Higher is better.`,
    timed ? 'p50 and p95: half and 95 % of the queries took no longer, all stages together.' : '',
    counts ? 'Tokens through models, a query.' : '',
    priced ? 'Cost of all queries.' : '',
    unjudgedShown ? 'Unjudged: results that no one judged, which count as not relevant.' : '',
    withoutRelevantText(report),
  ];
  return html`<section aria-labelledby="figures"><h2 id="figures">Figures</h2>
<p class="small muted">${parts.filter((part) => part !== '').join(' ')}</p>
${scrolling('Figures', html`<table><thead><tr><th scope="col">Pipeline</th>${heads.map((head) => html`<th scope="col" class="number">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`)}
${stagesOf(report)}</section>`;
}

/** Every comparison, grouped by pair, with its interval beside zero. */
export function comparisonsOf(report: EvalReport, canvas: Canvas): Html {
  const { comparisons, settings } = report;
  if (comparisons.length === 0) return empty;
  const forest = forestOf(canvas, comparisons);
  const pairs = Map.groupBy(comparisons, ({ pipeline, baseline }) => JSON.stringify([pipeline, baseline]));
  const groups = [...pairs.values()].map((rows) => {
    const [{ pipeline, baseline }] = rows as [(typeof rows)[number]];
    const cells = rows.map(
      (one) => html`<tr><th scope="row">${one.measure}</th>
<td class="number">${signed(one.difference)}<small>${interval(one.low, one.high, signed)}</small></td><td class="forest">${forest.row(one)}</td>
<td class="number">${probability(one.p)}</td><td class="number">${probability(one.adjustedP)}</td>
<td class="verdict ${outcomeOf(one)}"><span class="sign" aria-hidden="true">${outcomeSigns[outcomeOf(one)]}</span> ${one.verdict}${apartOf(one.disagreement)}${unsafeOf(one.unsafe)}</td></tr>`,
    );
    return html`<tbody><tr class="group"><th scope="rowgroup" colspan="6">${isolated(pipeline)} against ${isolated(baseline)}</th></tr>${cells}</tbody>`;
  });
  return html`<section aria-labelledby="comparisons"><h2 id="comparisons">Comparisons</h2>
<p class="small muted">Mean difference over the same queries with its ${percent(settings.confidence)} interval; where the interval meets zero, the difference may be chance. p is of a two-sided randomisation test. A verdict needs both: p below 0.05 after Holm's correction for several pipelines, and an interval without zero.</p>
${scrolling(
  'Comparisons',
  html`<table><thead><tr><th scope="col">Measure</th><th scope="col" class="number">Difference</th><th scope="col" class="forest"><span class="hidden">Interval beside zero</span>${forest.scale}</th><th scope="col" class="number">p</th><th scope="col" class="number">p (Holm)</th><th scope="col">Verdict</th></tr></thead>${groups}</table>`,
)}</section>`;
}

const apartOf = (disagreement: string | undefined): Html =>
  disagreement === undefined
    ? empty
    : html`<p class="small">${ended(`${disagreement.charAt(0).toUpperCase()}${disagreement.slice(1)}`)}</p>`;

const unsafeOf = (unsafe: string | undefined): Html =>
  unsafe === undefined ? empty : html`<p class="small"><strong>Not safe:</strong> ${ended(unsafe)}</p>`;

const nameCell = (canvas: Canvas, name: string, index: number): Html =>
  html`<th scope="row" class="name"><span class="key">${keyOf(canvas, index)}</span>${isolated(name)}</th>`;

function stagesOf({ pipelines }: EvalReport): Html {
  const timed = pipelines.filter(({ latency }) => stages.some((stage) => latency[stage] !== undefined));
  if (timed.length === 0) return empty;
  const groups = timed.map(({ name, latency }) => {
    const rows = stages.flatMap((stage) => {
      const times = latency[stage];
      if (times === undefined) return [];
      const cells = [times.p50, times.p95, times.p99].map((time) => html`<td class="number">${duration(time)}</td>`);
      return [html`<tr><th scope="row">${stage}</th>${cells}</tr>`];
    });
    return html`<tbody><tr class="group"><th scope="rowgroup" colspan="4">${isolated(name)}</th></tr>${rows}</tbody>`;
  });
  const heads = ['p50', 'p95', 'p99'].map((head) => html`<th scope="col" class="number">${head}</th>`);
  return html`<details><summary>Time by stage</summary>${scrolling('Time by stage', html`<table><thead><tr><th scope="col">Stage</th>${heads}</tr></thead>${groups}</table>`)}</details>`;
}
