import { expect, it } from 'vitest';
import { createReranker, type Reranker, rerank } from '../src/index.ts';
import { fallback } from '../src/rerankers.ts';

const sentences = [
  'The committee met on a Tuesday to talk about the budget of the harbour and adjourned without a vote.',
  'Bats leave their roost at dusk and find their way by listening to the echo of their own calls.',
  'Nobody had expected that the price of wheat would rise for the third year in a row.',
];
/** 150 texts of about 1,400 characters: more than a minute of work for one worker. */
const documents = Array.from({ length: 150 }, (_, i) => ({
  id: `d${i}`,
  document: { text: Array.from({ length: 15 }, (__, j) => sentences[(i + j) % sentences.length]).join(' ') },
}));

it.each<[string, () => Reranker]>([
  ['late interaction alone, where memory is short', () => createReranker(undefined, { maxMemory: 300 })],
  ['the default', () => createReranker()],
  ['a fallback of the default', () => fallback([createReranker(undefined, { maxMemory: 300 })])],
])('a deadline holds for %s, which is not loaded yet', async (_, make) => {
  const reranker = make();
  // Nothing is loaded: the answer has every document, and perhaps nothing that was scored.
  const first = await rerank('bats at night', documents, { model: reranker, fields: ['text'], deadlineMs: 200 });
  expect(first.complete).toBe(false);
  expect(first.results).toHaveLength(documents.length);
  await reranker.load?.();
  const second = await rerank('bats at night', documents, { model: reranker, fields: ['text'], deadlineMs: 200 });
  expect(second.complete).toBe(false);
  expect(second.results.some(({ rankedBy }) => rankedBy === null)).toBe(true);
  await reranker.close?.();
});
