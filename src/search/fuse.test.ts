import { describe, expect, it } from 'vitest';
import type { Hit } from '../types.ts';
import { fuse } from './fuse.ts';

const list = (...ids: readonly string[]): Hit[] => ids.map((id, i) => ({ id, score: 100 - i, document: { id } }));

describe('fuse', () => {
  it('sums 1 / (60 + rank) over the lists', () => {
    const fused = fuse([list('a', 'b', 'c'), list('c', 'a')], 10);
    expect(fused.map((hit) => hit.id)).toEqual(['a', 'c', 'b']);
    expect(fused[0]?.score).toBeCloseTo(1 / 61 + 1 / 62, 12);
    expect(fused[2]?.score).toBeCloseTo(1 / 62, 12);
  });

  it('weighs lists, and leaves out one of weight 0', () => {
    const fused = fuse([list('a', 'b'), list('c')], 10, 60, [0.5, 1.5]);
    expect(fused.map((hit) => [hit.id, hit.score])).toEqual([
      ['c', 1.5 / 61],
      ['a', 0.5 / 61],
      ['b', 0.5 / 62],
    ]);
    expect(fuse([list('a', 'b'), list('c')], 10, 60, [0, 1]).map((hit) => hit.id)).toEqual(['c']);
  });

  it('breaks ties by id, descending, and cuts', () => {
    expect(fuse([list('a'), list('b')], 1).map((hit) => hit.id)).toEqual(['b']);
    expect(fuse([], 5)).toEqual([]);
  });
});
