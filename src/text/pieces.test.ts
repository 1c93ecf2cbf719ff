import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wordsOf } from './analyzer.ts';
import { PIECE, piecesOf } from './pieces.ts';
import { firstPiecesOf, firstWordsOf } from './words-1.ts';

const letters = fc.constantFrom(
  ...'abcΣσé ,.;!?·:-+\n日本語検索ガがไทย한글कि🔥'.split(''),
  'e\u0301',
  'か\u3099',
  '\ud842\udfb7',
  'v2.3.1',
  '1,000',
  'C++',
  '👨‍💻',
  'soft\u00adhyphen',
);
const filler = (length: number): string => 'many words '.repeat(length).slice(0, length);

it('takes a text apart where no word is', () => {
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 60 }), fc.integer({ min: 0, max: 80 }), (parts, before) => {
      const [text, start] = [parts.join(''), filler(PIECE - before)];
      const pieces = [...piecesOf(`${start} ${text} ${start}`)];
      expect(pieces.join('')).toBe(`${start} ${text} ${start}`);
      const words = [...wordsOf(start), ...wordsOf(text), ...wordsOf(start)];
      expect(wordsOf(`${start} ${text} ${start}`)).toEqual(words);
      expect(pieces.flatMap((piece) => wordsOf(piece))).toEqual(words);
    }),
    { numRuns: 15, seed: 7 },
  );
});

it('parts letters where there is no gap, and no letter from its marks', () => {
  for (const letter of ['a', '検', 'ก', 'e\u0301\u0323', '\ud842\udfb7', '👨\u200d💻', 'कि', 'か\u3099'])
    for (const shift of [0, 1, 2, 3]) {
      const text = 'x'.repeat(shift) + letter.repeat(100_000);
      const pieces = [...piecesOf(text)];
      expect(pieces.join('') === text).toBe(true);
      expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(PIECE);
      expect(pieces.slice(1).filter((piece) => /^(?:\p{M}|\u200d|[\udc00-\udfff])/u.test(piece))).toEqual([]);
    }
});

it('analyses a text for an index of words-1 piece by piece as it would whole', () => {
  const parts = fc.constantFrom(...'abcΣσé ,.;!?·:\n日本語検索ガがไทย한글'.split(''), 'e\u0301', 'か\u3099', '\ud842\udfb7');
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 120 }), fc.integer({ min: 8, max: 40 }), (some, length) => {
      const text = some.join('');
      expect([...firstPiecesOf(text, length)].flatMap(firstWordsOf)).toEqual(firstWordsOf(text));
    }),
    { numRuns: 1000, seed: 7 },
  );
});
