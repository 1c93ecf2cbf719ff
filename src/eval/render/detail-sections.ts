import { figure, grouped, moment, percent, signed, size } from '../../wording/numbers.ts';
import type { Comparison, EvalReport, QueryChange } from '../report/report.ts';
import { powerAssumption } from '../significance/verdict.ts';
import { empty, type Html, html, isolated } from './markup.ts';
import { scrolling } from './sections.ts';
import { failuresOf, gradeText, mostFailures, rankChange, shortened } from './words.ts';

/** The longest text of a query that is shown, in characters. */
const longestQuery = 300;

/** The queries that gained and lost most, and why. */
export function queriesOf({ comparisons }: EvalReport): Html {
  const changed = ({ helped = [], hurt = [] }: Comparison): boolean => helped.length + hurt.length > 0;
  const shown = comparisons.filter(changed);
  if (shown.length === 0) return empty;
  const parts = shown.map(
    ({ pipeline, baseline, measure, helped, hurt }) =>
      html`<h3>${isolated(pipeline)} against ${isolated(baseline)}</h3>${changesOf('Most helped', measure, helped)}${changesOf('Most hurt', measure, hurt)}`,
  );
  return html`<section aria-labelledby="queries"><h2 id="queries">Queries that changed most</h2>${parts}</section>`;
}

export const warningsOf = ({ warnings }: EvalReport): Html =>
  warnings.length === 0
    ? empty
    : html`<section aria-labelledby="warnings"><h2 id="warnings">Warnings</h2><ul class="notes">${warnings.map((warning) => html`<li>${warning}</li>`)}</ul></section>`;

export function failedOf(report: EvalReport): Html {
  const failures = failuresOf(report);
  if (failures.length === 0) return empty;
  const rows = failures
    .slice(0, mostFailures)
    .map(
      ({ pipeline, query, message }) =>
        html`<tr><th scope="row">${isolated(pipeline)}</th><td><code>${query}</code></td><td class="message">${message}</td></tr>`,
    );
  const more = failures.length - rows.length;
  return html`<section aria-labelledby="failures"><h2 id="failures">Failed queries</h2>
<p class="small muted">Each counts as 0 in the figures of its pipeline.</p>
${scrolling('Failed queries', html`<table><thead><tr><th scope="col">Pipeline</th><th scope="col">Query</th><th scope="col">What happened</th></tr></thead><tbody>${rows}</tbody></table>`)}
${more > 0 ? html`<p>And ${grouped(more)} more.</p>` : empty}</section>`;
}

/** What makes the figures repeatable, and what they take for granted. */
export function settingsOf(report: EvalReport): Html {
  const { settings, pipelines, version, at, peakMemory } = report;
  const entries: readonly (readonly [string, string])[] = [
    ...(settings.data === undefined ? [] : [['Data', settings.data] as const]),
    ['Seed', String(settings.seed)],
    ['Resamples', grouped(settings.resamples)],
    ['Confidence', percent(settings.confidence)],
    ['Peak memory', size(peakMemory)],
    ['Finetooth', version],
    ['Date', moment(at)],
  ];
  const made = pipelines.flatMap(({ name, pipeline }) => (pipeline === undefined ? [] : [{ name, pipeline }]));
  return html`<section aria-labelledby="settings"><h2 id="settings">Settings</h2>
<dl>${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<p class="small muted">${powerAssumption}</p>
${made.length === 0 ? empty : html`<details><summary>Pipelines as they ran</summary>${made.map(({ name, pipeline }) => html`<h3>${isolated(name)}</h3><pre tabindex="0">${JSON.stringify(pipeline, null, 2)}</pre>`)}</details>`}</section>`;
}

const changesOf = (title: string, measure: string, changes: readonly QueryChange[] = []): Html =>
  changes.length === 0
    ? empty
    : html`<h4>${title}</h4>${scrolling(
        title,
        html`<table class="changes"><thead><tr><th scope="col">Query</th><th scope="col" class="number">${measure}</th><th scope="col">Documents that moved</th></tr></thead><tbody>${changes.map(changeRow)}</tbody></table>`,
      )}`;

function changeRow({ query, text, before, after, moved }: QueryChange): Html {
  const moves = moved.map(
    (move) => html`<li>${isolated(move.id)} <span class="muted">${gradeText(move)},</span> <b>${rankChange(move)}</b></li>`,
  );
  const name =
    text === undefined
      ? html`<code>${query}</code>`
      : html`${isolated(shortened(text, longestQuery))} <small class="muted">${query}</small>`;
  return html`<tr><th scope="row" class="query">${name}</th><td class="number">${signed(after - before)}<small>${figure(before)} → ${figure(after)}</small></td><td>${moves.length === 0 ? '–' : html`<ul class="moves">${moves}</ul>`}</td></tr>`;
}
