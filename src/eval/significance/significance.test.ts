import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../math/random.ts';
import { bcaInterval, bootstrapIntervals } from './bootstrap.ts';
import { holm } from './holm.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { randomisationTest } from './randomisation.ts';
import { verdictOf } from './verdict.ts';

interface Golden {
  readonly made: { readonly resamples: number };
  readonly cases: readonly {
    readonly name: string;
    readonly differences: readonly number[];
    readonly interval: readonly [number, number];
    readonly standardError: number;
    readonly p: number;
    readonly exact: boolean;
    readonly fisher: number;
  }[];
  readonly given: {
    readonly values: readonly number[];
    readonly means: readonly number[];
    readonly confidence: number;
    readonly interval: readonly [number, number];
  };
  readonly normal: Readonly<Record<'cdf' | 'quantile', readonly (readonly [number, number])[]>>;
}
const { cases, given, normal, made } = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', '..', 'test', 'golden', 'significance.json'), 'utf8'),
) as Golden;
const RESAMPLES = 40_000;

/** Differences of a measure in steps, such as P@10: in whole steps, and as the fractions that a measure gives. */
const inSteps = (count: number, steps: number, seed: number): { readonly whole: Float64Array; readonly fractions: Float64Array } => {
  const draw = randomFrom(seed);
  const before = Array.from({ length: count }, () => draw.below(steps + 1));
  const after = before.map((one) => Math.max(0, Math.min(steps, one + draw.below(5) - 2)));
  return {
    whole: Float64Array.from(after, (one, at) => one - (before[at] as number)),
    fractions: Float64Array.from(after, (one, at) => one / steps - (before[at] as number) / steps),
  };
};
const stepped = [5, 7, 10].flatMap((steps) =>
  [5, 13, 16, 43, 300].flatMap((count) => [1, 2, 3, 4, 5].map((seed) => ({ steps, ...inSteps(count, steps, seed) }))),
);

/** Four standard errors of a difference of two shares that were counted in so many draws. */
const shareTolerance = (p: number): number => 4 * Math.sqrt(p * (1 - p) * (1 / RESAMPLES + 1 / made.resamples)) + 1 / RESAMPLES;

describe.each(cases)('of $name differences', ({ differences, interval, standardError, p, exact, fisher }) => {
  const values = Float64Array.from(differences);

  it("the BCa interval is scipy's", () => {
    const [found] = bootstrapIntervals([values], { resamples: RESAMPLES, seed: 3 });
    // The 2.5 % point of a resampled normal mean has a standard error of about 2.7 standard errors of the mean / √resamples; skewed ones more.
    // Means of five values come in steps, and a point near one falls on either side of it.
    const step = differences.length < 10 ? 0.2 * standardError : 0;
    const tolerance = 4 * 4 * standardError * Math.sqrt(1 / RESAMPLES + 1 / made.resamples) + step;
    expect(Math.abs((found?.low as number) - interval[0])).toBeLessThan(tolerance);
    expect(Math.abs((found?.high as number) - interval[1])).toBeLessThan(tolerance);
  });

  it("p is scipy's permutation test's and ranx's", () => {
    const found = randomisationTest(values, { resamples: exact ? made.resamples : RESAMPLES, seed: 3 });
    if (exact) expect(found).toBeCloseTo(p, 12);
    expect(Math.abs(found - p)).toBeLessThan(shareTolerance(p) + 1e-12);
    expect(Math.abs(found - fisher)).toBeLessThan(shareTolerance(fisher));
  });
});

describe('the bootstrap', () => {
  const draw = randomFrom(4);
  const column = Float64Array.from({ length: 50 }, () => draw.word() / 2 ** 32);

  it("is scipy's to the last digits on given resamples", () => {
    const { low, high } = bcaInterval(Float64Array.from(given.values), Float64Array.from(given.means), given.confidence);
    expect(low).toBeCloseTo(given.interval[0], 12);
    expect(high).toBeCloseTo(given.interval[1], 12);
  });

  it('gives the same for the same seed, and pairs the columns', () => {
    const shifted = column.map((value) => value + 1);
    const [one, other] = bootstrapIntervals([column, shifted], { seed: 9 });
    expect(other?.low).toBeCloseTo((one?.low as number) + 1, 12);
    expect(bootstrapIntervals([column], { seed: 9 })[0]).toEqual(one);
    expect(bootstrapIntervals([column], { seed: 10 })[0]).not.toEqual(one);
  });

  it('has no width where nothing varies', () => {
    expect(bootstrapIntervals([Float64Array.of(0.25, 0.25, 0.25), Float64Array.of(0, 0, 1)])[0]).toEqual({ low: 0.25, high: 0.25 });
    expect(bootstrapIntervals([Float64Array.of(0.7)])).toEqual([{ low: 0.7, high: 0.7 }]);
    expect(bootstrapIntervals([])).toEqual([]);
  });

  it('takes a resample that gives the mean but for rounding for the mean', () => {
    for (const { steps, whole, fractions } of stepped) {
      const [exact] = bootstrapIntervals([whole], { resamples: 1000 });
      const [found] = bootstrapIntervals([fractions], { resamples: 1000 });
      expect((found?.low as number) * steps).toBeCloseTo(exact?.low as number, 10);
      expect((found?.high as number) * steps).toBeCloseTo(exact?.high as number, 10);
    }
  });

  it('is left with the percentiles where all resamples are on one side', () => {
    const values = Float64Array.from({ length: 50 }, (_, at) => at ** 2);
    for (let seed = 0; seed < 20; seed++) {
      const [found] = bootstrapIntervals([values], { resamples: 1, seed });
      expect(found?.low).toBe(found?.high);
      expect(Math.abs((found?.low as number) - 808.5)).toBeLessThan(600);
    }
  });

  it('covers the true mean about as often as it says', () => {
    let covered = 0;
    for (let round = 0; round < 300; round++) {
      const values = Float64Array.from({ length: 40 }, () => draw.word() / 2 ** 32);
      const [found] = bootstrapIntervals([values], { resamples: 500, seed: round });
      if ((found?.low as number) <= 0.5 && (found?.high as number) >= 0.5) covered++;
    }
    expect(covered / 300).toBeGreaterThan(0.9);
    expect(covered / 300).toBeLessThan(0.99);
  });
});

describe('the randomisation test', () => {
  it('tries all signs where there are few: 2 of the 32 are as extreme as all gains', () => {
    expect(randomisationTest(Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5))).toBe(2 / 32);
    // Zeros have no sign, so 45 differences can be few.
    expect(randomisationTest(Float64Array.of(0.1, 0, 0.2, 0, 0.3, 0.4, 0.5, ...new Float64Array(38)))).toBe(2 / 32);
  });

  it('counts sums that are equal but for rounding, tried or drawn', () => {
    for (const { whole, fractions } of stepped)
      for (const resamples of [2000, 2 ** 16]) {
        // 2^16 draws of long vectors would show nothing that 2,000 do not.
        if (resamples > 2000 && whole.length > 16) continue;
        expect(randomisationTest(fractions, { resamples })).toBe(randomisationTest(whole, { resamples }));
      }
  });

  it('is 1 for no difference at all, and never 0', () => {
    expect(randomisationTest(new Float64Array(20))).toBe(1);
    expect(randomisationTest(new Float64Array(100).fill(0.5), { resamples: 999 })).toBe(1 / 1000);
  });
});

describe("Holm's correction", () => {
  it('equals the definition, worked out the slow way', () => {
    const draw = randomFrom(5);
    for (let round = 0; round < 100; round++) {
      const ps = Array.from({ length: 1 + draw.below(6) }, () => draw.below(1000) / 1000);
      const slow = ps.map((_, at) =>
        // The largest of (m - rank) × p over all that are no larger.
        Math.max(
          ...ps.map((other, where) => {
            const smaller = ps.filter((p, i) => p < other || (p === other && i < where)).length;
            const counts = other < (ps[at] as number) || (other === ps[at] && where <= at);
            return counts ? Math.min(1, other * (ps.length - smaller)) : 0;
          }),
        ),
      );
      for (const [at, p] of holm(ps).entries()) expect(p).toBeCloseTo(slow[at] as number, 12);
    }
    // The example of https://en.wikipedia.org/wiki/Holm-Bonferroni_method: at .05 the first and the second are rejected.
    expect(holm([0.01, 0.04, 0.03, 0.005]).map((p) => p.toFixed(2))).toEqual(['0.03', '0.06', '0.06', '0.02']);
    expect(holm([])).toEqual([]);
  });
});

describe('the normal distribution', () => {
  it("is scipy's", () => {
    for (const [x, share] of normal.cdf) expect(Math.abs(normalCdf(x) / share - 1)).toBeLessThan(1e-8);
    for (const [x, share] of normal.cdf) expect(Math.abs(normalCdf(x) - share)).toBeLessThan(1e-15);
    for (const [share, x] of normal.quantile)
      expect(Math.abs(normalQuantile(share) - x)).toBeLessThan(1e-12 * Math.max(1, Math.abs(x)) + 1e-15);
  });
});

describe('a verdict', () => {
  const of = (differences: readonly number[], adjustedP: number, comparisons = 1) =>
    verdictOf({ differences: Float64Array.from(differences), adjustedP, comparisons });
  const wave = (count: number, mean: number): number[] => Array.from({ length: count }, (_, at) => mean + (at % 2 === 0 ? 0.2 : -0.2));

  it('is in words', () => {
    expect(of(wave(40, 0.1), 0.01)).toEqual({ verdict: 'helps' });
    expect(of(wave(40, -0.1), 0.049)).toEqual({ verdict: 'hurts' });
    expect(of([0, 0, 0], 1)).toEqual({ verdict: 'makes no difference: all 3 queries score the same' });
    expect(of([0], 1)).toEqual({ verdict: 'makes no difference: the only query scores the same' });
    expect(of([0.4], 1)).toEqual({ verdict: 'cannot tell with 1 query: too few to say how many would be needed' });
    expect(of([0.2, -0.2, 0.1, 0], 1)).toEqual({ verdict: 'cannot tell with 4 queries: too few to say how many would be needed' });
    expect(of([0.2, -0.2, 0.2, -0.2, 0, 0], 1)).toEqual({ verdict: 'cannot tell with 6 queries: more than 1,000,000 would be needed' });
  });

  it('says how many queries a paired z test with a power of 80 % would need', () => {
    // (1.95996 + 0.84162)² × (0.2² × 40 / 39) / 0.04² = 201.3, rounded up to two digits.
    expect(of(wave(40, 0.04), 0.2)).toEqual({ verdict: 'cannot tell with 40 queries: about 210 would be needed', needed: 210 });
    // With four comparisons each is left a quarter of the level: (2.49771 + 0.84162)² × …
    expect(of(wave(40, 0.04), 0.2, 4).needed).toBe(290);
    expect(of(wave(40, 0.0004), 0.9).verdict).toBe('cannot tell with 40 queries: more than 1,000,000 would be needed');
    expect(of(wave(40, 0.2), 0.06).needed).toBe(41);
    // However clear the difference: with five comparisons 2 / 2^n is below a fifth of the level from 8 queries on.
    expect(of([0.5, 0.5, 0.5, 0.5, 0.501], 0.3, 5).needed).toBe(8);
  });
});
