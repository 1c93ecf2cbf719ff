import { counted, grouped } from '../../wording/numbers.ts';
import { normalQuantile } from './normal.ts';

export interface VerdictInput {
  /** [query] */
  readonly differences: Float64Array;
  /** After the correction for several comparisons. */
  readonly adjustedP: number;
  /** How many comparisons there were. */
  readonly comparisons: number;
  /** The chance of a false "helps" or "hurts" that is accepted. @default 0.05 */
  readonly level?: number;
  /** The chance that a difference as large as the one seen is found. @default 0.8 */
  readonly power?: number;
}

/** What the number of queries in a verdict rests on. */
export const powerAssumption =
  'The number of queries needed assumes that the true difference and its spread are those seen here, and gives an 80 % chance to find it.';

const MOST = 1_000_000;
/** Below this the spread of the differences is a guess. */
const FEWEST = 5;

/** Whether a difference helps or hurts, in words; what it would take to tell where that is open. */
export function verdictOf({ differences, adjustedP, comparisons, level = 0.05, power = 0.8 }: VerdictInput): {
  verdict: string;
  needed?: number;
} {
  const count = differences.length;
  if (differences.every((value) => value === 0)) {
    return { verdict: `makes no difference: ${count === 1 ? 'the only query scores' : `all ${queriesIn(count)} score`} the same` };
  }
  const mean = differences.reduce((sum, value) => sum + value, 0) / count;
  if (adjustedP < level && mean !== 0) return { verdict: mean > 0 ? 'helps' : 'hurts' };
  if (count < FEWEST) return { verdict: `cannot tell with ${queriesIn(count)}: too few to say how many would be needed` };
  const needed = mean === 0 ? Number.POSITIVE_INFINITY : neededFor(differences, mean, level / comparisons, power);
  if (needed > MOST) return { verdict: `cannot tell with ${queriesIn(count)}: more than ${grouped(MOST)} would be needed` };
  return { verdict: `cannot tell with ${queriesIn(count)}: about ${grouped(needed)} would be needed`, needed };
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
