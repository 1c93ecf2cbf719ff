import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../math/random.ts';
import { crossValidate, foldsOf } from './cross-validate.ts';

const uniform = (seed: number): (() => number) => {
  const random = randomFrom(seed);
  return () => random.word() / 2 ** 32;
};
const meanOf = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, one) => sum + one, 0) / values.length;
const row = (scores: Float64Array, at: number, queries: number): Float64Array => scores.subarray(at * queries, (at + 1) * queries);

describe('foldsOf', () => {
  it('draws parts whose sizes differ by one at most', () => {
    for (const [count, folds] of [
      [10, 3],
      [11, 5],
      [12, 12],
      [100, 7],
    ] as const) {
      const sizes = new Array<number>(folds).fill(0);
      for (const part of foldsOf(count, folds, randomFrom(1))) sizes[part] = (sizes[part] as number) + 1;
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      expect(sizes.reduce((sum, one) => sum + one)).toBe(count);
    }
  });
});

describe('crossValidate', () => {
  const queries = 40;
  const configurations = 60;

  it('does not take noise for a gain: in sample the choice looks better than it is', () => {
    let [inSample, heldOut] = [0, 0];
    for (let seed = 0; seed < 30; seed++) {
      const draw = uniform(seed);
      const scores = Float64Array.from({ length: queries * configurations }, draw);
      const found = crossValidate({ scores, configurations, queries, seed, repeats: 2, oneStandardError: false });
      inSample += meanOf(row(scores, found.chosen, queries)) / 30;
      heldOut += meanOf(found.heldOut) / 30;
    }
    expect(inSample).toBeGreaterThan(0.58);
    expect(Math.abs(heldOut - 0.5)).toBeLessThan(0.02);
  });

  it('finds what is truly better, and its value on queries that had no part in the choice', () => {
    const draw = uniform(7);
    const scores = Float64Array.from(
      { length: queries * configurations },
      (_, at) => draw() * 0.5 + (Math.floor(at / queries) === 33 ? 0.4 : 0),
    );
    const found = crossValidate({ scores, configurations, queries });
    expect(found.chosen).toBe(33);
    expect(found.stability).toBe(1);
    expect(found.choices[33]).toBe(50);
    expect(meanOf(found.heldOut)).toBeCloseTo(meanOf(row(scores, 33, queries)), 12);
  });

  it('takes the cheaper of two that are as good, within one standard error', () => {
    const draw = uniform(3);
    const cheap = Float64Array.from({ length: queries }, draw);
    const dear = cheap.map((value) => value + (draw() - 0.48) * 0.2);
    const scores = Float64Array.from([...cheap, ...dear]);
    expect(meanOf(dear)).toBeGreaterThan(meanOf(cheap));
    expect(crossValidate({ scores, configurations: 2, queries }).chosen).toBe(0);
    expect(crossValidate({ scores, configurations: 2, queries, oneStandardError: false }).chosen).toBe(1);
    const clear = Float64Array.from([...cheap, ...cheap.map((value) => value + 0.1)]);
    expect(crossValidate({ scores: clear, configurations: 2, queries }).chosen).toBe(1);
  });

  it('gives the same for the same seed, and refuses too few queries', () => {
    const scores = Float64Array.from({ length: 400 }, uniform(2));
    const input = { scores, configurations: 10, queries: 40, seed: 5 };
    expect(crossValidate(input)).toEqual(crossValidate(input));
    expect(() => crossValidate({ scores, configurations: 10, queries: 9 })).toThrow(
      'choosing needs at least 10 judged queries; there are 9.',
    );
    expect(() => crossValidate({ scores, configurations: 10, queries: 12, folds: 13 })).toThrow(
      'at least 13 judged queries; there are 12.',
    );
  });
});
