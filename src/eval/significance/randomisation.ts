import { randomFrom } from '../../math/random.ts';
import { checkArguments, type OptionChecks } from '../../wording/check-options.ts';
import { finiteNumbers } from '../../wording/check-shapes.ts';
import { drawnChecks } from './draw-checks.ts';
import { slackOf } from './ties.ts';

export interface RandomisationOptions {
  /** 0 to 4,294,967,295. @default 20 */
  readonly seed?: number;
  /** 1 to 1,000,000. @default 10,000 */
  readonly resamples?: number;
}

const checks: OptionChecks<RandomisationOptions> = drawnChecks;

/**
 * Two-sided p of Fisher's randomisation test for the mean of paired differences: how often random signs give a mean at least as far from 0
 * (Smucker, Allan and Carterette 2007, https://doi.org/10.1145/1321440.1321528). With so few differences that all signs can be tried they
 * are; otherwise the observed signs count as one draw, so p is never 0.
 *
 * @example
 * import { randomisationTest } from 'finetooth/eval';
 *
 * console.log(randomisationTest(Float64Array.of(0.4, 0.5, 0.4, 0.5, 0.4, 0.5))); // 0.03125
 */
export function randomisationTest(differences: Float64Array, options: RandomisationOptions = {}): number {
  checkArguments('randomisationTest(Float64Array.of(0.1, -0.2, 0.3))', {
    differences: [differences, finiteNumbers],
    options: [options, checks],
  });
  const { seed = 20, resamples = 10_000 } = options;
  // A difference of 0 has no sign.
  const values = differences.filter((value) => value !== 0);
  if (values.length === 0) return 1;
  const total = values.reduce((sum, value) => sum + value, 0);
  const bound = Math.abs(total) - slackOf(values);
  if (2 ** values.length <= resamples) return exact(values, bound);
  const { word } = randomFrom(seed);
  let extreme = 0;
  for (let resample = 0; resample < resamples; resample++) {
    let positive = 0;
    for (let from = 0; from < values.length; from += 32) {
      let bits = word();
      const to = Math.min(values.length, from + 32);
      for (let at = from; at < to; at++) {
        positive += (bits & 1) * (values[at] as number);
        bits >>>= 1;
      }
    }
    // The sum with signs is twice the sum of those drawn as positive, less the sum of all.
    if (Math.abs(2 * positive - total) >= bound) extreme++;
  }
  return (1 + extreme) / (1 + resamples);
}

/** Every way to set the signs. */
function exact(values: Float64Array, bound: number): number {
  // Doubled with each value, so that a sum has the rounding of few additions; from one pattern to the next it would pile up.
  const sums = new Float64Array(2 ** values.length);
  let filled = 1;
  for (const value of values) {
    for (let at = 0; at < filled; at++) {
      const sum = sums[at] as number;
      sums[at] = sum + value;
      sums[filled + at] = sum - value;
    }
    filled *= 2;
  }
  return sums.reduce((extreme, sum) => extreme + (Math.abs(sum) >= bound ? 1 : 0), 0) / sums.length;
}
