import { describe, expect, it } from 'vitest';
import { shortenerTo } from './shortened.ts';

const served = (matryoshka?: Parameters<typeof shortenerTo>[1]['matryoshka']) =>
  ({ name: 'tiny', embedder: { fingerprint: 't', dimensions: 4, embed: async () => Promise.reject(new Error()) }, matryoshka }) as const;
const vector = Float32Array.of(0.5, 0.5, 0.5, -0.5);
const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 6) as number);

describe('a vector', () => {
  it('of the model’s own length stays as it is', () => {
    for (const dimensions of [undefined, 4]) expect(shortenerTo(dimensions, served())(vector)).toBe(vector);
  });

  it('of a model that was trained for it is its first numbers, of length 1 again', () => {
    for (const dimensions of ['all', [2, 3]] as const)
      expect([...shortenerTo(2, served({ dimensions }))(vector)]).toEqual(near([Math.SQRT1_2, Math.SQRT1_2]));
    expect([...shortenerTo(2, served({ dimensions: 'all' }), true)(vector)]).toEqual([0.5, 0.5]);
    // Less the mean, which is a quarter.
    expect([...shortenerTo(2, served({ dimensions: [2], centred: true }), true)(vector)]).toEqual([0.25, 0.25]);
  });

  it.each([
    [2, undefined, 'the vectors of tiny have 4 numbers; 2 are not to be had. Leave the dimensions out'],
    [3, { dimensions: [2, 4] }, 'the vectors of tiny have 4 numbers, or 2; 3 are not to be had'],
    [5, { dimensions: 'all' as const }, 'the vectors of tiny have 4 numbers, or fewer; 5 are not to be had'],
  ])('of %d numbers is refused where the model has %j', (dimensions, matryoshka, message) => {
    expect(() => shortenerTo(dimensions, served(matryoshka))).toThrow(message);
  });
});
