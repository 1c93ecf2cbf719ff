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

describe('fuseHybrid by linear', () => {
  const hit = (id: string, score: number, other: number, most: number): Hit => ({
    id,
    score,
    document: { id },
    other: { score: other, most },
  });
  const dense = [hit('a', 0.9, 0, 10), hit('b', 0.8, 5, 10), hit('c', 0.7, 10, 10)];
  const bm25 = [hit('c', 10, 0.7, 1), hit('d', 8, 0.6, 1), hit('b', 5, 0.8, 1)];
  const scored = (options: HybridOptions, count = 9) =>
    fuseHybrid(dense, bm25, count, options).map(({ id, score }) => [id, +score.toFixed(9)]);

  it('adds to each cosine the share that its BM25 has of the upper bound, of the documents of either list', () => {
    const by = (weight: number) =>
      [
        ['a', 0.9],
        ['b', 0.8 + weight * 0.5],
        ['c', 0.7 + weight],
        ['d', 0.6 + weight * 0.8],
      ].map(([id, score]) => [id, +(score as number).toFixed(9)]);
    expect(scored({})).toEqual(by(0.1));
    expect(scored({ linearWeight: 0 })).toEqual(by(0));
    expect(scored({ linearWeight: 1 })).toEqual([1.7, 1.4, 1.3, 0.9].map((score, at) => [['c', 'd', 'b', 'a'][at], score]));
    expect(scored({ linearWeight: 1 }, 2)).toHaveLength(2);
  });

  it('is the order of the vectors where no word is in the index', () => {
    const unknown = dense.map((one): Hit => ({ ...one, other: { score: 0, most: 0 } }));
    expect(fuseHybrid(unknown, [], 9, {}).map(({ id, score }) => [id, score])).toEqual(dense.map(({ id, score }) => [id, score]));
    expect(fuseHybrid([], [], 9, {})).toEqual([]);
  });

  it('makes ties of scores that were added up in two ways, and reads the passage of the list where a document stands higher', () => {
    const place = (at: number) => ({ span: [at, at + 1] as const });
    const [first, second] = [hit('y', 0.5, 3, 6), hit('z', 0.5, 3, 6)];
    const fused = fuseHybrid(
      [
        { ...first, passage: place(1) },
        { ...second, passage: place(2) },
      ],
      [{ ...hit('z', 3.0000002, 0.5, 1), passage: place(3) }],
      9,
      {},
    );
    expect(fused.map(({ id, passage }) => [id, passage?.span[0]])).toEqual([
      ['z', 3],
      ['y', 1],
    ]);
    expect(fused[0]?.score).toBe(fused[1]?.score);
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
