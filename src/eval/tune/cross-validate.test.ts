import { describe, expect, it } from 'vitest';
import { FinetoothError } from '../../errors.ts';
import { randomFrom } from '../../math/random.ts';
import { chooseConfiguration } from './choose.ts';
import { type CrossValidateOptions, crossValidate } from './cross-validate.ts';
import { foldsOf } from './folds.ts';

type Rows = readonly (readonly number[])[];

const tableOf = (rows: Rows) => ({
  scores: Float64Array.from(rows.flat()),
  configurations: rows.length,
  queries: (rows[0] as readonly number[]).length,
});
const meanOf = (values: Iterable<number>): number => {
  const all = [...values];
  return all.reduce((sum, one) => sum + one, 0) / all.length;
};
/** [configuration][query] Evenly between 0 and 1. */
const noise = (seed: number, configurations: number, queries: number): number[][] => {
  const random = randomFrom(seed);
  return Array.from({ length: configurations }, () => Array.from({ length: queries }, () => random.below(1_000_000) / 1_000_000));
};

const naiveChoice = (rows: Rows, subset: readonly number[], oneStandardError: boolean): number => {
  const means = rows.map((row) => meanOf(subset.map((query) => row[query] as number)));
  const best = means.indexOf(Math.max(...means));
  if (!oneStandardError) return best;
  return rows.findIndex((row) => {
    const differences = subset
      .map((query) => (rows[best] as readonly number[])[query] as number)
      .map((one, i) => one - (row[subset[i] as number] as number));
    const mean = meanOf(differences);
    const variance = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (differences.length - 1);
    return mean <= Math.sqrt(variance / differences.length);
  });
};

describe('chooseConfiguration', () => {
  const all = Array.from({ length: 12 }, (_, i) => i);

  it('takes the highest mean, and of equals the earlier', () => {
    const low = all.map((i) => i / 20);
    const high = low.map((one) => one + 0.1);
    expect(chooseConfiguration(tableOf([low, high, [...high].reverse(), low]), all, false)).toBe(1);
    expect(chooseConfiguration(tableOf([high, low]), all, true)).toBe(0);
  });

  it('takes a cheaper one within one standard error of the difference, but not below', () => {
    // Differences 0.9 and -0.6: mean 0.15, standard error 0.75 / √11 = 0.226. Then 0.9 and -0.3: mean 0.3, standard error 0.6 / √11 = 0.181.
    const best = all.map(() => 1);
    const within = all.map((i) => (i % 2 === 0 ? 0.1 : 1.6));
    const below = all.map((i) => (i % 2 === 0 ? 0.1 : 1.3));
    expect(chooseConfiguration(tableOf([within, best]), all, true)).toBe(0);
    expect(chooseConfiguration(tableOf([within, best]), all, false)).toBe(1);
    expect(chooseConfiguration(tableOf([below, best]), all, true)).toBe(1);
  });

  it('pairs by query: a loss that is the same everywhere is no noise, however much queries differ', () => {
    const hard = all.map((i) => i);
    expect(chooseConfiguration(tableOf([hard.map((one) => one - 0.01), hard]), all, true)).toBe(1);
  });
});

describe('crossValidate', () => {
  it('shows that the gain of a choice among noise is none on other queries', () => {
    const [inSample, heldOut] = [true, false].map((oneStandardError) => {
      const found = Array.from({ length: 40 }, (_, seed) => {
        const rows = noise(seed, 30, 60);
        const result = crossValidate({ ...tableOf(rows), oneStandardError, repeats: 3, seed });
        const baseline = meanOf(rows[0] as number[]);
        return { inSample: result.inSample - baseline, heldOut: meanOf(result.heldOut) - baseline };
      });
      return { inSample: meanOf(found.map((one) => one.inSample)), heldOut: meanOf(found.map((one) => one.heldOut)) };
    }) as [{ inSample: number; heldOut: number }, { inSample: number; heldOut: number }];
    // A difference of two means of 60 has a standard deviation of √(2/12/60) = 0.053, the mean of 40 of them 0.0083.
    for (const rule of [inSample, heldOut]) {
      expect(rule.inSample).toBeGreaterThan(0.03);
      expect(Math.abs(rule.heldOut)).toBeLessThan(0.025);
    }
  });

  it('finds the configuration that is truly better, in every fold', () => {
    const rows = noise(5, 8, 80).map((row, at) => (at === 6 ? row.map((one) => one + 0.5) : row));
    const { chosen, stability, heldOut, inSample, choices } = crossValidate(tableOf(rows));
    expect(chosen).toBe(6);
    expect(stability).toBe(1);
    expect([...choices]).toEqual([0, 0, 0, 0, 0, 0, 50, 0]);
    expect(meanOf(heldOut)).toBeCloseTo(inSample, 12);
    expect([...heldOut].every((one, query) => Math.abs(one - ((rows[6] as number[])[query] as number)) < 1e-12)).toBe(true);
  });

  it.each([true, false])('equals the naive version, one standard error %s', (oneStandardError) => {
    for (let seed = 0; seed < 30; seed++) {
      const queries = 10 + seed;
      const rows = noise(100 + seed, 1 + (seed % 6), queries);
      const random = randomFrom(seed);
      const expected = new Array<number>(queries).fill(0);
      const choices = rows.map(() => 0);
      for (let repeat = 0; repeat < 4; repeat++) {
        const foldOf = [...foldsOf(queries, 3, random)];
        for (let fold = 0; fold < 3; fold++) {
          const inside = foldOf.flatMap((one, query) => (one === fold ? [query] : []));
          const outside = foldOf.flatMap((one, query) => (one === fold ? [] : [query]));
          const one = naiveChoice(rows, outside, oneStandardError);
          choices[one] = (choices[one] as number) + 1;
          for (const query of inside) expected[query] = (expected[query] as number) + ((rows[one] as number[])[query] as number) / 4;
        }
      }
      const chosen = naiveChoice(rows, [...expected.keys()], oneStandardError);
      const result = crossValidate({ ...tableOf(rows), folds: 3, repeats: 4, seed, oneStandardError });
      expect(result.chosen).toBe(chosen);
      expect([...result.choices]).toEqual(choices);
      expect(result.stability).toBeCloseTo((choices[chosen] as number) / 12, 12);
      expect(result.inSample).toBeCloseTo(meanOf(rows[chosen] as number[]), 12);
      for (const [query, score] of result.heldOut.entries()) expect(score).toBeCloseTo(expected[query] as number, 12);
    }
  });

  it('is the same for a seed, another for another, and leaves the scores alone', () => {
    const table = tableOf(noise(10, 10, 40));
    const before = table.scores.slice();
    const withSeed = (seed: number) => crossValidate({ ...table, oneStandardError: false, seed });
    expect(withSeed(4)).toEqual(withSeed(4));
    expect(withSeed(4).heldOut).not.toEqual(withSeed(5).heldOut);
    expect(table.scores).toEqual(before);
  });

  const table = tableOf(noise(1, 3, 12));
  it.each<[Partial<CrossValidateOptions>, string]>([
    [{ queries: 4, scores: new Float64Array(12) }, 'there are 4 judged queries; cross-validation needs 10 and more'],
    [{ folds: 13 }, 'folds is 13, but there are only 12 judged queries'],
    [{ repeats: 0 }, 'repeats is 0;'],
    [{ configurations: 2 }, 'there are 36 scores for 2 configurations and 12 queries'],
    [{ configurations: 0, scores: new Float64Array(0) }, 'at least one configuration'],
    [{ scores: table.scores.map((one, at) => (at === 14 ? Number.NaN : one)) }, 'configuration 1 for query 2 (both from 0) is NaN'],
  ])('refuses %o', (wrong, sentence) => {
    expect(() => crossValidate({ ...table, ...wrong })).toThrow(sentence);
    expect(() => crossValidate({ ...table, ...wrong })).toThrow(FinetoothError);
  });
});
