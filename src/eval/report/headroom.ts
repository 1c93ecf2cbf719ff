import type { Evaluation } from '../measures/evaluation.ts';
import { bestOrder } from '../measures/judged-ranking.ts';
import { type Measure, parseMeasure } from '../measures/measure.ts';
import { measureOf } from '../measures/measures.ts';
import { rankBiasedOverlap } from '../measures/rank-biased-overlap.ts';
import type { Headroom, Overlap } from './report.ts';

/** What the order of the same results could gain, by nDCG@10 and by the primary measure: means over every judged query. */
export function headroomOf({ measures, rankings }: Evaluation): Readonly<Record<string, Headroom>> {
  const shown = new Map(['nDCG@10', (measures[0] as Measure).name].map((name) => [name, parseMeasure(name)]));
  const best = rankings.map(bestOrder);
  return Object.fromEntries(
    [...shown].map(([name, measure]) => {
      const mean = (all: Evaluation['rankings']): number => meanOf(all.map((one) => measureOf(one, measure)));
      const most = mean(best);
      return [name, { best: most, gain: most - mean(rankings) }];
    }),
  );
}

/** How alike the rankings of each two are, the mean over every judged query. */
export function overlapsOf(measured: readonly { readonly name: string; readonly evaluation: Evaluation }[]): readonly Overlap[] {
  return measured.flatMap((one, at) =>
    measured.slice(at + 1).map((other): Overlap => {
      const rbos = one.evaluation.heads.map((head, query) => rankBiasedOverlap(head, other.evaluation.heads[query] ?? []));
      return { pipelines: [one.name, other.name], rbo: meanOf(rbos) };
    }),
  );
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length);
