import { checkArguments, whole } from '../../wording/check-options.ts';
import { anyNumber, between, finiteNumbers, optional, shape } from '../../wording/check-shapes.ts';
import { counted, equation, grouped } from '../../wording/numbers.ts';
import type { Interval } from './bootstrap.ts';
import { normalQuantile } from './normal.ts';

export interface VerdictInput {
  /** [query] */
  readonly differences: Float64Array;
  /** After the correction for several comparisons. */
  readonly adjustedP: number;
  /** Before the correction, where there was one. @default adjustedP */
  readonly p?: number;
  /** The interval that stands beside the verdict: "helps" and "hurts" are said only where it lies on that side of 0. @default none */
  readonly interval?: Interval;
  /** How many comparisons there were. */
  readonly comparisons: number;
  /** The chance of a false "helps" or "hurts" that is accepted. @default 0.05 */
  readonly level?: number;
  /** The chance that a difference as large as the one seen is found. @default 0.8 */
  readonly power?: number;
}

/**
 * What the number of queries in a verdict rests on.
 *
 * @example
 * import { powerAssumption } from 'finetooth/eval';
 *
 * console.log(powerAssumption); // The number of queries needed assumes…
 */
export const powerAssumption =
  'The number of queries needed assumes that the true difference and its spread are those seen here, and gives an 80 % chance to find it.';

const isInput = shape('an object with differences, adjustedP and comparisons', {
  differences: finiteNumbers,
  adjustedP: anyNumber,
  p: optional(anyNumber),
  interval: optional(shape('an object with low and high', { low: anyNumber, high: anyNumber })),
  comparisons: whole(1, 1_000_000),
  level: optional(between),
  power: optional(between),
});

const MOST = 1_000_000;
/** Below this the spread of the differences is a guess. */
const FEWEST = 5;

/**
 * Whether a difference helps or hurts, in words: where the test, after its correction, and the interval both say so. What it would take to tell where that
 * is open, and `disagreement` where one of the two says so alone: they are two methods, and near the border of chance they may differ.
 *
 * @example
 * import { verdictOf } from 'finetooth/eval';
 *
 * const differences = Float64Array.of(0.4, 0.5, 0.4, 0.5, 0.4, 0.5);
 * console.log(verdictOf({ differences, adjustedP: 0.03, comparisons: 1 }).verdict); // helps
 */
export function verdictOf(input: VerdictInput): { verdict: string; needed?: number; disagreement?: string } {
  checkArguments('verdictOf({ differences: Float64Array.of(0.1, -0.2, 0.3), adjustedP: 0.04, comparisons: 1 })', {
    input: [input, isInput],
  });
  const { differences, adjustedP, interval, comparisons, level = 0.05, power = 0.8 } = input;
  const count = differences.length;
  if (differences.every((value) => value === 0)) {
    return { verdict: `makes no difference: ${count === 1 ? 'the only query scores' : `all ${queriesIn(count)} score`} the same` };
  }
  const mean = differences.reduce((sum, value) => sum + value, 0) / count;
  const isTested = adjustedP < level && mean !== 0;
  const isApart = interval === undefined ? isTested : mean > 0 ? interval.low > 0 : mean < 0 && interval.high < 0;
  if (isTested && isApart) return { verdict: mean > 0 ? 'helps' : 'hurts' };
  const disagreement = isTested === isApart ? undefined : disagreementOf(input, isTested, level);
  if (count < FEWEST) return { verdict: `cannot tell with ${queriesIn(count)}: too few to say how many would be needed`, disagreement };
  const needed = mean === 0 ? Number.POSITIVE_INFINITY : neededFor(differences, mean, level / comparisons, power);
  if (needed > MOST) return { verdict: `cannot tell with ${queriesIn(count)}: more than ${grouped(MOST)} would be needed`, disagreement };
  return { verdict: `cannot tell with ${queriesIn(count)}: about ${grouped(needed)} would be needed`, needed, disagreement };
}

/** Why the interval and the test do not say the same. */
function disagreementOf({ adjustedP, p = adjustedP, comparisons }: VerdictInput, isTested: boolean, level: number): string {
  if (isTested) return `the test finds a difference (${equation(adjustedP)}) and the interval holds 0; for a verdict both must agree`;
  return p < level
    ? `the interval leaves out 0, but is of this comparison alone: of ${comparisons} looked at together ${equation(adjustedP)}`
    : `the interval leaves out 0, the randomisation test finds no difference (${equation(p)}); for a verdict both must agree`;
}

const queriesIn = (count: number): string => counted(count, 'query', 'queries');

/** Queries that a paired z test would need, at the level that is left for each of several comparisons. */
function neededFor(differences: Float64Array, mean: number, level: number, power: number): number {
  const count = differences.length;
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const z = normalQuantile(1 - level / 2) + normalQuantile(power);
  // A randomisation test cannot give a p below 2 / 2^n.
  const least = Math.floor(Math.log2(2 / level)) + 1;
  return Math.max(count + 1, least, rounded((z * z * variance) / (mean * mean)));
}

/** Two digits are as much as such an estimate is worth. */
function rounded(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / step) * step;
}
