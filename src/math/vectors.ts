/** Dot product of `size` numbers from two places; the cosine when both rows have length 1. */
export function dot(a: Float32Array, fromA: number, b: Float32Array, fromB: number, size: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  // Four sums at once: the loop is bound by the latency of one addition otherwise.
  for (; i + 3 < size; i += 4) {
    s0 += (a[fromA + i] as number) * (b[fromB + i] as number);
    s1 += (a[fromA + i + 1] as number) * (b[fromB + i + 1] as number);
    s2 += (a[fromA + i + 2] as number) * (b[fromB + i + 2] as number);
    s3 += (a[fromA + i + 3] as number) * (b[fromB + i + 3] as number);
  }
  for (; i < size; i++) s0 += (a[fromA + i] as number) * (b[fromB + i] as number);
  return s0 + s1 + s2 + s3;
}

/** Cosine of two vectors of any length but 0, of which it is 0. */
export function cosine(a: Float32Array, b: Float32Array): number {
  const size = a.length;
  const lengths = Math.sqrt(dot(a, 0, a, 0, size) * dot(b, 0, b, 0, size));
  return lengths === 0 ? 0 : dot(a, 0, b, 0, size) / lengths;
}

/** The counts, or nothing where all of them are 0. */
export function unlessZero(counts: Uint32Array): Uint32Array | undefined {
  return counts.some((count) => count > 0) ? counts : undefined;
}
