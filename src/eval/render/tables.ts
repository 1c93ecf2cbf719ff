import { dollars, duration, figure, grouped, percent, signed } from '../../wording/numbers.ts';
import type { EvalReport, PipelineReport } from '../report/report.ts';

export interface Column {
  readonly head: string;
  readonly cell: (pipeline: PipelineReport) => string;
}

/** Columns beside the measures, those alone of which some pipeline has a value. */
export function columnsBeside(pipelines: readonly PipelineReport[], quantiles: readonly ('p50' | 'p95' | 'p99')[]): readonly Column[] {
  const columns: readonly Column[] = [
    { head: 'calibration error', cell: ({ reliability }) => (reliability === undefined ? '' : figure(reliability.calibrationError)) },
    ...quantiles.map((head): Column => ({ head, cell: ({ latency: { total } }) => (total === undefined ? '' : duration(total[head])) })),
    { head: 'tokens per query', cell: ({ tokens }) => (tokens === undefined ? '' : grouped(tokens)) },
    { head: 'cost', cell: ({ cost }) => (cost === undefined ? '' : dollars(cost)) },
  ];
  return columns.filter(({ cell }) => pipelines.some((one) => cell(one) !== ''));
}

/** The primary measure of each pipeline by number of candidates, with the share of the gain that is left; `rows` begin with the name. */
export function cutOffTable({ pipelines }: EvalReport): {
  readonly counts: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  const cut = pipelines.filter(({ cutOffs }) => cutOffs.length > 0);
  const counts = [...new Set(cut.flatMap(({ cutOffs }) => cutOffs.map(({ candidates }) => candidates)))].sort((a, b) => a - b);
  const rows = cut.map(({ name, cutOffs }) => [
    name,
    ...counts.map((count) => {
      const found = cutOffs.find(({ candidates }) => candidates === count);
      if (found === undefined) return '';
      return found.gainKept === undefined ? figure(found.value) : `${figure(found.value)} (${percent(found.gainKept)})`;
    }),
  ]);
  return { counts: counts.map(String), rows };
}

/** What stands above each of these tables. */
export const headroomTitle = 'The best order of the same results, and what a better order could gain:';
export const overlapTitle = 'How alike the rankings are (rank-biased overlap, p .9; 1 is the same):';

/** What a better order of each pipeline's own results could gain; `rows` begin with the name. */
export function headroomTable({ pipelines }: EvalReport): {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  const names = [...new Set(pipelines.flatMap(({ headroom = {} }) => Object.keys(headroom)))];
  if (names.length === 0) return { heads: [], rows: [] };
  const rows = pipelines.map(({ name, headroom = {} }) => [
    name,
    ...names.map((measure) => {
      const found = headroom[measure];
      return found === undefined ? '' : `${figure(found.best)} (${signed(found.gain)})`;
    }),
  ]);
  return { heads: names.map((name) => `best ${name}`), rows };
}

/** Each pipeline beside those before it, which are the columns; `rows` begin with the name. */
export function overlapTable({ pipelines, overlaps = [] }: EvalReport): {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  if (overlaps.length === 0) return { heads: [], rows: [] };
  const names = pipelines.map(({ name }) => name);
  const rows = names.slice(1).map((name, at) => [
    name,
    ...names.slice(0, -1).map((other, column) => {
      const found = column > at ? undefined : overlaps.find(({ pipelines: [a, b] }) => a === other && b === name);
      return found === undefined ? '' : figure(found.rbo);
    }),
  ]);
  return { heads: names.slice(0, -1), rows };
}
