import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../math/random.ts';
import { leakFinder } from './leaks.ts';
import { shingler } from './shingles.ts';
import { lengthInWords, normalised, wordsOf } from './words.ts';

const finderOf = (queries: readonly string[]) => {
  const find = leakFinder(queries.map(normalised));
  const shinglesOf = shingler();
  return (text: string): number[] => {
    const plain = normalised(text);
    return find(plain, shinglesOf(plain));
  };
};

describe('leakFinder', () => {
  it('finds a query whatever its case, punctuation and place', () => {
    const find = finderOf(['What is the speed of light?', 'how heavy is a litre of milk']);
    expect(find('what is the speed of light')).toEqual([0]);
    expect(find('He asked: “What IS the\nspeed-of light”, and left.')).toEqual([0]);
    expect(find('how heavy is a litre of milk, and what is the speed of light, what is the speed of light')).toEqual([1, 0]);
  });

  it('does not take near misses', () => {
    const find = finderOf(['What is the speed of light?']);
    expect(find('what is the speed of lightning')).toEqual([]);
    expect(find('what is the great speed of light')).toEqual([]);
    expect(find('what is the speed of')).toEqual([]);
    expect(find('of light what is the speed')).toEqual([]);
    expect(find('is the speed of light')).toEqual([]);
    expect(find('')).toEqual([]);
  });

  it('looks for five words and more, ten letters in scripts without spaces', () => {
    const find = finderOf(['speed of light in', 'the speed of light in', '機械学習のテス', '機械学習のテストは何']);
    expect(find('the speed of light in water')).toEqual([1]);
    expect(find('これは機械学習のテストは何ですか')).toEqual([3]);
  });

  it('finds queries that begin alike, and queries that are the same, each', () => {
    const find = finderOf(['what is the capital of France', 'what is the capital of Chad', 'What is the capital of France?']);
    expect(find('what is the capital of france').sort()).toEqual([0, 2]);
  });

  it('equals looking for every query in every document', () => {
    let found = 0;
    const random = randomFrom(3);
    const text = (length: number): string => Array.from({ length }, () => 'abc'[random.below(3)]).join(' ');
    const queries = Array.from({ length: 200 }, () => text(3 + random.below(6)));
    const find = finderOf(queries);
    for (let i = 0; i < 200; i++) {
      const document = text(random.below(60));
      const expected = [...queries.keys()].filter((which) => {
        const words = wordsOf(queries[which] as string);
        return lengthInWords(words) >= 5 && ` ${document} `.includes(` ${words.join(' ')} `);
      });
      found += expected.length;
      expect(find(document).sort((a, b) => a - b)).toEqual(expected);
    }
    expect(found).toBeGreaterThan(1000);
  });
});
