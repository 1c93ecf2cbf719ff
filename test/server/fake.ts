import type { FastifyInstance } from 'fastify';
import type { Embedder } from '../../src/embed/embedder.ts';
import type { Reranker } from '../../src/rerank/reranker.ts';
import { type AppParts, createApp } from '../../src/server/app.ts';
import { createHandlers } from '../../src/server/handlers.ts';
import { createLoadShedder, type LoadShedder } from '../../src/server/load-shedding.ts';
import type { Models } from '../../src/server/models.ts';
import { createMetrics } from '../../src/server/observability/metrics.ts';
import { RequestError } from '../../src/server/problem.ts';

const named = (model: string | undefined): string => {
  if (model === undefined || model.toLowerCase() === 'default') return 'tiny';
  throw new RequestError('model', `the model "${model}" is not served here`, { param: 'model' });
};

/** A window of so many characters. */
const WINDOW = 4000;
const cutOf = (texts: readonly string[]): { readonly truncatedTokens?: Uint32Array } =>
  texts.some(({ length }) => length > WINDOW)
    ? { truncatedTokens: Uint32Array.from(texts, ({ length }) => Math.max(0, length - WINDOW)) }
    : {};

/** The longer the better; seven tokens a text. */
const reranker: Reranker = {
  fingerprint: 'length',
  score: async (_, candidates) => {
    const texts = candidates.map(({ text }) => text);
    return {
      scores: Float32Array.from(texts, ({ length }) => length),
      relevance: Float32Array.from(texts, ({ length }) => 1 - 1 / (1 + length)),
      usage: { tokens: 7 * texts.length },
      ...cutOf(texts),
    };
  },
};

/** The same vector of three numbers for every text; one token each. */
const embedder: Embedder = {
  fingerprint: 'three',
  dimensions: 3,
  embed: async (texts) => ({
    data: Float32Array.from(texts.flatMap(() => [0.6, -0.8, 0])),
    dimensions: 3,
    count: texts.length,
    tokens: new Uint32Array(texts.length).fill(1),
    ...cutOf(texts),
  }),
};

/** Every form of an answer, without a model. */
export const fakeModels: Models = {
  list: [{ name: 'default', task: 'rerank' }],
  reranker: async (name) => ({ name: named(name), reranker, givesLogits: false }),
  embedder: async (name) => ({ name: named(name), embedder }),
  resolve: (_, name) => named(name),
  part: async (name) => name,
  openHosted: async () => {},
  beginnings: async (texts, tokens) => texts.map((text) => text.slice(0, tokens)),
  load: async () => {},
  close: async () => {},
};

export const fakeApp = async (more: Partial<AppParts> = {}, shedder: LoadShedder = createLoadShedder()): Promise<FastifyInstance> =>
  createApp({
    handlers: createHandlers(fakeModels, shedder),
    models: fakeModels,
    shedder,
    metrics: await createMetrics(shedder),
    traced: (_name, _attributes, _headers, work) => work(),
    keys: undefined,
    originRules: { host: '127.0.0.1' },
    version: '0.0.0',
    log: { level: 'silent', stream: { write: () => {} } },
    ...more,
  });

/** Asks an app as a client of this machine would. */
export const ask = async (app: FastifyInstance, path: string, body: unknown, headers: Record<string, string> = {}) => {
  const answer = await app.inject({
    method: 'POST',
    url: path,
    headers: { host: '127.0.0.1', ...headers },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = answer.body;
  return { status: answer.statusCode, headers: answer.headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
};
