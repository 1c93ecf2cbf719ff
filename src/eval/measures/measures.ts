import { checkArguments, when } from '../../wording/check-options.ts';
import type { JudgedRanking } from './judged-ranking.ts';
import { type Family, isMeasure, type Measure } from './measure.ts';

/**
 * Every measure once, each equal to trec_eval's (https://github.com/usnistgov/trec_eval) or, where trec_eval has none, to the provider
 * that ir-measures names (docs/measures.md has the list and says where tools differ). All are 0 for a query without a relevant document.
 */
type Compute = (ranking: JudgedRanking, measure: Measure) => number;

const depthOf = (measure: Measure): number => measure.cutoff ?? Number.POSITIVE_INFINITY;
const leastOf = (measure: Measure): number => measure.rel ?? 1;

const gainOf = (grade: number, dcg: Measure['dcg']): number => (grade <= 0 ? 0 : dcg === 'exp-log2' ? 2 ** grade - 1 : grade);

/** Järvelin and Kekäläinen 2002 (https://doi.org/10.1145/582415.582418), discount log2(rank + 1); the ideal ranking holds all judged documents. */
const ndcg: Compute = ({ ranks, grades, all }, measure) => {
  const depth = depthOf(measure);
  let ideal = 0;
  for (let i = 0; i < all.length && i < depth && (all[i] as number) > 0; i++)
    ideal += gainOf(all[i] as number, measure.dcg) / Math.log2(i + 2);
  if (ideal === 0) return 0;
  let sum = 0;
  for (let i = 0; i < ranks.length && (ranks[i] as number) < depth; i++) {
    const gain = gainOf(grades[i] as number, measure.dcg);
    if (gain > 0) sum += gain / Math.log2((ranks[i] as number) + 2);
  }
  return sum / ideal;
};

/** Mean of the precision at each relevant document, over all relevant documents of the query, found or not. */
const averagePrecision: Compute = ({ ranks, grades, all }, measure) => {
  const [depth, least] = [depthOf(measure), leastOf(measure)];
  const relevant = relevantIn(all, least);
  if (relevant === 0) return 0;
  let found = 0;
  let sum = 0;
  for (let i = 0; i < ranks.length && (ranks[i] as number) < depth; i++)
    if ((grades[i] as number) >= least) sum += ++found / ((ranks[i] as number) + 1);
  return sum / relevant;
};

/** Relevant documents above the cut-off. */
const relevantFound: Compute = ({ ranks, grades }, measure) => {
  const [depth, least] = [depthOf(measure), leastOf(measure)];
  let found = 0;
  for (let i = 0; i < ranks.length && (ranks[i] as number) < depth; i++) if ((grades[i] as number) >= least) found++;
  return found;
};

/** 1 / rank of the first relevant document. */
const reciprocalRank: Compute = ({ ranks, grades }, measure) => {
  const [depth, least] = [depthOf(measure), leastOf(measure)];
  for (let i = 0; i < ranks.length && (ranks[i] as number) < depth; i++)
    if ((grades[i] as number) >= least) return 1 / ((ranks[i] as number) + 1);
  return 0;
};

const recall: Compute = (ranking, measure) => {
  const relevant = relevantIn(ranking.all, leastOf(measure));
  return relevant === 0 ? 0 : relevantFound(ranking, measure) / relevant;
};

/** Share of the first results that have a judgment; of those that there are, when the ranking is shorter than the cut-off. */
const judged: Compute = ({ count, ranks }, measure) => {
  const depth = Math.min(depthOf(measure), count);
  let found = 0;
  while (found < ranks.length && (ranks[found] as number) < depth) found++;
  return depth === 0 ? 0 : found / depth;
};

/** Buckley and Voorhees 2004 (https://doi.org/10.1145/1008992.1009000) as trec_eval has it: judged documents that are not relevant push relevant ones down. */
const bpref: Compute = ({ grades, all }, measure) => {
  const least = leastOf(measure);
  const relevant = relevantIn(all, least);
  if (relevant === 0) return 0;
  const not = relevantIn(all, 0) - relevant;
  let above = 0;
  let sum = 0;
  for (const grade of grades) {
    if (grade >= least) sum += above === 0 ? 1 : 1 - Math.min(above, relevant) / Math.min(not, relevant);
    else if (grade >= 0) above++;
  }
  return sum / relevant;
};

/** Moffat and Zobel 2008 (https://doi.org/10.1145/1416950.1416952): (1 - p) × the sum of gain × p^(rank - 1). */
const rankBiasedPrecision: Compute = ({ ranks, grades, all }, measure) => {
  const { p = 0.8, rel } = measure;
  const depth = depthOf(measure);
  const highest = all[0] ?? 0;
  let sum = 0;
  for (let i = 0; i < ranks.length && (ranks[i] as number) < depth; i++) {
    const grade = grades[i] as number;
    const gain = rel === undefined ? Math.max(0, grade) / highest : grade >= rel ? 1 : 0;
    if (gain > 0) sum += gain * p ** (ranks[i] as number);
  }
  return (1 - p) * sum;
};

const computes: Readonly<Record<Family, Compute>> = {
  nDCG: ndcg,
  AP: averagePrecision,
  RR: reciprocalRank,
  P: (ranking, measure) => relevantFound(ranking, measure) / (measure.cutoff as number),
  R: recall,
  Success: (ranking, measure) => (relevantFound(ranking, measure) > 0 ? 1 : 0),
  Judged: judged,
  Bpref: bpref,
  RBP: rankBiasedPrecision,
};

/**
 * The measure of one query's ranking, 0 to 1.
 *
 * @example
 * import { evaluateRun, measureOf, parseMeasure } from 'finetooth/eval';
 *
 * const judgments = new Map([['q', new Map([['a', 2], ['b', 1]])]]);
 * const run = new Map([['q', [{ id: 'b', score: 2 }, { id: 'a', score: 1 }]]]);
 * const [ranking] = evaluateRun(run, judgments, []).rankings;
 * console.log(measureOf(ranking, parseMeasure('P@2')), measureOf(ranking, parseMeasure('RR(rel=2)'))); // 1 0.5
 */
export function measureOf(ranking: JudgedRanking, measure: Measure): number {
  // It is called for every query: a measure is looked at once.
  if (!isRanking(ranking) || !known.has(measure)) {
    checkArguments("measureOf(evaluateRun(run, judgments, [measure]).rankings[0], parseMeasure('nDCG@10'))", {
      ranking: [ranking, when('a judged ranking, as evaluateRun gives them', isRanking)],
      measure: [measure, isMeasure],
    });
    known.add(measure);
  }
  return computes[measure.family](ranking, measure);
}

const known = new WeakSet<Measure>();

function isRanking(value: unknown): boolean {
  try {
    const { count, ranks, grades, all } = value as JudgedRanking;
    return (
      typeof count === 'number' &&
      ranks instanceof Int32Array &&
      grades instanceof Int32Array &&
      all instanceof Int32Array &&
      ranks.length === grades.length
    );
  } catch {
    return false;
  }
}

function relevantIn(grades: Int32Array, least: number): number {
  // Grades are sorted, highest first.
  let count = 0;
  while (count < grades.length && (grades[count] as number) >= least) count++;
  return count;
}
