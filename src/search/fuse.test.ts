import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { byScore } from '../math/order.ts';
import type { Hit } from '../types.ts';
import { fuse, fuseHybrid, type HybridOptions } from './fuse.ts';

const list = (...ids: readonly string[]): Hit[] => ids.map((id, i) => ({ id, score: 100 - i, document: { id } }));

describe('fuse', () => {
  it('sums 1 / (60 + rank) over the lists', () => {
    const fused = fuse([list('a', 'b', 'c'), list('c', 'a')], 10);
    expect(fused.map((hit) => hit.id)).toEqual(['a', 'c', 'b']);
    expect(fused[0]?.score).toBeCloseTo(1 / 61 + 1 / 62, 12);
    expect(fused[2]?.score).toBeCloseTo(1 / 62, 12);
  });

  it('weighs lists, and leaves out one of weight 0', () => {
    const fused = fuse([list('a', 'b'), list('c')], 10, { weights: [0.5, 1.5] });
    expect(fused.map((hit) => [hit.id, hit.score])).toEqual([
      ['c', 1.5 / 61],
      ['a', 0.5 / 61],
      ['b', 0.5 / 62],
    ]);
    expect(fuse([list('a', 'b'), list('c')], 10, { weights: [0, 1] }).map((hit) => hit.id)).toEqual(['c']);
  });

  it('breaks ties by id, descending, and cuts', () => {
    expect(fuse([list('a'), list('b')], 1).map((hit) => hit.id)).toEqual(['b']);
    expect(fuse([], 5)).toEqual([]);
  });
});

type Scores = Readonly<Record<string, number>>;
const golden = JSON.parse(readFileSync(join(import.meta.dirname, '../../test/golden/fusion.json'), 'utf8')) as {
  readonly lists: Readonly<Record<string, readonly [Scores, Scores]>>;
  readonly fused: readonly (HybridOptions & { readonly expected: Readonly<Record<string, Scores>> })[];
};

describe('fuse by scores', () => {
  const scored = (scores: Readonly<Record<string, number>>): Hit[] =>
    Object.entries(scores)
      .map(([id, score]) => ({ id, score, document: {} }))
      .sort(byScore);
  const fusedBy = (lists: readonly Readonly<Record<string, number>>[], weights?: readonly number[]) =>
    fuse(lists.map(scored), 10, { fusion: 'scores', weights }).map(({ id, score }) => [id, score]);

  it('takes each list from 0 to 1', () => {
    expect(
      fusedBy([
        { a: 4, b: 3, c: 0 },
        { c: 12, d: 2, b: 7 },
      ]),
    ).toEqual([
      ['b', 1.25],
      ['c', 1],
      ['a', 1],
      ['d', 0],
    ]);
  });

  it('counts the only document of a list, and all of equal scores, as the best', () => {
    expect(fusedBy([{ a: 0.2 }, { b: 3, a: 2, c: 1 }])).toEqual([
      ['a', 1.5],
      ['b', 1],
      ['c', 0],
    ]);
    expect(fusedBy([{ a: 5, b: 5 }])).toEqual([
      ['b', 1],
      ['a', 1],
    ]);
    expect(fusedBy([{ a: -2, b: -4 }, {}])).toEqual([
      ['a', 1],
      ['b', 0],
    ]);
  });

  it('weighs lists, and leaves out one of weight 0', () => {
    expect(
      fusedBy(
        [
          { a: 2, b: 1 },
          { c: 2, b: 1 },
        ],
        [0.25, 0.75],
      ),
    ).toEqual([
      ['c', 0.75],
      ['a', 0.25],
      ['b', 0],
    ]);
    expect(
      fusedBy(
        [
          { a: 2, b: 1 },
          { c: 2, b: 1 },
        ],
        [0, 1],
      ),
    ).toEqual([
      ['c', 1],
      ['b', 0],
    ]);
  });

  it.each(
    golden.fused.map(({ expected, ...options }) => [JSON.stringify(options), options, expected] as const),
  )('gives what ranx gives for %s', (_, options, expected) => {
    for (const [query, [dense, bm25]] of Object.entries(golden.lists)) {
      const fused = fuseHybrid(scored(dense), scored(bm25), 100, options);
      const scores = expected[query] as Scores;
      expect(fused.length).toBe(Object.keys(scores).length);
      for (const { id, score } of fused) expect(score, `${query} ${id}`).toBeCloseTo(scores[id] as number, 12);
    }
  });
});
