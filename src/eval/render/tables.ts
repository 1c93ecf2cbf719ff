import { dollars, duration, figure, grouped, percent } from '../../wording/numbers.ts';
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
