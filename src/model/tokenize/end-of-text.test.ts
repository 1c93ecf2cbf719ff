import fc from 'fast-check';
import { expect, it } from 'vitest';
import { endOf } from './split-texts.ts';

/** A token is four characters of a word, or fewer. */
const tokensIn = (text: string): number => text.split(/\s+/).reduce((sum, word) => sum + Math.ceil(word.length / 4), 0);

it('begins where the last words begin that fit, and reads all of a text that does', () => {
  expect(endOf('one two three', 100, tokensIn)).toBe(0);
  const text = 'one two three four';
  expect(text.slice(endOf(text, 3, tokensIn))).toBe('three four');
  expect(text.slice(endOf(text, 2, tokensIn))).toBe('four');
  expect(endOf('', 3, tokensIn)).toBe(0);
});

it('leaves out no word that would have fitted, and takes none that does not', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,12}[ \n]{1,3}$/), { maxLength: 60 }),
      fc.integer({ min: 3, max: 40 }),
      (words, room) => {
        const text = words.join('');
        const from = endOf(text, room, tokensIn);
        expect(tokensIn(text.slice(from))).toBeLessThanOrEqual(room);
        const before = /\S+\s*$/.exec(text.slice(0, from))?.[0];
        if (before !== undefined) expect(tokensIn(before + text.slice(from))).toBeGreaterThan(room);
      },
    ),
    { numRuns: 300, seed: 7 },
  );
});
