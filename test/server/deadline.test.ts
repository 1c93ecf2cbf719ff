import { expect, it } from 'vitest';
import type { Reranker } from '../../src/index.ts';
import { lazyReranker } from '../../src/rerank/wrappers/lazy.ts';
import { cascade } from '../../src/rerankers.ts';
import { createHandlers } from '../../src/server/handlers.ts';
import { createLoadShedder } from '../../src/server/load-shedding.ts';
import type { Models } from '../../src/server/models.ts';
import { ask, fakeApp, fakeModels } from './fake.ts';

const DOCUMENTS = 40;

/** Ten milliseconds a text, so that nobody could read them all in time. */
const slow: Reranker = {
  fingerprint: 'slow@1',
  score: async (_, candidates) => {
    await new Promise((resolve) => setTimeout(resolve, 10 * candidates.length));
    return { scores: Float32Array.from(candidates, ({ text }) => text.length) };
  },
};

it.each([
  ['a model alone', slow],
  ['a cascade', cascade([slow, slow])],
  ['a lazy one', lazyReranker('lazy@1', async () => slow)],
] as const)('a request with a deadline is answered in time by %s, and says what is missing', async (_, reranker) => {
  const models: Models = { ...fakeModels, reranker: async () => ({ ...(await fakeModels.reranker()), reranker }) };
  const app = await fakeApp({ models, handlers: createHandlers(models, createLoadShedder()) });
  const body = { query: 'q', documents: Array.from({ length: DOCUMENTS }, (__, i) => 'x'.repeat(i + 1)) };
  const { status, headers, body: answer } = await ask(app, '/v1/rerank', body, { 'x-deadline-ms': '100' });
  expect([status, headers['x-finetooth-complete']]).toEqual([200, 'false']);
  expect((answer as { results: unknown[] }).results).toHaveLength(DOCUMENTS);
  const whole = await ask(app, '/v1/rerank', body);
  expect(whole.headers['x-finetooth-complete']).not.toBe('false');
});
