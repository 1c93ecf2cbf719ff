import { describe, expect, it } from 'vitest';
import { binned, tally } from './bins.ts';

describe('binned', () => {
  it('counts every difference once, also those at the ends', () => {
    const differences = [-1, -0.5, -0.01, 0, 0, 0.01, 0.5, 1];
    const bins = binned(differences, 1);
    expect(bins).toHaveLength(31);
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(differences.length);
    expect([bins[0]?.count, bins.at(-1)?.count]).toEqual([1, 1]);
  });

  it('has one bar around 0, so that no other holds gains and losses', () => {
    const bins = binned([-0.4, 0, 0.4], 0.5);
    const around = bins.filter(({ from, to }) => from < 0 && to > 0);
    expect(around).toHaveLength(1);
    expect(around[0]?.count).toBe(1);
    expect(around[0]?.to).toBeCloseTo(-(around[0]?.from as number), 12);
  });
});

describe('tally', () => {
  it('calls equal what four digits show as equal', () => {
    expect(tally([0.1, 0.00004, 0, -0.00004, -0.1, -0.2])).toEqual({ better: 1, worse: 2, same: 3 });
  });
});
