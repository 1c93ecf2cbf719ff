import { describe, expect, it } from 'vitest';
import { expectedGain, type OwnScores } from './expected-gain.ts';

const known: OwnScores = { slope: 1, weight: 1, deviation: 1, relevance: (own) => 1 / (1 + Math.exp(-own)) };
const combine = (own: number, before: number): number => own + before;
/** Scores of the stage before: 20, 19, … */
const falling = (count: number, by = 1): number[] => Array.from({ length: count }, (_, i) => 20 - i * by);

describe('what reading on is expected to gain', () => {
  it('is less the further the next are behind those that were read', () => {
    const gains = [0.1, 1, 3].map((by) => expectedGain({ before: falling(15, by), own: [3, 2, 4, 3], combine }, 3, known));
    expect(gains).toEqual(gains.toSorted((a, b) => b - a));
    expect(gains[0]).toBeGreaterThan(4 * (gains[2] as number));
  });

  it('is nothing where no predicted score comes into the first ten', () => {
    const before = [...falling(10, 0.1), ...falling(5).map((score) => score - 500)];
    expect(expectedGain({ before, own: before.slice(0, 10).map(() => 1), combine }, 5, known)).toBe(0);
  });

  it('is next to nothing where nothing that is read is relevant', () => {
    const flat = (own: number) => expectedGain({ before: falling(12, 0.05), own: [own, own, own, own], combine }, 2, known);
    expect(flat(-12)).toBeLessThan(0.001);
    expect(flat(3)).toBeGreaterThan(0.01);
  });

  it('follows the list where its own scores fall faster than known, and the known slope where it says little', () => {
    const gainOf = (own: readonly number[], weight: number) => expectedGain({ before: falling(8), own, combine }, 2, { ...known, weight });
    const steep = [9, 6, 3, 0];
    expect(gainOf(steep, 0.01)).toBeLessThan(gainOf(steep, 1000));
  });

  it('knows nothing of a list of which nothing was read, or of none that is left', () => {
    expect(expectedGain({ before: falling(3), own: [], combine }, 2, known)).toBe(Number.POSITIVE_INFINITY);
    expect(expectedGain({ before: falling(3), own: [Number.NaN], combine }, 2, known)).toBe(Number.POSITIVE_INFINITY);
    expect(expectedGain({ before: falling(3), own: [1, 2, 3], combine }, 2, known)).toBe(0);
  });

  it('is the mean, by hand, of one quantile over one candidate', () => {
    // One was read and lies on the line: its error is 0, and so are all where the deviation is.
    const sure: OwnScores = { slope: 2, weight: 1e9, deviation: 0, relevance: () => 0.5 };
    // Predicted for the second: 4 − 2 × 1 = 2, so 21 in all, below 24: place 2, where it stands already.
    expect(expectedGain({ before: [20, 19], own: [4], combine }, 1, sure)).toBe(0);
    // Where the score of the stage before counts against a candidate, 2 − 190 is above 4 − 200: place 1.
    const against = (own: number, before: number): number => own - 10 * before;
    expect(expectedGain({ before: [20, 19], own: [4], combine: against }, 1, sure)).toBeCloseTo(0.5 * (1 - 1 / Math.log2(3)), 9);
  });
});
