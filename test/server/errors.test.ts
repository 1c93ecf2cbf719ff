import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ErrorCode, errorTable, FinetoothError } from '../../src/errors.ts';
import { createBudget } from '../../src/hosted.ts';
import { openIndex } from '../../src/index.ts';
import { ownFailure, ownPath } from '../../src/server/dialects/own.ts';
import { type Server, serve } from '../../src/server/listen.ts';
import { workFolder } from '../finetooth.ts';
import { startServer, type TestServer } from '../servers/http.ts';
import { fakeApp } from './fake.ts';

/** The statuses that docs/errors.md promises. */
const documented = new Map(
  [...readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8').matchAll(/^\| (E_[A-Z_]+) \| \d+ \| (\d{3}) \|/gm)].map(
    ([, code, status]) => [code as ErrorCode, Number(status)] as const,
  ),
);
const codes = Object.keys(errorTable) as ErrorCode[];

/** What an answer of our own API says went wrong. */
interface Refusal {
  readonly status: number;
  readonly code: string | null;
  readonly message: string;
}

const folder = workFolder();
const indexes = join(folder, 'indexes');
const [vendorModel, text] = ['together:owner/model', 'bats hunt by echo'];

let vendor: TestServer;
/** How the vendor answers from now on; undefined: well. */
let fault: number | 'shape' | 'silence' | undefined;
let server: Server;
let small: Server;

const ask = async (path: string, body?: unknown, { at = server, method, headers = {} }: Partial<Asked> = {}): Promise<Refusal> => {
  const answer = await fetch(at.url + path, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers,
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const said = (await answer.json()) as { error?: { code: string | null; message: string } };
  if (!answer.ok && ownPath.test(path)) ownFailure.parse(said);
  return { status: answer.status, code: said.error?.code ?? null, message: said.error?.message ?? '' };
};
interface Asked {
  readonly at: Server;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

const expectCode = ({ status, code, message }: Refusal, expected: ErrorCode): void => {
  expect({ code, status, message }).toEqual({ code: expected, status: errorTable[expected].http, message: expect.stringMatching(/\S/) });
  expect(documented.get(expected)).toBe(status);
};

const variables = (): Record<string, string> => ({ TOGETHER_BASE_URL: vendor.url, TOGETHER_API_KEY: 'key' });
const start = (more: Partial<Parameters<typeof serve>[0]> = {}): Promise<Server> => serve({ port: 0, version: '0', ...more });

beforeAll(async () => {
  vendor = await startServer((request, response) => {
    let sent = '';
    request.on('data', (chunk: Buffer) => (sent += chunk.toString()));
    request.on('end', () => {
      if (fault === 'silence') return;
      const { input } = JSON.parse(sent) as { input: string | string[] };
      const data = [input].flat().map((_, index) => ({ index, embedding: fault === 'shape' ? ['x'] : [0.6, 0.8] }));
      response.writeHead(typeof fault === 'number' ? fault : 200, {
        'content-type': 'application/json',
        ...(fault === 429 ? { 'retry-after': '3600' } : {}),
      });
      response.end(JSON.stringify({ data }));
    });
  });
  const hosted = { variables: variables(), retries: 0, deadlineMs: 500, circuitBreaker: { failures: 1000 } };
  server = await start({ indexesFolder: indexes, models: { hosted, offline: true, cacheFolder: join(folder, 'cache') } });
  small = await start({ bodyBytes: 1000, keyFile: await keysIn(folder), models: { hosted } });
  expect((await ask('/v1/indexes', { name: 'films', fields: ['title'], id_field: 'id' })).status).toBe(201);
  expect((await ask('/v1/indexes/films/documents', '{"id":"1","title":"bats"}')).status).toBe(200);
  for (const name of ['hosted', 'torn', 'foreign', 'missing']) {
    const embedder = name === 'hosted' ? vendorModel : undefined;
    await using index = await openIndex(join(indexes, name), { create: true, embedder, models: { hosted: { variables: variables() } } });
    await index.add([{ text }]);
  }
}, 60_000);
afterAll(async () => {
  await Promise.all([server?.close(1000), small?.close(1000)]);
  await vendor?.close();
});

const keysIn = async (at: string): Promise<string> => {
  await writeFile(join(at, 'keys'), 'a-key-of-some-length\n');
  return join(at, 'keys');
};

/** Names another model in the manifest of an index. */
const renamed = async (name: string, model: string): Promise<void> => {
  const path = join(indexes, name, 'finetooth.json');
  const { manifest: was } = JSON.parse(await readFile(path, 'utf8')) as { manifest: object };
  const manifest = { ...was, model };
  await writeFile(path, JSON.stringify({ manifest, sha256: createHash('sha256').update(JSON.stringify(manifest)).digest('hex') }));
};

describe('our own API answers with the status and the code of the table, as docs/errors.md has them', () => {
  it.each<[ErrorCode, string, unknown]>([
    ['E_USAGE', '/v1/search', { index: 'films', query: 'bats', colour: 'red' }],
    ['E_USAGE', '/v1/search', { index: 'films', query: 'bats', filter: { year: { above: 1990 } } }],
    ['E_USAGE', '/v1/search', 'no JSON'],
    ['E_USAGE', '/v1/indexes', { name: 'films' }],
    ['E_QUERY', '/v1/search', { index: 'films', query: ' ' }],
    ['E_FIELD', '/v1/search', { index: 'films', query: 'bats', rank_fields: ['colour'] }],
    ['E_FIELD', '/v1/indexes/new/documents', '{"id":"1","colour":"red"}'],
    ['E_INPUT_FORMAT', '/v1/indexes/films/documents', '{"id":"2","title":'],
    ['E_INPUT_FORMAT', '/v1/indexes/films/documents', '[1]'],
    ['E_DUPLICATE_ID', '/v1/indexes/films/documents', '{"id":"3","title":"a"}\n{"id":"3","title":"b"}'],
    ['E_INPUT_EMPTY', '/v1/indexes/films/documents', ' \n'],
    ['E_INDEX_MISSING', '/v1/search', { index: 'nowhere', query: 'bats' }],
    ['E_INDEX_MISSING', '/v1/indexes/nowhere', undefined],
    ['E_MODEL_UNKNOWN', '/v1/search', { index: 'films', query: 'bats', reranker: 'cohere:rerank-v3.5' }],
    ['E_NOT_FOUND', '/v1/indexes/films/nothing', {}],
    ['E_NOT_FOUND', '/v1/nothing', {}],
    ['E_NOT_FOUND', '/nothing', undefined],
    ['E_TOO_LARGE', '/v1/search', { index: 'films', query: 'x'.repeat(200_000) }],
  ])('%s at %s', async (code, path, body) => {
    if (path.includes('/new/')) await ask('/v1/indexes', { name: 'new', fields: ['title'] });
    expectCode(await ask(path, body), code);
  });

  it('who may ask, and how much', async () => {
    expectCode(await ask('/v1/indexes', undefined, { at: small }), 'E_UNAUTHORIZED');
    const headers = { authorization: 'Bearer a-key-of-some-length' };
    expectCode(await ask('/v1/indexes', { name: 'x' }, { at: small, headers }), 'E_FORBIDDEN');
    expectCode(await ask('/v1/search', { query: 'x'.repeat(2000) }, { at: small, headers }), 'E_TOO_LARGE');
    expectCode(await ask('/v1/indexes', undefined, { headers: { origin: 'https://evil.example' } }), 'E_FORBIDDEN');
    const full = await start({ mostRequests: 1, indexesFolder: indexes });
    const search = { index: 'films', query: 'bats' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('/v1/search', search, { at: full })));
    await full.close(1000);
    expectCode(answers.find(({ status }) => status !== 200) as Refusal, 'E_BUSY');
  });

  it('an index whose files, or whose model, are not what they were', async () => {
    await renamed('foreign', 'a-name-of-no-model');
    await renamed('missing', 'all-MiniLM-L6-v2');
    rmSync(join(indexes, 'torn', 'documents.lance'), { recursive: true });
    const search = (index: string): Promise<Refusal> => ask('/v1/search', { index, query: 'bats' });
    expectCode(await search('foreign'), 'E_FINGERPRINT');
    expectCode(await search('missing'), 'E_MODEL_MISSING');
    expectCode(await search('torn'), 'E_INDEX_DAMAGED');
    for (const index of ['foreign', 'missing', 'torn']) expect((await search(index)).message).not.toContain(folder);
  });

  it.each<[ErrorCode, typeof fault]>([
    ['E_VENDOR_REFUSED', 400],
    ['E_KEY', 401],
    ['E_VENDOR_DOWN', 500],
    ['E_VENDOR_ANSWER', 'shape'],
    ['E_DEADLINE', 'silence'],
    // The last: it asks for an hour of patience.
    ['E_VENDOR_BUSY', 429],
  ])('%s, of an index whose vectors are a vendor that answers with %s', async (code, answer) => {
    fault = answer;
    const refusal = await ask('/v1/search', { index: 'hosted', query: `bats ${code}`, reranker: null });
    fault = undefined;
    expectCode(refusal, code);
    expect(refusal.message).toMatch(new RegExp(`^${code}: .*the server's log has the reason`));
  });

  it('E_BUDGET, of one whose next call would pass the budget', async () => {
    const hosted = { variables: variables(), budget: createBudget(0) };
    const poor = await start({ indexesFolder: indexes, models: { hosted } });
    expectCode(await ask('/v1/search', { index: 'hosted', query: 'bats', reranker: null }, { at: poor }), 'E_BUDGET');
    await poor.close(1000);
  });

  it('in a stream, after its status was sent, by the code alone', async () => {
    const answer = await fetch(`${server.url}/v1/indexes/films/documents`, {
      method: 'POST',
      headers: { accept: 'application/x-ndjson' },
      body: '{"id":"4","title":"a"}\n{"id":"4","title":"b"}',
    });
    const last = (await answer.text()).trimEnd().split('\n').at(-1) as string;
    expect(JSON.parse(last)).toMatchObject({ error: { code: 'E_DUPLICATE_ID', message: expect.stringContaining('as id_field') } });
  });

  it('names an option as a client sends it', async () => {
    const { message } = await ask('/v1/indexes/films/documents', '{"id":"5","title":"a"}\n{"id":"5","title":"b"}');
    expect(message).toContain('change one of them, or name another field as id_field; 0 documents before it are stored');
  });

  it('every other code, thrown where a request is answered', async () => {
    const app = await fakeApp({
      routes: async (routes) => {
        routes.get('/v1/indexes/:code', async (request) => {
          const { code } = request.params as { readonly code: ErrorCode };
          throw new FinetoothError(code, `a sentence of ${code}`);
        });
        return [];
      },
    });
    for (const code of codes) {
      const answer = await app.inject({ url: `/v1/indexes/${code}`, headers: { host: '127.0.0.1' } });
      expectCode({ ...(answer.json() as { error: Refusal }).error, status: answer.statusCode }, code);
    }
    await app.close();
    expect([...documented.keys()]).toEqual(codes);
  });

  it('is not an API of a vendor, whose bodies have their own form', async () => {
    const { code, status } = await ask('/v1/rerank', { query: ' ', documents: ['a'] });
    expect([code, status]).toEqual([null, 400]);
  });
});
