import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../math/random.ts';
import { foldsOf } from './folds.ts';

const sizesOf = (fold: Int32Array, folds: number): number[] => {
  const sizes = new Array<number>(folds).fill(0);
  for (const one of fold) sizes[one] = (sizes[one] as number) + 1;
  return sizes;
};

describe('foldsOf', () => {
  it.each([
    [10, 5],
    [43, 5],
    [99, 10],
    [12, 12],
    [11, 2],
  ])('parts %i queries into %i folds that differ by at most one', (count, folds) => {
    const fold = foldsOf(count, folds, randomFrom(1));
    const sizes = sizesOf(fold, folds);
    expect(fold).toHaveLength(count);
    expect(sizes.reduce((sum, one) => sum + one)).toBe(count);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it('is the same for a seed and another for another', () => {
    expect(foldsOf(50, 5, randomFrom(7))).toEqual(foldsOf(50, 5, randomFrom(7)));
    expect(foldsOf(50, 5, randomFrom(7))).not.toEqual(foldsOf(50, 5, randomFrom(8)));
  });

  it('puts a query into every fold equally often', () => {
    const met = new Int32Array(5);
    for (let seed = 0; seed < 5000; seed++) {
      const fold = foldsOf(10, 5, randomFrom(seed))[3] as number;
      met[fold] = (met[fold] as number) + 1;
    }
    // 1,000 each; the standard deviation is 28.
    for (const times of met) expect(Math.abs(times - 1000)).toBeLessThan(140);
  });

  it.each([
    [9, 5, 'there are 9 judged queries'],
    [20, 1, 'folds is 1; it is a whole number of 2 and more'],
    [20, 2.5, 'folds is 2.5;'],
    [20, 21, 'folds is 21, but there are only 20 judged queries'],
  ])('refuses %d queries in %d folds', (count, folds, sentence) => {
    expect(() => foldsOf(count, folds, randomFrom(1))).toThrow(sentence);
  });
});
