/** Of one number or more, added in their order. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at] as number;
  return sum / values.length;
}

/** Of a list of one number or more, whatever their order; the standard deviation is that of the whole list. */
export function meanAndDeviation(given: Float32Array): { readonly mean: number; readonly deviation: number } {
  // Sums of the same numbers in another order differ in their last bit.
  const values = given.toSorted();
  const mean = meanOf(values);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}
