import type { FastifyInstance } from 'fastify';
import type { Embedder } from '../../src/embed/embedder.ts';
import type { Reranker } from '../../src/rerank/reranker.ts';
import { type AppParts, createApp } from '../../src/server/app.ts';
import { createHandlers } from '../../src/server/handlers.ts';
import { createLoadShedder, type LoadShedder } from '../../src/server/load-shedding.ts';
import type { Models, Reading } from '../../src/server/models.ts';
import { createMetrics } from '../../src/server/observability/metrics.ts';
import { RequestError } from '../../src/server/problem.ts';

const named = (model: string | undefined): string => {
  if (model === undefined || model.trim() === '' || model.toLowerCase() === 'default') return 'tiny';
  throw new RequestError('model', `the model "${model}" is not served here`, { param: 'model' });
};

/** A window of so many characters. */
const WINDOW = 4000;
const cutOf = (texts: readonly string[]): { readonly truncatedTokens?: Uint32Array } =>
  texts.some(({ length }) => length > WINDOW)
    ? { truncatedTokens: Uint32Array.from(texts, ({ length }) => Math.max(0, length - WINDOW)) }
    : {};

/** What tells a text apart of which the beginning was read. */
const beginning = (text: string): number => (text.startsWith('w0 ') ? 0.5 : 0);

/** The longer the better, and a little better where it is to be exact; seven tokens a text. */
const reranker: Reranker = {
  fingerprint: 'length',
  tolerance: 1e-4,
  score: async (query, candidates, { exact } = {}) => {
    const texts = candidates.map(({ text }) => text);
    const own = (text: string): number => text.length + beginning(text) + (exact ? 0.25 : 0);
    return {
      scores: Float32Array.from(texts, own),
      relevance: Float32Array.from(texts, (text) => 1 - 1 / (1 + own(text))),
      usage: { tokens: 7 * texts.length },
      queryTruncatedTokens: query.length > WINDOW ? new Uint32Array(texts.length).fill(query.length - WINDOW) : undefined,
      ...cutOf(texts),
    };
  },
};

/** The same vector of three numbers for every text, and another for every query; one token each. */
const embedder: Embedder = {
  fingerprint: 'three',
  dimensions: 3,
  embed: async (texts, role) => ({
    data: Float32Array.from(
      texts.flatMap((text) => (role === 'query' ? [0.8, 0.6, 0] : beginning(text) > 0 ? [0, 0.8, 0.6] : [0.6, -0.8, 0])),
    ),
    dimensions: 3,
    count: texts.length,
    lengths: new Float32Array(texts.length).fill(2),
    tokens: new Uint32Array(texts.length).fill(1),
    ...cutOf(texts),
  }),
};

/** A token is a character. */
const spanOf = (
  text: string,
  { tokens = WINDOW, chunks = 1, pairTokens = WINDOW, fromEnd = false }: Reading,
): readonly [number, number] => {
  const most = Math.min(tokens, pairTokens) * chunks;
  return fromEnd ? [Math.max(0, text.length - most), text.length] : [0, Math.min(text.length, most)];
};

const servedEmbedder = {
  embedder,
  matryoshka: { dimensions: [2] },
  pooling: 'cls',
  window: WINDOW,
  queryPrefix: '',
  prompts: {},
  parts: async (texts: readonly string[], _: string, reading: Reading) => texts.map((text) => spanOf(text, reading)),
  encode: async (texts: readonly string[], { prefix }: { readonly prefix: string }) => ({
    vectors: Float32Array.from(texts.flatMap((text) => [1, text.length, 0].map((value) => value / Math.hypot(1, text.length)))),
    lengths: new Float32Array(texts.length).fill(2),
    tokens: new Uint32Array(texts.length).fill(1),
    truncated: Uint32Array.from(texts, ({ length }) => Math.max(0, length - WINDOW)),
    tokenVectors: Float32Array.from(texts.flatMap((text) => [prefix === 'query' ? 0 : 1, beginning(text), 0])),
    tokenOffsets: Uint32Array.from({ length: texts.length + 1 }, (_, i) => i),
    packed: new Uint8Array(0),
    packedOffsets: new Uint32Array(texts.length + 1),
  }),
  tokenize: async (texts: readonly string[], { special }: { readonly special: boolean }) =>
    texts.map((text) => [
      ...(special ? [{ id: 101, text: '[CLS]', special: true }] : []),
      ...[...text].map((letter) => ({ id: letter.codePointAt(0) as number, text: letter, special: false })),
    ]),
} as const;

/** Every form of an answer, without a model. */
export const fakeModels: Models = {
  list: [{ name: 'default', task: 'rerank' }],
  sparse: [],
  reranker: async (name, { inChunks = false } = {}) => ({
    name: named(name),
    reranker: inChunks
      ? {
          ...reranker,
          score: async (query, candidates, options) => ({
            ...(await reranker.score(query, candidates, options)),
            truncatedTokens: undefined,
          }),
        }
      : reranker,
    givesLogits: false,
    parts: async (_, texts, reading) => texts.map((text) => spanOf(text, reading)),
  }),
  embedder: async (name) => ({ name: named(name), ...servedEmbedder }),
  facts: async (name, task = 'embed') => ({ name, runs: named(name), task, dimensions: task === 'embed' ? 3 : undefined, window: WINDOW }),
  resolve: (_, name) => named(name),
  forIndex: (_, name) => named(name),
  part: async (name) => name,
  openHosted: async () => {},
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
