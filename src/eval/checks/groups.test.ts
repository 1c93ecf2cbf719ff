import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../math/random.ts';
import { groupsOf, runsOf } from './groups.ts';

describe('groupsOf', () => {
  it('equals colouring by hand, whatever the order of the pairs', () => {
    for (let seed = 0; seed < 30; seed++) {
      const random = randomFrom(seed);
      const groups = groupsOf(40);
      let colours = Array.from({ length: 40 }, (_, i) => i);
      for (let pair = 0; pair < 25; pair++) {
        const [a, b] = [random.below(40), random.below(40)];
        groups.join(a, b);
        const [from, to] = [colours[a], colours[b] as number];
        colours = colours.map((colour) => (colour === from ? to : colour));
      }
      const expected = [...Map.groupBy(colours.keys(), (i) => colours[i]).values()].filter((group) => group.length > 1);
      expect(groups.all()).toEqual(expected);
      expect(groups.together(3, 17)).toBe(colours[3] === colours[17]);
    }
  });
});

describe('runsOf', () => {
  it('gives every run of equal keys, rising, up to the highest key', () => {
    const keys = [5, 2 ** 32 - 1, 0, 5, 7, 2 ** 32 - 1, 5, 0, 1];
    const runs = [...runsOf(keys.length, (i) => keys[i] as number)].map((run) => [...run]);
    expect(runs).toEqual([
      [2, 7],
      [0, 3, 6],
      [1, 5],
    ]);
    expect([...runsOf(0, () => 0)]).toEqual([]);
    expect([...runsOf(1, () => 0)]).toEqual([]);
  });
});
