import { describe, expect, it } from 'vitest';
import { randomFrom } from './random.ts';

describe('randomFrom', () => {
  it('gives the same numbers for a seed everywhere, and others for another', () => {
    const first = (seed: number): number[] => {
      const { word } = randomFrom(seed);
      return [word(), word(), word()];
    };
    // By the authors' C source, its state filled by splitmix32 in C.
    expect(first(20)).toEqual([3705395406, 533019534, 1964090539]);
    expect(first(0)).toEqual([1789933344, 44971166, 2521387044]);
  });

  it('draws every number below a count about as often (chi-squared, 9 degrees of freedom)', () => {
    const random = randomFrom(1);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const drawn = random.below(10);
      counts[drawn] = (counts[drawn] as number) + 1;
    }
    expect(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(27.9);
    // A count that does not divide 2^32 would show a bias of a third here.
    const large = Array.from({ length: 30_000 }, () => random.below(3 * 2 ** 30));
    expect(large.filter((one) => one < 2 ** 30).length / 30_000).toBeCloseTo(1 / 3, 1);
  });
});
