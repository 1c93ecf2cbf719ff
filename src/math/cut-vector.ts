/**
 * The first numbers of a vector that was trained so that they are one too (Matryoshka representation learning, arXiv:2205.13147), its length not made 1.
 * `centred`: of the vector less its mean, as a layer norm before it leaves it.
 */
export function cutVector(vector: Float32Array, dimensions: number, centred = false): Float32Array {
  const mean = centred ? vector.reduce((sum, value) => sum + value, 0) / vector.length : 0;
  return vector.slice(0, dimensions).map((value) => value - mean);
}
