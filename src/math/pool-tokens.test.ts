import { describe, expect, it } from 'vitest';
import { poolTokens } from './pool-tokens.ts';
import { randomFrom } from './random.ts';

const unit = (values: readonly number[]): number[] => values.map((value) => value / Math.hypot(...values));

/** Ward's criterion by trying every pair again after every merge. */
const naive = (rows: readonly (readonly number[])[], wanted: number): Set<string> => {
  const clusters = rows.map((_, i) => [i]);
  const centre = (members: readonly number[]): number[] =>
    (rows[0] as readonly number[]).map((_, k) => members.reduce((sum, i) => sum + (rows[i]?.[k] as number), 0) / members.length);
  while (clusters.length > wanted) {
    let best: readonly [number, number, number] = [0, 0, Number.POSITIVE_INFINITY];
    for (let a = 0; a < clusters.length; a++) {
      for (let b = a + 1; b < clusters.length; b++) {
        const [x, y] = [clusters[a] as number[], clusters[b] as number[]];
        const [cx, cy] = [centre(x), centre(y)];
        const gap = cx.reduce((sum, value, k) => sum + (value - (cy[k] as number)) ** 2, 0);
        const cost = ((x.length * y.length) / (x.length + y.length)) * gap;
        if (cost < best[2]) best = [a, b, cost];
      }
    }
    clusters[best[0]] = [...(clusters[best[0]] as number[]), ...(clusters[best[1]] as number[])];
    clusters.splice(best[1], 1);
  }
  return new Set(
    clusters.map((members) =>
      unit(centre(members))
        .map((value) => value.toFixed(4))
        .join(' '),
    ),
  );
};

describe('poolTokens', () => {
  it('gives the means of the clusters that trying every pair gives', () => {
    const words = randomFrom(3);
    const random = (): number => words.word() / 2 ** 32;
    for (const [count, pool] of [
      [2, 2],
      [7, 2],
      [12, 3],
      [25, 2],
      [30, 5],
    ] as const) {
      const rows = Array.from({ length: count }, () => unit(Array.from({ length: 8 }, () => random() - 0.5)));
      const pooled = poolTokens(Float32Array.from(rows.flat()), count, 8, pool);
      expect(pooled.count).toBe(Math.ceil(count / pool));
      const got = new Set(
        Array.from({ length: pooled.count }, (_, i) => [...pooled.rows.slice(i * 8, i * 8 + 8)].map((value) => value.toFixed(4)).join(' ')),
      );
      expect(got).toEqual(naive(rows, pooled.count));
    }
  });

  it('keeps what need not be pooled, and the order of first tokens', () => {
    const rows = Float32Array.from([1, 0, 0, 1, 1, 0, 0, 1]);
    expect(poolTokens(rows, 4, 2, 1)).toEqual({ rows, count: 4 });
    expect(poolTokens(new Float32Array(0), 0, 2, 2).count).toBe(0);
    expect([...poolTokens(rows, 4, 2, 2).rows]).toEqual([1, 0, 0, 1]);
  });
});
