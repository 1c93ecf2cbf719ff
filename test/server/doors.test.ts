import { mkdirSync, mkdtempSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { Endpoint } from '../../src/server/dialects/dialect.ts';
import { dialects, forks } from '../../src/server/dialects/index.ts';
import { type Server, serve } from '../../src/server/listen.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-doors-'));
const model = join(import.meta.dirname, '..', '..', 'models', 'ms-marco-minilm-l-12-v2');

/** Names of models that are not this server's: of vendors, of the hub, of folders. */
const hostile = [
  'cohere:rerank-v3.5',
  'voyage:rerank-2.5',
  'openai:text-embedding-3-small',
  'llm:openai:gpt-5-nano',
  'openai-compatible:x',
  'owner/name',
  'owner/name@main:onnx/model.onnx',
  'hf:owner/name',
  'all-minilm-l6-v2',
  'bge-reranker-base',
  model,
  './models/ms-marco-minilm-l-12-v2',
  `file://${model}`,
  `${model}/`,
  '/etc',
  '/etc/passwd',
  '../x',
  '../../../etc',
  'http://127.0.0.1/x',
  '__proto__',
  'constructor',
  'x'.repeat(100_000),
];

/** An unset field of a form; in our own API, where no form is behind it, it is no name. */
const blank = ['', ' '];

/** Enough for every endpoint; each takes the keys that it asks for. */
const samples: Readonly<Record<string, unknown>> = {
  query: 'bats',
  documents: ['bats', 'wheat'],
  input: ['bats', 'wheat'],
  inputs: ['bats', 'wheat'],
  texts: ['bats', 'wheat'],
  text_1: 'bats',
  text_2: ['bats', 'wheat'],
  passages: ['bats', 'wheat'],
  prompt: 'bats',
  input_type: 'search_document',
  embedding_types: ['float'],
};
/** Keys that their endpoints need, though their schemas do not say so. */
const optional = ['text_1', 'text_2', 'texts'];
/** Names are taken for comments there, as in TEI: the answer is always the server's own model's. */
const deaf: ReadonlySet<string> = new Set(['/tei/v1/embeddings', '/tei/embeddings']);
const schemaOf = ({ body }: Endpoint): { properties: Record<string, unknown>; required: readonly string[] } => {
  const { properties = {}, required = [] } = z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' }) as never;
  return { properties, required };
};
const bodyFor = (endpoint: Endpoint, name: string): object => {
  const { properties, required } = schemaOf(endpoint);
  const keys = [...required, ...optional.filter((key) => key in properties)].filter((key) => key !== 'model');
  const unknown = keys.filter((key) => samples[key] === undefined);
  if (unknown.length > 0) throw new Error(`${endpoint.path} asks for ${unknown.join(', ')}: add a sample`);
  return { ...Object.fromEntries(keys.map((key) => [key, samples[key]])), model: name };
};
const doors = dialects
  .flatMap(({ prefix, endpoints }) =>
    endpoints.map(
      (endpoint) => [`${prefix}${endpoint.path.replace(':vendor', 'nvidia')}`.replace('/:model', '/default'), endpoint] as const,
    ),
  )
  .concat(forks.flatMap(({ path, branches }) => branches.map(({ endpoint }) => [path, endpoint] as const)))
  .filter(([, endpoint]) => schemaOf(endpoint).properties.model !== undefined);

let server: Server;
let strict: Server;
/** Connections to the hub, to vendors, or to anything else. */
let outside = 0;
const trap = createServer((socket) => {
  outside++;
  socket.destroy();
});
const post = async (at: Server, path: string, body: unknown): Promise<{ status: number; text: string }> => {
  const answer = await fetch(at.url + path, { method: 'POST', body: JSON.stringify(body) });
  return { status: answer.status, text: await answer.text() };
};

beforeAll(async () => {
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
  for (const name of ['HF_ENDPOINT', 'HTTPS_PROXY', 'HTTP_PROXY', 'OPENAI_BASE_URL']) vi.stubEnv(name, address);
  for (const name of ['COHERE_API_KEY', 'CO_API_KEY', 'VOYAGE_API_KEY', 'OPENAI_API_KEY', 'HF_TOKEN']) vi.stubEnv(name, 'sk-secret');
  mkdirSync(join(folder, 'cache'));
  const options = { port: 0, version: '0', models: { cacheFolder: join(folder, 'cache') } };
  server = await serve({ ...options, indexesFolder: join(folder, 'indexes') });
  strict = await serve({ ...options, models: { ...options.models, strict: true } });
  await post(server, '/v1/indexes', { name: 'films', fields: ['text'] });
  const stored = await fetch(`${server.url}/v1/indexes/films/documents`, {
    method: 'POST',
    body: '{"id":"1","text":"bats hunt by echo"}\n{"id":"2","text":"wheat"}',
  });
  expect(stored.status).toBe(200);
});
afterAll(async () => {
  await Promise.all([server.close(1000), strict.close(1000)]);
  trap.close();
  vi.unstubAllEnvs();
});

describe('a client names no model that is not served', () => {
  it('knows every door that takes the name of a model', async () => {
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
      paths: Record<string, { post?: { requestBody?: { content: { 'application/json': { schema: unknown } } } } }>;
    };
    const named = Object.entries(document.paths)
      .filter(([, { post: one }]) => /"(model|reranker|embedder|fallback)":/.test(JSON.stringify(one?.requestBody ?? {})))
      .map(([path]) => path);
    const asked = named.map((path) => path.replace('{vendor}', 'nvidia').replace('{model}', 'default'));
    const others = ['/v1/indexes', '/v1/indexes/{name}/evaluations', '/v1/indexes/{name}/measure', '/v1/search'];
    expect(asked.toSorted()).toEqual([...new Set(doors.map(([path]) => path)), ...others].toSorted());
  });

  it.each(doors)('at %s', async (path, endpoint) => {
    expect(await post(server, path, bodyFor(endpoint, 'default'))).toMatchObject({ status: 200 });
    for (const name of hostile) {
      const { status, text } = await post(server, path, bodyFor(endpoint, name));
      if (deaf.has(path)) {
        expect([status, (JSON.parse(text) as { model: string }).model]).toEqual([200, 'bge-small-en-v1.5']);
        continue;
      }
      expect([name.slice(0, 50), status, text.length < 2000]).toEqual([name.slice(0, 50), expect.toSatisfy(is4xx), true]);
    }
    for (const name of blank) expect([name, (await post(server, path, bodyFor(endpoint, name))).status]).toEqual([name, 200]);
    expect(outside).toBe(0);
  });

  it('at /v1/search, alone and in a list', async () => {
    for (const name of [...hostile, ...blank])
      for (const reranker of [name, ['default', name], [name, 'first-stage']]) {
        const { status, text } = await post(server, '/v1/search', { index: 'films', query: 'bats', reranker });
        expect([name.slice(0, 50), status, text.includes('is not served here; there are default, ')]).toEqual([
          name.slice(0, 50),
          404,
          true,
        ]);
      }
    expect(outside).toBe(0);
  });

  it('at /v1/indexes, as what embeds or weighs tokens', async () => {
    for (const name of hostile)
      for (const key of ['embedder', 'sparse_model']) {
        const { status } = await post(server, '/v1/indexes', { name: 'named', fields: ['text'], [key]: name });
        expect([name.slice(0, 50), status]).toEqual([name.slice(0, 50), name === '' ? 400 : 404]);
      }
    expect((await fetch(`${server.url}/v1/indexes/named`)).status).toBe(404);
    expect(outside).toBe(0);
  });

  it('at /v1/search, as a fallback', async () => {
    for (const name of [...hostile, ...blank])
      for (const fallback of [name, ['first-stage', name]]) {
        const { status, text } = await post(server, '/v1/search', { index: 'films', query: 'bats', fallback });
        expect([name.slice(0, 50), status, text.includes('is not served here; there are default, ')]).toEqual([
          name.slice(0, 50),
          404,
          true,
        ]);
      }
    expect(outside).toBe(0);
  });

  it.each(['evaluations', 'measure'])('in a pipeline at /v1/indexes/NAME/%s', async (what) => {
    for (const name of hostile)
      for (const named of [
        { reranker: name },
        { reranker: ['default', name] },
        { fallback: name },
        { embedder: name },
        { calibration: '/etc/hostname' },
      ]) {
        const { status } = await post(server, `/v1/indexes/films/${what}`, { query: 'bats', pipelines: [{ name: 'a', ...named }] });
        expect([name.slice(0, 50), status]).toEqual([name.slice(0, 50), expect.toSatisfy(is4xx)]);
      }
    expect(outside).toBe(0);
  });

  it('at /v1/search with the words of /v1/rerank', async () => {
    const message = (text: string): string => (JSON.parse(text) as { message: string }).message;
    const searched = await post(server, '/v1/search', { index: 'films', query: 'bats', reranker: 'owner/name' });
    const ranked = await post(server, '/v1/rerank', { query: 'bats', documents: ['x'], model: 'owner/name' });
    expect(message(searched.text)).toBe(message(ranked.text));
    expect(message(searched.text)).toBe(
      'the model "owner/name" is not served here; there are default, ms-marco-minilm-l-12-v2, late-interaction',
    );
    const embedder = await post(server, '/v1/search', { index: 'films', query: 'bats', reranker: 'bge-small-en-v1.5' });
    expect([embedder.status, message(embedder.text)]).toEqual([
      404,
      'the model "bge-small-en-v1.5" does not rerank; there are default, ms-marco-minilm-l-12-v2, late-interaction',
    ]);
  });

  it('but may name those that are', async () => {
    const served = ['default', 'DEFAULT', 'late-interaction', 'ms-marco-minilm-l-12-v2', 'cross-encoder/ms-marco-MiniLM-L-12-v2'];
    for (const reranker of [
      ...served,
      'rerank-v3.5',
      'local',
      'first-stage',
      'none',
      null,
      ['late-interaction', 'ms-marco-minilm-l-12-v2'],
    ]) {
      const { status, text } = await post(server, '/v1/search', { index: 'films', query: 'bats', reranker });
      expect([reranker, status]).toEqual([reranker, 200]);
      expect((JSON.parse(text) as { results: { id: string }[] }).results[0]?.id).toBe('1');
    }
    expect((await post(strict, '/v1/rerank', { query: 'a', documents: ['b'], model: 'rerank-v3.5' })).status).toBe(404);
    expect(outside).toBe(0);
  });

  it('nor when it makes an index', async () => {
    for (const key of ['embedder', 'sparse_model', 'model', 'reranker', 'fallback', 'store', 'path'])
      expect((await post(server, '/v1/indexes', { name: 'other', [key]: model })).status).toBe(/^(embedder|sparse)/.test(key) ? 404 : 400);
    expect(outside).toBe(0);
  });
});

const is4xx = (status: unknown): boolean => typeof status === 'number' && status >= 400 && status < 500;
