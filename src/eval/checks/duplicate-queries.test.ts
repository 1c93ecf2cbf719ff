import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../math/random.ts';
import { duplicateQueries } from './duplicate-queries.ts';
import { groupsOf } from './groups.ts';

const groupsIn = (...queries: readonly string[]) => duplicateQueries(queries.map((query) => query.split(' ').filter(Boolean)));
const ten = 'a b c d e f g h i j';

describe('duplicateQueries', () => {
  it('finds equal ones of every length, but none without a word', () => {
    expect(groupsIn('red', 'blue', 'red', '', 'blue', '', 'red')).toEqual([
      [0, 2, 6],
      [1, 4],
    ]);
  });

  it('finds those that share 9 of 10 words, and not 8 of 9', () => {
    expect(groupsIn(ten, 'j i h g f e d c b')).toEqual([[0, 1]]);
    expect(groupsIn('a b c d e f g h', 'a b c d e f g h i')).toEqual([]);
    expect(groupsIn(ten, 'a b c d e f g h i x')).toEqual([]);
  });

  it('leaves those of fewer than four different words alone unless they are equal', () => {
    expect(groupsIn('man bites dog', 'dog bites man')).toEqual([]);
    expect(groupsIn('a man bites dog', 'a dog bites man')).toEqual([[0, 1]]);
  });

  it('equals comparing every pair', () => {
    let found = 0;
    for (let seed = 0; seed < 60; seed++) {
      const random = randomFrom(seed);
      const queries: string[][] = [];
      for (let i = 0; i < 40; i++) {
        const copy = queries.length > 0 && random.below(2) === 0 ? [...(queries[random.below(queries.length)] as string[])] : undefined;
        const query = copy ?? Array.from({ length: random.below(30) }, () => `w${random.below(60)}`);
        if (query.length > 0) query[random.below(query.length)] = `w${random.below(60)}`;
        queries.push(query);
      }
      const expected = groupsOf(queries.length);
      for (const [i, a] of queries.entries())
        for (const [j, b] of queries.slice(0, i).entries()) {
          const [x, y] = [new Set(a), new Set(b)];
          const near = x.size >= 4 && y.size >= 4 && x.intersection(y).size / x.union(y).size >= 0.9;
          if (near || (a.length > 0 && a.join(' ') === b.join(' '))) expected.join(i, j);
        }
      found += expected.all().length;
      expect(duplicateQueries(queries)).toEqual(expected.all());
    }
    expect(found).toBeGreaterThan(100);
  });
});
