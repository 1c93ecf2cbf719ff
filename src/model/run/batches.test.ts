import { describe, expect, it } from 'vitest';
import { batchesOf } from './batches.ts';

describe('batchesOf', () => {
  it('puts every text into one batch, like lengths together, within the budget', () => {
    let seed = 3;
    const random = (below: number): number => (seed = (seed * 16807) % 2147483647) % below;
    for (let round = 0; round < 100; round++) {
      const lengths = Array.from({ length: random(50) }, () => 2 + random(510));
      const budget = random(2000);
      const batches = batchesOf(lengths, budget);
      expect(batches.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, i) => i));
      for (const batch of batches) {
        const width = Math.max(...batch.map((i) => lengths[i] as number));
        expect(batch.length === 1 || width * batch.length <= budget).toBe(true);
      }
    }
  });

  it('runs each text alone at a budget of 0', () => {
    expect(batchesOf([3, 5, 4], 0)).toEqual([[1], [2], [0]]);
    expect(batchesOf([], 0)).toEqual([]);
  });

  it('wastes far less than batches in input order', () => {
    const lengths = Array.from({ length: 512 }, (_, i) => 8 + ((i * 7919) % 500));
    const padded = (batches: readonly (readonly number[])[]): number =>
      batches.reduce((sum, batch) => sum + batch.length * Math.max(...batch.map((i) => lengths[i] as number)), 0);
    const tokens = lengths.reduce((sum, length) => sum + length, 0);
    const unsorted = Array.from({ length: 64 }, (_, i) => Array.from({ length: 8 }, (_, j) => i * 8 + j));
    expect(padded(batchesOf(lengths, 2048)) / tokens).toBeLessThan(1.03);
    expect(padded(unsorted) / tokens).toBeGreaterThan(1.4);
  });
});
