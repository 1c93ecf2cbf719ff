import { byScore, type Scored } from '../math/order.ts';

/** Grades by query id, then document id; 0 and below is not relevant. */
export type Judgments = ReadonlyMap<string, ReadonlyMap<string, number>>;
/** Scored documents by query id, in any order. */
export type RankedRun = ReadonlyMap<string, readonly Scored[]>;

const discounted = (grades: readonly number[]): number =>
  grades.reduce((sum, grade, at) => sum + Math.max(0, grade) / Math.log2(at + 2), 0);

/**
 * nDCG@k of one ranking as trec_eval defines it (`ndcg_cut`): the grade itself is the gain, log2(rank + 1) the discount, and the
 * ideal ranking holds all judged documents. 0 to 1; 0 for a query without a relevant document.
 */
export const ndcgOfQuery = (ranking: readonly Scored[], grades: ReadonlyMap<string, number>, k: number): number => {
  const ideal = discounted([...grades.values()].sort((a, b) => b - a).slice(0, k));
  if (ideal === 0) return 0;
  const found = [...ranking].sort(byScore).slice(0, k);
  return discounted(found.map(({ id }) => grades.get(id) ?? 0)) / ideal;
};

/** Mean nDCG@k over every query that has judgments; one that the run does not have counts as an empty ranking. */
export const meanNdcg = (run: RankedRun, judgments: Judgments, k = 10): number => {
  let sum = 0;
  for (const [query, grades] of judgments) sum += ndcgOfQuery(run.get(query) ?? [], grades, k);
  return judgments.size === 0 ? 0 : sum / judgments.size;
};
