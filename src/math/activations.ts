/** What a layer puts on each of its numbers. */
export type Activation = 'identity' | 'tanh' | 'sigmoid' | 'relu' | 'gelu' | 'gelu-tanh' | 'silu';

/** As torch.nn computes them. */
export const activations: Readonly<Record<Activation, (x: number) => number>> = {
  identity: (x) => x,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  relu: (x) => (x > 0 ? x : 0),
  gelu: (x) => (x * (1 + erf(x / Math.SQRT2))) / 2,
  'gelu-tanh': (x) => (x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))) / 2,
  silu: (x) => x / (1 + Math.exp(-x)),
};

/** The error function to about 1e-15, by the series 7.6.2 of https://dlmf.nist.gov/7.6, whose terms are all of one sign. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size >= 6) return Math.sign(x);
  let [term, sum] = [size, size];
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * size * size) / (2 * n + 1);
    sum += term;
  }
  return (Math.sign(x) * 2 * Math.exp(-size * size) * sum) / Math.sqrt(Math.PI);
}
