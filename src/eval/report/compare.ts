import { checkArguments } from '../../wording/check-options.ts';
import { anyText, between, finiteNumbers, listOf, optional, shape } from '../../wording/check-shapes.ts';
import type { Evaluation } from '../measures/evaluation.ts';
import { condensed, type JudgedRanking } from '../measures/judged-ranking.ts';
import { areMeasures, type Measure } from '../measures/measure.ts';
import { measureOf } from '../measures/measures.ts';
import { bootstrapIntervals, type Interval } from '../significance/bootstrap.ts';
import { drawnChecks } from '../significance/draw-checks.ts';
import { holm } from '../significance/holm.ts';
import { randomisationTest } from '../significance/randomisation.ts';
import { verdictOf } from '../significance/verdict.ts';
import { changesBetween } from './changes.ts';
import type { Comparison } from './report.ts';

export interface Chance {
  readonly seed: number;
  /** Of the bootstrap and of the randomisation test. */
  readonly resamples: number;
  /** Of the intervals, between 0 and 1. */
  readonly confidence: number;
}

/** Values of one side, paired by query with those of the other. */
export interface Side {
  readonly name: string;
  /** [measure][query] */
  readonly values: readonly (ArrayLike<number> | undefined)[];
}

/** From this share on, unjudged results may decide the verdict. */
const MANY_UNJUDGED = 0.1;

export interface DetailOptions {
  readonly judgments: ReadonlyMap<string, ReadonlyMap<string, number>>;
  textOf(query: string): string | undefined;
  readonly depth: number;
  readonly chance: Chance;
}

const isSide = shape('an object with name and values', {
  name: anyText,
  values: listOf('a list of arrays of numbers, one for each measure', optional(finiteNumbers)),
});

/**
 * Each pipeline against one baseline, with every measure that both have; Holm's correction is over the pipelines of a measure.
 *
 * @example
 * import { compareAll, parseMeasures } from 'finetooth/eval';
 *
 * // Of eight queries, by one measure.
 * const dense = { name: 'dense', values: [[0.2, 0.4, 0.1, 0.3, 0.2, 0.3, 0.1, 0.2]] };
 * const reranked = { name: 'reranked', values: [[0.6, 0.9, 0.5, 0.8, 0.6, 0.8, 0.5, 0.7]] };
 * const chance = { seed: 20, resamples: 1000, confidence: 0.95 };
 * const [found] = compareAll(dense, [reranked], parseMeasures('nDCG@10'), chance);
 * console.log(found.verdict, found.difference.toFixed(2)); // helps 0.45
 */
export function compareAll(baseline: Side, others: readonly Side[], measures: readonly Measure[], chance: Chance): Comparison[] {
  checkArguments('compareAll(baseline, others, measures, { seed: 20, resamples: 10_000, confidence: 0.95 })', {
    baseline: [baseline, isSide],
    others: [others, listOf('a list of sides', isSide)],
    measures: [measures, areMeasures],
    chance: [chance, shape('an object with seed, resamples and confidence', { ...drawnChecks, confidence: between })],
  });
  const { seed, resamples } = chance;
  const found: Comparison[] = [];
  for (const [at, measure] of measures.entries()) {
    const before = baseline.values[at];
    const sides = others.filter(({ values }) => values[at] !== undefined);
    if (before === undefined || sides.length === 0) continue;
    const differences = sides.map(({ values }) => differencesOf(before, values[at] as ArrayLike<number>));
    const intervals = bootstrapIntervals(differences, chance);
    const ps = differences.map((one) => randomisationTest(one, { seed, resamples }));
    const adjusted = holm(ps);
    for (const [which, side] of sides.entries()) {
      const own = differences[which] as Float64Array;
      const [p, adjustedP, interval] = [ps[which], adjusted[which], intervals[which]] as [number, number, Interval];
      const { verdict, disagreement } = verdictOf({ differences: own, p, adjustedP, interval, comparisons: sides.length });
      found.push({
        baseline: baseline.name,
        pipeline: side.name,
        measure: measure.name,
        difference: own.reduce((sum, one) => sum + one, 0) / own.length,
        ...interval,
        p,
        adjustedP,
        verdict,
        disagreement,
        ...(at === 0 ? { differences: [...own] } : {}),
      });
    }
  }
  return found.sort((a, b) => others.findIndex(({ name }) => name === a.pipeline) - others.findIndex(({ name }) => name === b.pipeline));
}

/** Share of the first `depth` results that no one judged, over all queries together. */
export function unjudgedShare({ rankings }: Evaluation, depth: number): number {
  let [results, judged] = [0, 0];
  for (const { count, ranks } of rankings) {
    results += Math.min(count, depth);
    for (const rank of ranks) if (rank < depth) judged++;
  }
  return results === 0 ? 0 : 1 - judged / results;
}

/** What moved and how safe it is: for comparisons of the first measure between rankings that are at hand. */
export function withDetails(comparison: Comparison, before: Evaluation, after: Evaluation, options: DetailOptions): Comparison {
  if (comparison.measure !== before.measures[0]?.name) return comparison;
  const unsafe = unsafeOf(comparison, before, after, options.depth, options.chance);
  return {
    ...comparison,
    ...changesBetween(before, after, 0, options.judgments, options.textOf),
    unsafe,
  };
}

const differencesOf = (before: ArrayLike<number>, after: ArrayLike<number>): Float64Array =>
  Float64Array.from(after, (value, at) => value - (before[at] as number));

/**
 * Why a verdict cannot be relied on: many results have no judgment, and when only the judged ones are counted (condensed lists) it would be
 * another one.
 */
function unsafeOf(comparison: Comparison, before: Evaluation, after: Evaluation, depth: number, chance: Chance): string | undefined {
  const shares = [unjudgedShare(before, depth), unjudgedShare(after, depth)] as const;
  if (Math.max(...shares) < MANY_UNJUDGED) return undefined;
  const measure = before.measures[0] as Measure;
  const condensedOf = ({ rankings }: Evaluation): number[] => rankings.map((one: JudgedRanking) => measureOf(condensed(one), measure));
  const differences = differencesOf(condensedOf(before), condensedOf(after));
  const { seed, resamples } = chance;
  const adjustedP = randomisationTest(differences, { seed, resamples });
  const [interval] = bootstrapIntervals([differences], chance);
  const other = verdictOf({ differences, adjustedP, interval, comparisons: 1 }).verdict;
  const kind = (verdict: string): string => verdict.split(' ').slice(0, 2).join(' ');
  const found = `of the first ${depth} results ${percent(shares[1])} of "${comparison.pipeline}" and ${percent(shares[0])} of "${comparison.baseline}" have no judgment`;
  return kind(other) === kind(comparison.verdict)
    ? undefined
    : `${found}; among judged documents alone the verdict would be "${other}". Judge more of them with "finetooth label".`;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
