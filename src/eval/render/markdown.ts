import { checkArguments } from '../../wording/check-options.ts';
import { counted, figure, grouped, interval, probability, signed } from '../../wording/numbers.ts';
import { isReport } from '../report/check-report.ts';
import type { Comparison, EvalReport, QueryChange } from '../report/report.ts';
import { powerAssumption } from '../significance/verdict.ts';
import { columnsBeside, cutOffTable, headroomTable, headroomTitle, overlapTable, overlapTitle } from './tables.ts';
import {
  claimOf,
  ended,
  evidenceOf,
  failuresOf,
  gradeText,
  headlines,
  measureNames,
  mostFailures,
  outcomeOf,
  outcomeSigns,
  rankChange,
  shortened,
  withoutRelevantText,
} from './words.ts';

/**
 * Names, queries and ids are data: nothing in them may make a column, a link, a heading or a tag, tell a person or refer to an issue. GitHub
 * looks for the last two after the backslashes are gone (https://github.com/github/cmark-gfm/issues/181); an empty comment parts them.
 */
export const safeMarkdown = (text: string): string =>
  text
    .replace(/\s+/gu, ' ')
    .replace(/\p{Cc}/gu, '\u{fffd}')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]()!|~]|^[-+#]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])@(?=\w)|@(?=[\w-]+\.\w)|#(?=\d)|(?<=:)\/\/|\bwww(?=\.)/giu, '$&<!-- -->');

/**
 * A report for a pull request, in GitHub's Markdown.
 *
 * @example
 * import { readReport, toMarkdown } from 'finetooth/eval';
 *
 * console.log(toMarkdown(await readReport('report.json'))); // ### Evaluation…
 */
export function toMarkdown(report: EvalReport): string {
  checkArguments('toMarkdown(await evaluate({ data }))', { report: [report, isReport] });
  const { gates, warnings, primary, settings, version } = report;
  const failures = failuresOf(report);
  const open = headlines(report).some((one) => outcomeOf(one) === 'unknown');
  const without = withoutRelevantText(report);
  const notes = [...(without === '' ? [] : [without]), ...warnings.map((one) => safeMarkdown(ended(one)))];
  return `${[
    `### Evaluation by ${primary}, ${counted(report.queries, 'query', 'queries')}`,
    headlines(report)
      .map((one) => headline(one, report))
      .join('\n\n'),
    gates
      .map(
        ({ gate, pipeline, passed, found }) =>
          `- ${passed ? '✓' : '✗'} ${safeMarkdown(gate)} (${safeMarkdown(pipeline)}): ${safeMarkdown(found)}`,
      )
      .join('\n'),
    figures(report),
    report.comparisons.length === 0 ? '' : comparisons(report),
    titled(headroomTitle, headroomTable(report)),
    titled(overlapTitle, overlapTable(report)),
    cutOffs(report),
    notes.map((one) => `- ${one}`).join('\n'),
    failures.length === 0
      ? ''
      : `**${counted(failures.length, 'query', 'queries')} failed**\n\n${failures
          .slice(0, mostFailures)
          .map(({ pipeline, query, message }) => `- ${safeMarkdown(pipeline)}, ${safeMarkdown(query)}: ${safeMarkdown(message)}`)
          .join('\n')}`,
    ...details(report),
    `<sub>95 % intervals; seed ${settings.seed}, ${grouped(settings.resamples)} resamples; finetooth ${version}.${open ? ` ${powerAssumption}` : ''}</sub>`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

function headline(comparison: Comparison, report: EvalReport): string {
  const [claim, rest] = claimOf(comparison, safeMarkdown);
  return `${outcomeSigns[outcomeOf(comparison)]} **${claim}**${rest}: ${evidenceOf(comparison, report, safeMarkdown)}`;
}

function figures({ pipelines }: EvalReport): string {
  const names = measureNames(pipelines);
  const beside = columnsBeside(pipelines, ['p50', 'p95']);
  const rows = pipelines.map((one) => [
    safeMarkdown(one.name),
    ...names.map((measure) => {
      const found = one.measures[measure];
      return found === undefined ? '' : `${figure(found.value)} ${interval(found.low, found.high)}`;
    }),
    ...beside.map(({ cell }) => cell(one)),
  ]);
  return table(['', ...names, ...beside.map(({ head }) => head)], rows);
}

const comparisons = ({ comparisons: all }: EvalReport): string =>
  table(
    ['', 'against', 'measure', 'difference', 'p (Holm)', 'verdict'],
    all.map(({ pipeline, baseline, measure, difference, low, high, adjustedP, verdict, disagreement, unsafe }) => [
      safeMarkdown(pipeline),
      safeMarkdown(baseline),
      measure,
      `${signed(difference)} ${interval(low, high, signed)}`,
      probability(adjustedP),
      `${[verdict, disagreement ?? '']
        .filter((part) => part !== '')
        .map(safeMarkdown)
        .join('; ')}${unsafe === undefined ? '' : `; not safe: ${safeMarkdown(unsafe)}`}`,
    ]),
  );

/** A table under a sentence; heads and first cells may be names. */
const titled = (title: string, { heads, rows }: ReturnType<typeof overlapTable>): string =>
  rows.length === 0
    ? ''
    : `${title}\n\n${table(
        ['', ...heads.map(safeMarkdown)],
        rows.map(([name = '', ...cells]) => [safeMarkdown(name), ...cells]),
      )}`;

function cutOffs(report: EvalReport): string {
  const { counts, rows } = cutOffTable(report);
  if (rows.length === 0) return '';
  const named = rows.map(([name = '', ...cells]) => [safeMarkdown(name), ...cells]);
  return table([`${report.primary} by candidates (gain kept)`, ...counts], named);
}

const details = (report: EvalReport): string[] =>
  headlines(report).flatMap(({ pipeline, helped = [], hurt = [] }) => {
    if (helped.length + hurt.length === 0) return [];
    const parts = [changes('Most helped', helped), changes('Most hurt', hurt)].filter((part) => part !== '');
    return [
      `<details><summary>Queries that ${safeMarkdown(pipeline)} helped and hurt most</summary>\n\n${parts.join('\n\n')}\n\n</details>`,
    ];
  });

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const changes = (title: string, list: readonly QueryChange[]): string =>
  list.length === 0
    ? ''
    : `**${title}**\n\n${table(
        ['query', 'before', 'after', 'what moved'],
        list.map(({ query, text, before, after, moved }) => [
          safeMarkdown(shortened(text ?? query, 120)),
          figure(before),
          figure(after),
          moved.map((move) => `${safeMarkdown(shortened(move.id, 60))} (${gradeText(move)}): ${rankChange(move)}`).join('<br>'),
        ]),
      )}`;
