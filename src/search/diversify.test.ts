import { describe, expect, it } from 'vitest';
import { rankingOf } from '../../test/support/ranking.ts';
import { randomFrom } from '../math/random.ts';
import { cosine } from '../math/vectors.ts';
import { checkCompared } from './arrange.ts';
import { diversify } from './diversify.ts';

interface One {
  readonly id: string;
  readonly relevance: number;
  readonly vector?: readonly number[];
}
const unit = (vector: readonly number[]): Float32Array => Float32Array.from(vector, (value) => value / Math.hypot(...vector));
const vectorsIn = (all: readonly One[]) =>
  new Map(all.flatMap(({ id, vector }) => (vector === undefined ? [] : [[id, unit(vector)] as const])));
const ids = (all: readonly One[], diversity: number, count = all.length): string[] =>
  diversify(rankingOf(all).ranked, vectorsIn(all), diversity, count).order.map(({ id }) => id);

describe('diversity', () => {
  const all: readonly One[] = [
    { id: 'shark', relevance: 0.9, vector: [1, 0, 0] },
    { id: 'another shark', relevance: 0.85, vector: [0.99, 0.1, 0] },
    { id: 'bat', relevance: 0.5, vector: [0, 1, 0] },
    { id: 'owl', relevance: 0.1, vector: [0, 0, 1] },
  ];
  it('brings what is unlike the results above it', () => {
    expect(ids(all, 0)).toEqual(['shark', 'another shark', 'bat', 'owl']);
    expect(ids(all, 0.5)).toEqual(['shark', 'bat', 'owl', 'another shark']);
    expect(ids(all, 0.1)).toEqual(['shark', 'another shark', 'bat', 'owl']);
  });

  it('keeps the order of the ranking where all are alike, where vectors lack, and after the places asked for', () => {
    const alike = all.map((one) => ({ ...one, vector: [1, 2, 3] }));
    for (const diversity of [0.3, 0.99, 1]) expect(ids(alike, diversity)).toEqual(alike.map(({ id }) => id));
    expect(
      ids(
        all.map(({ id, relevance }) => ({ id, relevance })),
        1,
      ),
    ).toEqual(all.map(({ id }) => id));
    expect(ids(all, 0.5, 2)).toEqual(['shark', 'bat', 'another shark', 'owl']);
    expect(ids([], 0.5)).toEqual([]);
    expect(
      ids(
        all.map((one) => ({ ...one, relevance: 3 })),
        0.5,
      )[0],
    ).toBe('shark');
  });

  it('gives what the formula gives, and the same first places for any count', () => {
    const { below } = randomFrom(9);
    for (let round = 0; round < 200; round++) {
      const some: One[] = Array.from({ length: 1 + below(15) }, (_, at) => ({
        id: `d${at}`,
        relevance: 20 - at + (at % 2) / 2,
        vector: below(8) === 0 ? undefined : [1 + below(5), below(5) - 2, below(5) - 2],
      }));
      const diversity = below(11) / 10;
      const vectors = vectorsIn(some);
      const [most, least] = [some[0]?.relevance ?? 0, some.at(-1)?.relevance ?? 0];
      const expected: string[] = [];
      while (expected.length < some.length) {
        let best: { readonly id: string; readonly gain: number } | undefined;
        for (const { id, relevance } of some) {
          if (expected.includes(id)) continue;
          const own = vectors.get(id);
          const likenesses = expected.map((other) => {
            const vector = vectors.get(other);
            return own === undefined || vector === undefined ? 0 : cosine(own, vector);
          });
          const gain =
            (1 - diversity) * (most === least ? 1 : (relevance - least) / (most - least)) -
            diversity * (likenesses.length === 0 ? 0 : Math.max(...likenesses));
          if (best === undefined || gain > best.gain + 1e-6) best = { id, gain };
        }
        expected.push(best?.id ?? '');
      }
      const found = ids(some, diversity);
      // Cosines of equal vectors may differ in the last digit: what is equal by the formula may stand in either order.
      if (new Set(some.map(({ vector }) => String(vector && [...unit(vector)]))).size === some.length) expect(found).toEqual(expected);
      const count = below(some.length + 1);
      expect(ids(some, diversity, count).slice(0, count)).toEqual(found.slice(0, count));
    }
  });

  it('refuses more candidates than are quickly compared', () => {
    expect(() => checkCompared(1000, { diversity: 1, collapse: 'near' })).not.toThrow();
    expect(() => checkCompared(10_000, { diversity: 0 })).not.toThrow();
    expect(() => checkCompared(1001, { diversity: 0.1 })).toThrow('diversity compares documents with each other, at most 1,000; got 1,001');
    expect(() => checkCompared(1001, { collapse: 'near' })).toThrow("collapse: 'near' compares");
  });
});
