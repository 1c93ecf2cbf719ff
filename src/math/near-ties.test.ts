import { describe, expect, it } from 'vitest';
import { holdsTies, topWithTies } from './near-ties.ts';
import { randomFrom } from './random.ts';

describe('topWithTies', () => {
  it('makes a tie of what differs by noise, and keeps what differs by more', () => {
    const items = [
      { id: 'a', score: 2 },
      { id: 'b', score: 2 - 3e-7 },
      { id: 'c', score: 2 + 3e-7 },
      { id: 'd', score: 2 - 9e-6 },
      { id: 'e', score: 0 },
      { id: 'f', score: 0 },
    ];
    const all = topWithTies(items, 9);
    expect(all.map(({ id }) => id)).toEqual(['c', 'b', 'a', 'd', 'f', 'e']);
    expect(all.map(({ score }) => score)).toEqual([2 + 3e-7, 2 + 3e-7, 2 + 3e-7, 2 - 9e-6, 0, 0]);
    for (let count = 0; count < 7; count++) expect(topWithTies(items, count)).toEqual(all.slice(0, count));
  });

  it('gives one head whatever the count, of scores drawn at random', () => {
    const { below } = randomFrom(3);
    for (let round = 0; round < 200; round++) {
      const items = Array.from({ length: 1 + below(60) }, (_, i) => ({ id: `${below(5)}-${i}`, score: 1 + below(4) + below(30) * 2e-7 }));
      const all = topWithTies(items, items.length);
      const count = 1 + below(items.length);
      expect(topWithTies(items, count)).toEqual(all.slice(0, count));
    }
  });
});

it('holdsTies tells whether a tie at the cut may go on', () => {
  const scored = (...scores: number[]) => scores.map((score, at) => ({ id: `${at}`, score }));
  expect(holdsTies(scored(3, 2, 2, 1), 2)).toBe(true);
  expect(holdsTies(scored(3, 2, 2, 2 - 1e-7), 2)).toBe(false);
  expect(holdsTies(scored(3, 2), 2)).toBe(false);
  expect(holdsTies(scored(0, 0, 0), 2)).toBe(false);
});
