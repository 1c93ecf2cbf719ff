import { describe, expect, it } from 'vitest';
import { dot, meanMaxSim } from './vectors.ts';

const rows = (...values: readonly number[][]) => Float32Array.from(values.flat());

describe('dot', () => {
  it('equals the naive sum at every length and offset', () => {
    const a = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i));
    const b = Float32Array.from({ length: 40 }, (_, i) => Math.cos(3 * i));
    for (let size = 0; size < 20; size++) {
      let naive = 0;
      for (let i = 0; i < size; i++) naive += (a[5 + i] as number) * (b[11 + i] as number);
      expect(dot(a, 5, b, 11, size)).toBeCloseTo(naive, 6);
    }
  });
});

describe('meanMaxSim', () => {
  it('takes the best document token for each query token and averages', () => {
    const query = { rows: rows([1, 0], [0, 1]), from: 0, to: 2 };
    const document = { rows: rows([0.6, 0.8], [1, 0], [-1, 0]), from: 0, to: 3 };
    expect(meanMaxSim(query, document, 2)).toBeCloseTo((1 + 0.8) / 2, 6);
  });

  it('is 0 when one side has no tokens, and reads only its own rows', () => {
    const query = { rows: rows([1, 0]), from: 0, to: 1 };
    expect(meanMaxSim(query, { rows: rows([1, 0]), from: 0, to: 0 }, 2)).toBe(0);
    expect(meanMaxSim({ ...query, to: 0 }, { rows: rows([1, 0]), from: 0, to: 1 }, 2)).toBe(0);
    expect(meanMaxSim(query, { rows: rows([1, 0], [0, 1]), from: 1, to: 2 }, 2)).toBe(0);
  });
});
