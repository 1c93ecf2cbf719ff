import { FinetoothError } from '../../errors.ts';
import { meanOf } from '../../math/mean.ts';
import { randomFrom } from '../../math/random.ts';
import { checkArguments, type OptionChecks } from '../../wording/check-options.ts';
import { between, finiteNumbers, listOf } from '../../wording/check-shapes.ts';
import { drawnChecks } from './draw-checks.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { slackOf } from './ties.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** 0 to 4,294,967,295. @default 20 */
  readonly seed?: number;
  /** 1 to 1,000,000. @default 10,000 */
  readonly resamples?: number;
  /** Between 0 and 1. @default 0.95 */
  readonly confidence?: number;
}

/**
 * Bias-corrected and accelerated (BCa) interval of the mean of `values`, from means of resamples in any order: Efron 1987,
 * https://doi.org/10.1080/01621459.1987.10478410.
 */
export function bcaInterval(values: Float64Array, means: Float64Array, confidence: number): Interval {
  const mean = meanOf(values);
  const resampled = means.toSorted();
  const tails = [(1 - confidence) / 2, (1 + confidence) / 2] as const;
  const share = shareBelow(resampled, mean, slackOf(values) / values.length);
  const acceleration = accelerationOf(values, mean);
  const bias = share > 0 && share < 1 ? normalQuantile(share) : undefined;
  const [low, high] = tails.map((tail) => {
    // With every resample on one side the correction has no value: the plain percentiles are left.
    if (bias === undefined) return quantile(resampled, tail);
    const moved = bias + normalQuantile(tail);
    return quantile(resampled, normalCdf(bias + moved / (1 - acceleration * moved)));
  });
  return { low: low as number, high: high as number };
}

const checks: OptionChecks<BootstrapOptions> = { ...drawnChecks, confidence: between };

/**
 * Bootstrap intervals of the means of several columns, [column][query], all of one length. Every resample draws the same queries for all
 * columns, so differences of columns are paired. A column of equal values has an interval without width.
 *
 * @example
 * import { bootstrapIntervals } from 'finetooth/eval';
 *
 * const [interval] = bootstrapIntervals([Float64Array.of(0.4, 0.5, 0.4, 0.5, 0.4, 0.5)], { resamples: 1000 });
 * console.log(interval.low > 0.4, interval.high < 0.5); // true true
 */
export function bootstrapIntervals(columns: readonly Float64Array[], options: BootstrapOptions = {}): Interval[] {
  checkArguments('bootstrapIntervals([Float64Array.of(0.1, -0.2, 0.3)])', {
    columns: [columns, listOf('a list of arrays of finite numbers', finiteNumbers)],
    options: [options, checks],
  });
  const { seed = 20, resamples = 10_000, confidence = 0.95 } = options;
  const count = columns[0]?.length ?? 0;
  const width = columns.length;
  const odd = columns.find(({ length }) => length !== count);
  if (odd !== undefined)
    throw new FinetoothError(
      'E_USAGE',
      `the columns of bootstrapIntervals have ${count} and ${odd.length} values; they are paired, so give all of one length.`,
    );
  // Side by side, so that one draw reads neighbouring numbers.
  const rows = new Float64Array(count * width);
  for (const [at, column] of columns.entries())
    for (let query = 0; query < count; query++) rows[query * width + at] = column[query] as number;
  const means = columns.map(() => new Float64Array(resamples));
  const sums = new Float64Array(width);
  const { word } = randomFrom(seed);
  for (let resample = 0; resample < resamples; resample++) {
    sums.fill(0);
    for (let drawn = 0; drawn < count; drawn++) {
      // A product instead of a division; the bias is below count / 2^32.
      const row = Math.floor(word() * count * 2 ** -32) * width;
      for (let at = 0; at < width; at++) sums[at] = (sums[at] as number) + (rows[row + at] as number);
    }
    for (let at = 0; at < width; at++) (means[at] as Float64Array)[resample] = (sums[at] as number) / count;
  }
  return columns.map((column, at) => {
    if (column.every((value) => value === column[0])) return { low: meanOf(column), high: meanOf(column) };
    return bcaInterval(column, means[at] as Float64Array, confidence);
  });
}

function shareBelow(sorted: Float64Array, value: number, slack: number): number {
  let [below, equal] = [0, 0];
  for (const one of sorted) {
    if (one < value - slack) below++;
    else if (one <= value + slack) equal++;
    else break;
  }
  // A resample that gives the mean itself counts half, as in scipy.
  return (below + equal / 2) / sorted.length;
}

/** One sixth of the skewness of the jackknife means: how much the spread changes with the mean (Efron 1987, equation 6.6). */
function accelerationOf(values: Float64Array, mean: number): number {
  let [squares, cubes] = [0, 0];
  for (const value of values) {
    const apart = value - mean;
    squares += apart * apart;
    cubes += apart * apart * apart;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/** Linear between the two nearest of the sorted values, as numpy's percentile. */
function quantile(sorted: Float64Array, share: number): number {
  const at = (sorted.length - 1) * share;
  const low = Math.floor(at);
  const value = sorted[low] as number;
  return low + 1 < sorted.length ? value + ((sorted[low + 1] as number) - value) * (at - low) : value;
}
