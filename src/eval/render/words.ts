import { counted, equation, figure, interval, signed } from '../../wording/numbers.ts';
import type { Comparison, EvalReport, Move, PipelineReport } from '../report/report.ts';

/** Makes a stranger's text safe where the sentence goes: names, ids, queries and messages are data. */
export type Safe = (text: string) => string;

export type Outcome = 'helps' | 'hurts' | 'same' | 'unknown';

/** Colour must not be the only carrier. */
export const outcomeSigns: Readonly<Record<Outcome, string>> = { helps: '▲', hurts: '▼', same: '=', unknown: '?' };

/** More failures than these are counted, not listed. */
export const mostFailures = 50;

/** A verdict is one of four, and may go on after a colon. */
export function outcomeOf({ verdict }: Comparison): Outcome {
  if (verdict.startsWith('helps')) return 'helps';
  if (verdict.startsWith('hurts')) return 'hurts';
  return verdict.startsWith('cannot tell') ? 'unknown' : 'same';
}

/** What is claimed, to be set in bold, and what follows it: `dense helps`, ` against bm25`. */
export function claimOf(comparison: Comparison, safe: Safe): readonly [claim: string, rest: string] {
  const [head, tail] = cutVerdict(comparison.verdict);
  const [pipeline, baseline] = [safe(comparison.pipeline), safe(comparison.baseline)];
  const why = tail === '' ? '' : ` (${safe(tail)})`;
  if (outcomeOf(comparison) === 'unknown')
    return [safe(head.charAt(0).toUpperCase() + head.slice(1)), ` whether ${pipeline} is better or worse than ${baseline}${why}`];
  return [`${pipeline} ${safe(head)}`, ` against ${baseline}${why}`];
}

/** `nDCG@10 0.5400 → 0.7780, difference +0.2380 [+0.1710, +0.3010], p = 0.0001, 43 queries` */
export function evidenceOf(comparison: Comparison, report: EvalReport, safe: Safe): string {
  const { baseline, pipeline, measure, difference, low, high, p, adjustedP } = comparison;
  const [before, after] = [meanOf(report, baseline, measure), meanOf(report, pipeline, measure)];
  const values = before === undefined || after === undefined ? '' : ` ${figure(before)} → ${figure(after)}`;
  return [
    `${safe(measure)}${values}`,
    `difference ${signed(difference)} ${interval(low, high, signed)}`,
    adjustedP === p ? equation(p) : `${equation(adjustedP)} after Holm's correction`,
    counted(report.queries, 'query', 'queries'),
  ].join(', ');
}

/** The comparisons that open a report: those of the primary measure, or all where no one compared that. */
export function headlines(report: EvalReport): readonly Comparison[] {
  const primary = report.comparisons.filter(({ measure }) => measure === report.primary);
  return primary.length > 0 ? primary : report.comparisons;
}

/** In the order of the pipelines' first mention. */
export const measureNames = (pipelines: readonly PipelineReport[]): readonly string[] => [
  ...new Set(pipelines.flatMap(({ measures }) => Object.keys(measures))),
];

/** `rank 14 → 1`, `rank 3 → none` */
export const rankChange = ({ from, to }: Move): string => `rank ${from ?? 'none'} → ${to ?? 'none'}`;

export const gradeText = ({ grade }: Move): string => (grade === undefined ? 'no judgment' : `grade ${grade}`);

/** The sentence about judged queries without a relevant document; '' when there are none. */
export function withoutRelevantText({ withoutRelevant: { count, dropped } }: EvalReport): string {
  if (count === 0) return '';
  const what = counted(count, 'judged query has', 'judged queries have');
  return `${what} no relevant document and ${count === 1 ? (dropped ? 'was' : 'counts') : dropped ? 'were' : 'count'} ${dropped ? 'left out' : 'as 0'}.`;
}

/** A text cut to `length` characters, with a sign that it was. */
export function shortened(text: string, length: number): string {
  const characters = [...text.slice(0, 2 * length + 2)];
  return characters.length <= length
    ? text
    : `${characters
        .slice(0, length - 1)
        .join('')
        .trimEnd()}…`;
}

/** A message as a sentence; some end with their full stop already. */
export const ended = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);

export const failuresOf = ({
  pipelines,
}: EvalReport): readonly { readonly pipeline: string; readonly query: string; readonly message: string }[] =>
  pipelines.flatMap(({ name, failures }) => failures.map(({ query, message }) => ({ pipeline: name, query, message })));

function cutVerdict(verdict: string): readonly [head: string, tail: string] {
  const colon = verdict.indexOf(': ');
  return colon < 0 ? [verdict, ''] : [verdict.slice(0, colon), verdict.slice(colon + 2)];
}

const meanOf = (report: EvalReport, name: string, measure: string): number | undefined =>
  report.pipelines.find((pipeline) => pipeline.name === name)?.measures[measure]?.value;
