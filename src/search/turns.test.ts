import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hashEmbedder } from '../../test/hash-embedder.ts';
import { openIndex } from '../assemble/open-index.ts';
import { memoryStore } from '../store/memory.ts';
import { wordsOf } from '../text/analyzer.ts';
import { createTurns } from '../time/turn.ts';
import { piecesOf, wordsInTurns } from './turns.ts';

const letters = fc.constantFrom(...'abcΣσé ,.;!?·:\n日本語検索ガがไทย한글'.split(''), 'e\u0301', 'か\u3099', '\ud842\udfb7');

it('analyses a text piece by piece as it would whole', () => {
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 120 }), fc.integer({ min: 8, max: 40 }), (parts, length) => {
      const text = parts.join('');
      expect([...piecesOf(text, length)].flatMap(wordsOf)).toEqual(wordsOf(text));
    }),
    { numRuns: 3000, seed: 7 },
  );
});

it('gives others their turn while it analyses', async () => {
  let turns = 0;
  const text = 'words and words '.repeat(20_000);
  const words = await wordsInTurns(text, () => {
    turns++;
    return undefined;
  });
  expect(words).toEqual(wordsOf(text).join(' '));
  expect(turns).toBeGreaterThan(3);
});

it('takes a text of a million letters without a space', async () => {
  const text = '検索'.repeat(500_000);
  expect((await wordsInTurns(text, createTurns())).split(' ')).toHaveLength(999_999);
  expect(wordsOf(text)).toHaveLength(999_999);
});

it('lets others work while a document of megabytes is added', async () => {
  await using index = await openIndex(memoryStore(), { create: true, embedder: hashEmbedder() });
  let turns = 0;
  let done = false;
  const count = (): void => {
    turns++;
    if (!done) setImmediate(count);
  };
  setImmediate(count);
  await index.add([{ id: 'long', text: 'words and words '.repeat(300_000) }]);
  done = true;
  // The faster the processor, the fewer turns.
  expect(turns).toBeGreaterThan(3);
});
