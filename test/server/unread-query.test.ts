import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { branchOf } from '../../src/server/app.ts';
import { dialects, forks } from '../../src/server/dialects/index.ts';
import { type Server, serve } from '../../src/server/listen.ts';
import { ask as askFake, fakeApp } from './fake.ts';

const query = `${'The committee met on Tuesday and talked about the budget for the coming year. '.repeat(60)}What is the capital of France?`;
const texts = ['Paris is the capital of France.', 'Bats are flying mammals.'];
const warning = /^\d+ tokens of the query did not fit the model's window; its end was not read$/;
const refusal = /the query is \d+ tokens too long for the model beside the document at index \d/;

/** How each path is asked, what forbids cutting there (null: nothing does), and what allows it where it is forbidden from the start. */
const asked: Readonly<Record<string, readonly [body: object, forbids: object | null, allows?: object]>> = {
  '/together/v1/rerank': [{ model: 'default', query, documents: texts }, null],
  '/cohere/v1/rerank': [{ model: 'default', query, documents: texts }, null],
  '/cohere/v2/rerank': [{ model: 'default', query, documents: texts }, null],
  '/v2/rerank': [{ model: 'default', query, documents: texts }, null],
  '/jina/v1/rerank': [{ model: 'default', query, documents: texts }, { truncation: false }],
  '/infinity/rerank': [{ model: 'default', query, documents: texts }, null],
  '/infinity/v1/rerank': [{ model: 'default', query, documents: texts }, null],
  '/api/rerank': [{ model: 'default', query, documents: texts }, { truncate: false }],
  '/pinecone/rerank': [{ model: 'default', query, documents: texts }, { parameters: { truncate: 'NONE' } }],
  '/nvidia/v1/ranking': [{ query: { text: query }, passages: texts }, { truncate: 'NONE' }],
  '/v1/ranking': [{ query: { text: query }, passages: texts.map((text) => ({ text })) }, { truncate: 'NONE' }],
  '/v1/retrieval/nvidia/reranking': [{ query: { text: query }, passages: texts }, { truncate: 'NONE' }],
  '/v1/retrieval/nvidia/nv-rerank-qa/reranking': [{ model: 'default', query: { text: query }, passages: texts }, { truncate: 'NONE' }],
  '/': [{ query, texts }, { truncate: false }],
  '/invocations': [{ query, texts }, { truncate: false }],
  '/tei': [{ query, texts }, { truncate: false }],
  '/tei/invocations': [{ query, texts }, { truncate: false }],
  '/tei/v1/rerank': [{ query, texts }, { truncate: false }],
  '/predict': [{ inputs: texts.map((text) => [query, text]) }, { truncate: false }],
  '/tei/predict': [{ inputs: texts.map((text) => [query, text]) }, { truncate: false }],
  '/mixedbread/v1/reranking': [{ model: 'default', query, input: texts }, null],
  '/v1/reranking': [{ model: 'default', query, input: texts }, null],
  '/reranking': [{ model: 'default', query, documents: texts }, { truncation: false }],
  '/v1/rerank': [{ model: 'default', query, documents: texts }, { truncation: false }],
  '/voyage/v1/rerank': [{ model: 'default', query, documents: texts }, { truncation: false }],
  '/v1/reranks': [{ model: 'default', query, documents: texts }, { truncation: false }],
  '/tei/rerank': [{ query, texts }, { truncate: false }],
  '/rerank': [{ query, texts }, { truncate: false }],
  '/vllm/rerank': [{ query, documents: texts }, {}, { truncate_prompt_tokens: -1 }],
  '/vllm/v1/rerank': [{ query, documents: texts }, { max_tokens_per_doc: 20 }, { max_tokens_per_query: 100 }],
  '/vllm/v2/rerank': [{ query, documents: texts }, {}, { truncate_prompt_tokens: -1 }],
  '/vllm/score': [{ text_1: query, text_2: texts }, {}, { truncate_prompt_tokens: -1 }],
  '/vllm/v1/score': [{ queries: query, documents: texts }, {}, { truncate_prompt_tokens: -1 }],
  // Where other servers' clients come too, nothing is forbidden.
  '/score': [{ text_1: query, text_2: texts }, null],
  '/v1/score': [{ queries: query, documents: texts }, null],
};

/** The same of endpoints that turn a query into a vector. */
const embedded: Readonly<Record<string, readonly [body: object, forbids: object]>> = {
  '/cohere/v1/embed': [{ texts: [query], input_type: 'search_query' }, { truncate: 'NONE' }],
  '/cohere/v2/embed': [{ model: 'default', texts: [query], input_type: 'search_query' }, { truncate: 'NONE' }],
  '/voyage/v1/embeddings': [{ model: 'default', input: query, input_type: 'query' }, { truncation: false }],
  '/tei/embed': [{ inputs: query, prompt_name: 'query' }, { truncate: false }],
  '/jina/v1/embeddings': [{ model: 'default', input: query, task: 'retrieval.query' }, { truncate: false }],
  '/mixedbread/v1/embeddings': [{ model: 'default', input: query, prompt: 'Represent this' }, { truncation_strategy: 'none' }],
};

const real: ReadonlySet<string> = new Set([
  '/v1/rerank',
  '/tei/rerank',
  '/vllm/rerank',
  '/cohere/v2/rerank',
  '/tei/embed',
  '/cohere/v2/embed',
]);

const samePath = (pattern: string, path: string): boolean => new RegExp(`^${pattern.replaceAll(/:[a-z]+/g, '[^/]+')}$`).test(path);

describe('a query that a model does not read whole', () => {
  let server: Server;
  let app: FastifyInstance;
  beforeAll(async () => {
    [server, app] = await Promise.all([serve({ port: 0, version: '0.0.0' }), fakeApp()]);
  });
  afterAll(() => Promise.all([server.close(1000), app.close()]));
  /** To the models at some of the paths, and at the others, which say what the handler told them, to one that counts characters. */
  const post = async (path: string, body: object) => {
    if (real.has(path)) {
      const answer = await fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) });
      return { status: answer.status, headers: answer.headers, body: (await answer.json()) as { meta?: { warnings?: string[] } } };
    }
    const { status, headers, body: answer } = await askFake(app, path, body);
    return { status, headers: new Headers(headers as Record<string, string>), body: answer as { meta?: { warnings?: string[] } } };
  };

  it('is asked, longer than the window, of every path that ranks', () => {
    const paths = dialects.flatMap(({ prefix, endpoints }) =>
      endpoints.flatMap(({ task, path }) =>
        task === 'rerank' || task === 'pairs' ? [(prefix + path).replace(':vendor', 'nvidia').replace(':model', 'nv-rerank-qa')] : [],
      ),
    );
    expect(Object.keys(asked).toSorted()).toEqual([...new Set([...paths, ...forks.map(({ path }) => path)])].toSorted());
  });

  it.each(Object.entries(asked))('longer than the window: %s tells that it was cut, or refuses where cutting is forbidden', async (path, [
    body,
    forbids,
    allows,
  ]) => {
    const allowed = await post(path, { ...body, ...allows });
    expect(allowed.status).toBe(200);
    // A query that the client itself asked to be read in part is no surprise.
    if (!(allows !== undefined && 'max_tokens_per_query' in allows)) {
      expect(Number(allowed.headers.get('x-finetooth-query-truncated'))).toBeGreaterThan(90);
      expect(allowed.headers.get('x-finetooth-cut')).toBe('1');
    }
    if (allowed.body.meta !== undefined) expect(allowed.body.meta.warnings).toEqual([expect.stringMatching(warning)]);
    if (forbids === null) return;
    const refused = await post(path, { ...body, ...forbids });
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.status).toBeLessThan(500);
    expect(JSON.stringify(refused.body)).toMatch(refusal);
    const fork = forks.find((one) => one.path === path);
    const owner =
      fork === undefined
        ? dialects.find((one) => path.startsWith(one.prefix) && one.endpoints.some((end) => samePath(one.prefix + end.path, path)))
        : branchOf(fork, { body: { ...body, ...forbids }, headers: {} }).dialect;
    expect(owner?.failure.safeParse(refused.body).error).toBeUndefined();
  });

  it.each(
    Object.entries(embedded),
  )('longer than the window: %s tells that it was cut, or refuses where cutting is forbidden', async (path, [body, forbids]) => {
    const allowed = await post(path, body);
    expect([allowed.status, allowed.headers.get('x-finetooth-cut')]).toEqual([200, '1']);
    if (allowed.body.meta !== undefined) expect(allowed.body.meta.warnings).toHaveLength(1);
    const refused = await post(path, { ...body, ...forbids });
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(refused.body)).toMatch(/the text at index 0 is \d+ tokens too long for the model/);
  });

  it('and short enough is neither told nor refused', async () => {
    for (const [path, [body, forbids]] of Object.entries(asked)) {
      const shorter = JSON.parse(JSON.stringify({ ...body, ...forbids }).replaceAll(query, 'capital of France')) as object;
      const { status, headers, body: answer } = await post(path, shorter);
      expect([path, status, headers.get('x-finetooth-cut'), answer.meta?.warnings]).toEqual([path, 200, null, undefined]);
    }
  });

  it('in letters that the model does not know is told by a header, and where there is one by a warning', async () => {
    const [query, known, unknown] = ['медведь', 'Bats fly.', 'Бурый медведь спит.'];
    const said = async (path: string, body: object) => {
      const { status, headers, body: answer } = await post(path, body);
      return [status, headers.get('x-finetooth-unknown-scripts'), answer.meta?.warnings];
    };
    expect(await said('/cohere/v2/rerank', { model: 'default', query, documents: [known, unknown] })).toEqual([
      200,
      'Cyrillic',
      [expect.stringMatching(/^the query and 1 of 2 texts are in Cyrillic letters, which the reranker ".*" does not know/)],
    ]);
    expect(await said('/tei/rerank', { query: '🔥', texts: [known] })).toEqual([200, 'emoji', undefined]);
    expect(await said('/tei/rerank', { query: 'bats', texts: [known] })).toEqual([200, null, undefined]);
    expect(await said('/tei/embed', { inputs: query })).toEqual([200, 'Cyrillic', undefined]);
    expect(await said('/cohere/v2/embed', { model: 'default', texts: [known, unknown], input_type: 'search_document' })).toEqual([
      200,
      'Cyrillic',
      [expect.stringMatching(/^1 of 2 texts is in Cyrillic letters, which the embedder/)],
    ]);
  });
});
