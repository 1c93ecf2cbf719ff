import { expect, it } from 'vitest';
import type { Reranker } from '../reranker.ts';
import { remembering } from './remembering.ts';

const asked: string[] = [];
const byLength: Reranker = {
  fingerprint: 'length@1',
  score: async (_, candidates) => {
    asked.push(...candidates.map(({ text }) => text));
    return { scores: Float32Array.from(candidates, ({ text }) => text.length) };
  },
};

it('asks for a text once, and for another passage of the same document again', async () => {
  const one = remembering(byLength);
  const first = await one.score('q', [{ id: 'a', text: 'four' }]);
  const second = await one.score('q', [
    { id: 'a', text: 'four' },
    { id: 'a', text: 'another' },
  ]);
  expect([...first.scores, ...second.scores]).toEqual([4, 4, 7]);
  expect(asked).toEqual(['four', 'another']);
});
