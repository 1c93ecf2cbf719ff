import type { Pooling } from '../catalog/model-entry.ts';

/** One vector of a text's token vectors, `count` rows of `size` numbers from `from` on, as Pooling of sentence-transformers 6 has it. */
export function poolText(pooling: Exclude<Pooling, 'output'>, rows: Float32Array, from: number, count: number, size: number): Float32Array {
  switch (pooling) {
    case 'cls':
      return rows.slice(from, from + size);
    case 'lasttoken':
      return rows.slice(from + (count - 1) * size, from + count * size);
    case 'max':
      return Float32Array.from({ length: size }, (_, i) => {
        let most = Number.NEGATIVE_INFINITY;
        for (let row = 0; row < count; row++) most = Math.max(most, rows[from + row * size + i] as number);
        return most;
      });
    case 'mean':
      return weighedSum(rows, from, count, size, () => 1 / count);
    case 'mean_sqrt_len_tokens':
      return weighedSum(rows, from, count, size, () => 1 / Math.sqrt(count));
    case 'weightedmean':
      return weighedSum(rows, from, count, size, (row) => (2 * (row + 1)) / (count * (count + 1)));
  }
}

function weighedSum(rows: Float32Array, from: number, count: number, size: number, weightOf: (row: number) => number): Float32Array {
  const sum = new Float32Array(size);
  for (let row = 0; row < count; row++) {
    const weight = weightOf(row);
    for (let i = 0; i < size; i++) sum[i] = (sum[i] as number) + (rows[from + row * size + i] as number) * weight;
  }
  return sum;
}
