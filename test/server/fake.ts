import type { FastifyInstance } from 'fastify';
import { type AppParts, createApp } from '../../src/server/app.ts';
import type { Passage } from '../../src/server/dialects/dialect.ts';
import { createGate, type Gate } from '../../src/server/gate.ts';
import type { Models } from '../../src/server/models.ts';
import { RequestError } from '../../src/server/problem.ts';
import { createMetrics } from '../../src/server/watch/metrics.ts';
import type { Work } from '../../src/server/work.ts';

const known = (model: string | undefined): string => {
  if (model !== undefined && model.toLowerCase() !== 'default')
    throw new RequestError('model', `the model "${model}" is not served here`, { param: 'model' });
  return 'tiny';
};

const lengthOf = (one: Passage): number => (typeof one === 'string' ? one : JSON.stringify(one)).length;

/** Ranks the longest document first and makes vectors of three numbers: every form of an answer, without a model. */
export const fakeWork: Work = {
  mostDocuments: 1000,
  rerank: async ({ model, documents, top, refuseLong }, { id }) => {
    const name = known(model);
    const long = documents.findIndex((one) => lengthOf(one) > 4000);
    if (refuseLong && long >= 0) throw new RequestError('invalid', `the document at index ${long} is too long`, { param: 'documents' });
    const ranked = documents
      .map((one, index) => ({ index, relevance: 1 - 1 / (1 + lengthOf(one)), raw: lengthOf(one) }))
      .sort((a, b) => b.raw - a.raw || a.index - b.index);
    return { id, created: 1, model: name, tokens: 7 * documents.length, took: 1.5, cut: 0, complete: true, ranked: ranked.slice(0, top) };
  },
  embed: async ({ model, texts, dimensions }, { id }) => {
    const name = known(model);
    if (dimensions !== undefined && dimensions !== 3)
      throw new RequestError('invalid', 'the vectors have 3 numbers', { param: 'dimensions' });
    return {
      id,
      created: 1,
      model: name,
      tokens: texts.length,
      took: 1.5,
      cut: 0,
      vectors: texts.map(() => new Float32Array([0.6, -0.8, 0])),
    };
  },
};

const fakeModels = {
  list: [{ name: 'default', task: 'rerank' }],
  warm: async () => {},
  close: async () => {},
} as unknown as Models;

export const fakeApp = async (more: Partial<AppParts> = {}, gate: Gate = createGate()): Promise<FastifyInstance> =>
  createApp({
    work: fakeWork,
    models: fakeModels,
    gate,
    metrics: await createMetrics(gate),
    traced: (_name, _attributes, _headers, work) => work(),
    keys: undefined,
    visitors: { host: '127.0.0.1' },
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
