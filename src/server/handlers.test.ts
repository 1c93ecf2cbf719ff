import { describe, expect, it } from 'vitest';
import { fakeModels } from '../../test/server/fake.ts';
import { rerank } from '../assemble/rerank.ts';
import { randomFrom } from '../math/random.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { cascade } from '../rerank/wrappers/cascade.ts';
import { createHandlers, type Handlers } from './handlers.ts';
import { createLoadShedder } from './load-shedding.ts';

const workWith = (reranker: Reranker): Handlers =>
  createHandlers(
    { ...fakeModels, reranker: async () => ({ ...(await fakeModels.reranker()), reranker, givesLogits: false }) },
    createLoadShedder(),
  );

/** A text is its own score. */
const numbers = (fingerprint: string): Reranker => ({
  fingerprint,
  score: async (_, candidates) => {
    const scores = Float32Array.from(candidates, ({ text }) => Number(text));
    return { scores, relevance: scores.map((score) => score / 10) };
  },
});

describe('the server', () => {
  it.each([
    ['one reranker', numbers('one@1')],
    ['a cascade', cascade([numbers('first@1'), numbers('second@1')], { keep: [20, 3] })],
  ])('answers in the order of the library, ties included: %s', async (_, reranker) => {
    const random = randomFrom(7);
    for (let round = 0; round < 30; round++) {
      const documents = Array.from({ length: 1 + random.below(25) }, () => String(random.below(4)));
      const { ranked } = await workWith(reranker).rerank({ query: 'q', documents }, { id: 'x' });
      const { results } = await rerank('q', documents, { model: reranker });
      expect(ranked.map(({ index, relevance }) => [index, relevance])).toEqual(
        results.map(({ index, relevanceScore }) => [index, relevanceScore]),
      );
    }
  });

  it.each([
    ['no number', Float32Array.of(1, Number.NaN)],
    ['one score too few', Float32Array.of(1)],
  ])('refuses a reranker that gives %s, as the library does', async (_, scores) => {
    const broken: Reranker = { fingerprint: 'broken@1', score: async () => ({ scores }) };
    const work = workWith(broken).rerank({ query: 'q', documents: ['a', 'b'] }, { id: 'x' });
    await expect(work).rejects.toMatchObject({ code: 'E_CONTRACT' });
    await expect(rerank('q', ['a', 'b'], { model: broken })).rejects.toMatchObject({ code: 'E_CONTRACT' });
  });
});
