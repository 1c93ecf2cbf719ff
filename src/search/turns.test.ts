import { expect, it } from 'vitest';
import { hashEmbedder } from '../../test/hash-embedder.ts';
import { openIndex } from '../assemble/open-index.ts';
import { memoryStore } from '../store/memory.ts';
import { wordsOf } from '../text/analyzer.ts';
import { piecesOf } from '../text/pieces.ts';
import { createTurns } from '../time/turn.ts';
import { wordsInTurns } from './turns.ts';

const analysis = { pieces: piecesOf, words: wordsOf };

it('gives others their turn while it analyses', async () => {
  let turns = 0;
  const text = 'words and words '.repeat(20_000);
  const words = await wordsInTurns(analysis, text, () => {
    turns++;
    return undefined;
  });
  expect(words).toEqual(wordsOf(text).join(' '));
  expect(turns).toBeGreaterThan(3);
});

it('takes a text of a million letters without a space', async () => {
  const text = '検索'.repeat(500_000);
  const words = await wordsInTurns(analysis, text, createTurns());
  expect(words.split(' ').length).toBeGreaterThan(1_999_000);
  expect(words.split(' ', 5)).toEqual(wordsOf('検索検索').slice(0, 5));
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
