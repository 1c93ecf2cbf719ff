import { randomFrom } from '../../math/random.ts';

export interface RandomisationOptions {
  /** @default 20 */
  readonly seed?: number;
  /** @default 10,000 */
  readonly resamples?: number;
}

/** Sums that are equal but for rounding count as equal, as in scipy's permutation_test. */
const slackOf = (sum: number): number => Math.max(1e-14, Math.abs(sum) * 1e-14);

/** Every way to set the signs, each from the one before by one change (Gray code). */
const exact = (values: Float64Array, observed: number): number => {
  const signs = new Int8Array(values.length).fill(1);
  const patterns = 2 ** values.length;
  const bound = observed - slackOf(observed);
  let sum = values.reduce((total, value) => total + value, 0);
  let extreme = Math.abs(sum) >= bound ? 1 : 0;
  for (let pattern = 1; pattern < patterns; pattern++) {
    const at = 31 - Math.clz32(pattern & -pattern);
    signs[at] = -(signs[at] as number);
    sum += 2 * (signs[at] as number) * (values[at] as number);
    if (Math.abs(sum) >= bound) extreme++;
  }
  return extreme / patterns;
};

/**
 * Two-sided p of Fisher's randomisation test for the mean of paired differences: how often random signs give a mean at least as far from 0
 * (Smucker, Allan and Carterette 2007, https://doi.org/10.1145/1321440.1321528). With so few differences that all signs can be tried they
 * are; otherwise the observed signs count as one draw, so p is never 0.
 */
export const randomisationTest = (differences: Float64Array, options: RandomisationOptions = {}): number => {
  const { seed = 20, resamples = 10_000 } = options;
  // A difference of 0 has no sign.
  const values = differences.filter((value) => value !== 0);
  if (values.length === 0) return 1;
  const observed = Math.abs(values.reduce((sum, value) => sum + value, 0));
  if (2 ** values.length <= resamples) return exact(values, observed);
  const bound = observed - slackOf(observed);
  const { word } = randomFrom(seed);
  // The sum with signs is twice the sum of those drawn as positive, less the sum of all.
  const total = values.reduce((sum, value) => sum + value, 0);
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
    if (Math.abs(2 * positive - total) >= bound) extreme++;
  }
  return (1 + extreme) / (1 + resamples);
};
