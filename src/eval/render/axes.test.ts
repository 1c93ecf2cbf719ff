import { describe, expect, it } from 'vitest';
import { depthAxis, placeOn, shareDomain, thinned, timeAxis } from './axes.ts';

describe('axes', () => {
  it('are logarithmic only when the largest is more than ten times the smallest', () => {
    expect([timeAxis([1, 10]).type, timeAxis([1, 10.1]).type, timeAxis([0, 100]).type]).toEqual(['linear', 'log', 'linear']);
    expect([depthAxis([5, 10, 50]).type, depthAxis([5, 10, 100]).type]).toEqual(['linear', 'log']);
  });

  it('keep every value and tick within the domain, whatever the times', () => {
    for (const values of [[3], [0, 0], [0.02, 0.03], [2, 6, 125], [90, 100], [0.5, 40_000], [61_000, 3_000_000]]) {
      const axis = timeAxis(values);
      for (const value of [...values, ...axis.ticks]) {
        expect(placeOn(axis, value)).toBeGreaterThanOrEqual(0);
        expect(placeOn(axis, value)).toBeLessThanOrEqual(1 + 1e-9);
      }
      expect(axis.ticks.length).toBeGreaterThan(1);
    }
  });

  it('leave room between the labels of depths, which all were measured', () => {
    const depths = Array.from({ length: 1000 }, (_, i) => i + 1);
    const axis = depthAxis(depths);
    expect([axis.ticks[0], axis.ticks.at(-1)]).toEqual([1, 1000]);
    for (let i = 1; i < axis.ticks.length; i++)
      expect(placeOn(axis, axis.ticks[i] as number) - placeOn(axis, axis.ticks[i - 1] as number)).toBeGreaterThanOrEqual(0.085);
    expect(depthAxis([10])).toEqual({ type: 'linear', domain: [0, 10], ticks: [10] });
  });

  it('of shares stay between 0 and 1 and have a height', () => {
    expect(shareDomain([0, 1])).toEqual([0, 1]);
    for (const value of [0, 0.5, 1]) {
      const [least, most] = shareDomain([value]);
      expect(least).toBeLessThan(most);
      expect(least).toBeGreaterThanOrEqual(0);
      expect(most).toBeLessThanOrEqual(1);
    }
  });
});

describe('thinned', () => {
  it('keeps the first and the last', () => {
    expect(thinned([1, 2, 3], 3)).toEqual([1, 2, 3]);
    expect(thinned([1, 2, 3, 4, 5, 6, 7], 3)).toEqual([1, 4, 7]);
  });
});
