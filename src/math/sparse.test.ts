import { describe, expect, it } from 'vitest';
import { randomFrom } from './random.ts';
import { isPackedSparse, packSparse, sparseScorer, unpackSparse } from './sparse.ts';

const vector = (weights: Readonly<Record<number, number>>) => ({
  ids: Uint32Array.from(Object.keys(weights), Number),
  weights: Float32Array.from(Object.values(weights)),
});

describe('packed sparse vectors', () => {
  it('come back as they were, wherever the bytes lie', () => {
    const given = vector({ 1: 0.5, 7: 0.1, 30521: 3.25 });
    const packed = packSparse(given);
    expect(packed).toHaveLength(24);
    const moved = new Uint8Array(25);
    moved.set(packed, 1);
    for (const bytes of [packed, moved.subarray(1)]) expect(unpackSparse(bytes)).toEqual(given);
    expect(unpackSparse(packSparse(vector({})))).toEqual(vector({}));
    for (const one of [packed, packSparse(vector({}))]) expect(isPackedSparse(one)).toBe(true);
    const wrong = [
      { ids: [7, 1], weights: [1, 1] },
      { ids: [1, 1], weights: [1, 1] },
      { ids: [1], weights: [0] },
      { ids: [1], weights: [Number.NaN] },
    ];
    for (const { ids, weights } of wrong)
      expect(isPackedSparse(packSparse({ ids: Uint32Array.from(ids), weights: Float32Array.from(weights) }))).toBe(false);
    expect(isPackedSparse(packed.subarray(1))).toBe(false);
  });

  it('are scored by the tokens that they share with a query', () => {
    const score = sparseScorer(vector({ 2: 2, 7: 10, 9: 1 }));
    expect(score(packSparse(vector({ 1: 5, 7: 0.5, 9: 0.25 })))).toBe(5.25);
    expect(score(packSparse(vector({ 1: 5 })))).toBeUndefined();
    expect(score(packSparse(vector({})))).toBeUndefined();
    expect(sparseScorer(vector({}))(packSparse(vector({ 1: 5 })))).toBeUndefined();
  });

  it('are scored as a naive sum does it, to the last bit', () => {
    const { below, word } = randomFrom(3);
    const draw = () => {
      const ids = [...new Set(Array.from({ length: below(40) }, () => below(60)))].sort((a, b) => a - b);
      return { ids: Uint32Array.from(ids), weights: Float32Array.from(ids, () => (word() + 1) / 2 ** 30) };
    };
    for (let round = 0; round < 500; round++) {
      const [query, document] = [draw(), draw()];
      let expected: number | undefined;
      query.ids.forEach((id, at) => {
        const there = document.ids.indexOf(id);
        if (there >= 0) expected = (expected ?? 0) + (query.weights[at] as number) * (document.weights[there] as number);
      });
      expect(sparseScorer(query)(packSparse(document))).toBe(expected);
    }
  });
});
