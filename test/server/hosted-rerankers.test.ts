import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createBudget } from '../../src/hosted.ts';
import { type ServeOptions, type Server, serve } from '../../src/server/listen.ts';
import { startServer, type TestServer } from '../servers/http.ts';

/** Ranks the last document first, and bills one search for each request. */
let vendor: TestServer;
/** Answers with another shape. */
let isBroken = false;
let server: Server;
const lines: Record<string, unknown>[] = [];
const log = { level: 'info', stream: { write: (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>) } };
const starts = (options: ServeOptions): Promise<Server> =>
  serve({ port: 0, indexesFolder: mkdtempSync(join(tmpdir(), 'finetooth-hosted-')), log, ...options });
const post = async (path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> => {
  const answer = await fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

beforeAll(async () => {
  vendor = await startServer(async (request, response) => {
    let text = '';
    for await (const part of request.setEncoding('utf8')) text += part;
    const { documents } = JSON.parse(text) as { documents: readonly string[] };
    const results = documents.map((_, index) => ({ index, relevance_score: (index + 1) / (documents.length + 1) }));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isBroken ? { data: results } : { results, meta: { billed_units: { search_units: 1 } } }));
  });
  vi.stubEnv('COHERE_API_KEY', 'sk-secret');
  vi.stubEnv('COHERE_BASE_URL', vendor.url);
  // Two searches at $2 a thousand, and a half.
  server = await starts({ rerankers: ['cohere:rerank-v3.5'], models: { hosted: { budget: createBudget(0.005) } } });
  await post('/v1/indexes', { name: 'films', fields: ['text'] });
  const body = '{"id":"1","text":"bats hunt by echo"}\n{"id":"2","text":"wheat"}';
  expect((await fetch(`${server.url}/v1/indexes/films/documents`, { method: 'POST', body })).status).toBe(200);
});
afterAll(async () => {
  await server.close(1000);
  await vendor.close();
  vi.unstubAllEnvs();
});

describe('a hosted reranker that the operator allows', () => {
  it('is one of the models, ranks at every door until the budget is used, and is logged without the key', async () => {
    expect(server.models).toContain('cohere:rerank-v3.5');
    const ranked = await post('/v1/rerank', { model: 'cohere:rerank-v3.5', query: 'bats', documents: ['bats', 'wheat'] });
    expect(ranked).toMatchObject({ status: 200, body: { model: 'cohere:rerank-v3.5', results: [{ index: 1 }, { index: 0 }] } });
    const [best] = ranked.body.results as { relevance_score: number }[];
    expect(best?.relevance_score).toBeCloseTo(2 / 3);
    const search = { index: 'films', query: 'bats', reranker: 'cohere:rerank-v3.5' };
    const found = await post('/v1/search', search);
    expect(found).toMatchObject({ status: 200, body: { results: [{ id: '2' }, { id: '1' }] } });
    expect(vendor.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer sk-secret', 'Bearer sk-secret']);

    expect(await post('/v1/search', search)).toMatchObject({ status: 402, body: { error: { code: 'E_BUDGET' } } });
    const behind = await post('/v1/search', { ...search, fallback: 'local' });
    expect(behind).toMatchObject({ status: 200, body: { results: [{ id: '1' }, { id: '2' }] } });
    expect(vendor.seen.length).toBe(2);

    expect(lines.filter(({ reranker }) => reranker !== undefined)).toMatchObject([
      { level: 40, reranker: 'cohere:rerank-v3.5', budget: 0.005, message: expect.stringContaining('are sent to its vendor') as string },
    ]);
    expect(lines.filter(({ hosted }) => hosted !== undefined)).toMatchObject([
      { path: '/v1/rerank', hosted: { requests: 1, dollars: 0.002 } },
      { path: '/v1/search', hosted: { requests: 1, dollars: 0.002 } },
    ]);
    expect(JSON.stringify(lines)).not.toContain('sk-secret');
  });

  it('is logged with what a request cost that came to nothing', async () => {
    const own = await starts({ rerankers: ['cohere:rerank-v3.5'], models: { hosted: { budget: createBudget(1) } } });
    const before = lines.length;
    isBroken = true;
    const body = JSON.stringify({ model: 'cohere:rerank-v3.5', query: 'bats', documents: ['bats', 'wheat'] });
    expect((await fetch(`${own.url}/v1/rerank`, { method: 'POST', body })).status).toBe(502);
    isBroken = false;
    await own.close(0);
    expect(lines.slice(before).filter(({ hosted }) => hosted !== undefined)).toMatchObject([
      { path: '/v1/rerank', code: 'E_VENDOR_ANSWER', hosted: { requests: 1, dollars: 0.002 } },
    ]);
  });

  it('opens no other door', async () => {
    const before = vendor.seen.length;
    for (const reranker of ['cohere:rerank-v4.0-fast', 'cohere:', 'llm:cohere:rerank-v3.5', 'cohere:rerank-v3.5 ', 'voyage:rerank-2.5'])
      expect([reranker, (await post('/v1/search', { index: 'films', query: 'bats', reranker })).status]).toEqual([reranker, 404]);
    // A vendor's own name is still the local default.
    const plain = await post('/v1/rerank', { model: 'rerank-v3.5', query: 'bats', documents: ['bats', 'wheat'] });
    expect(plain.body.model).not.toContain('cohere');
    expect(vendor.seen.length).toBe(before);
  });

  it('needs a budget, a key and a vendor, and a server of one’s own needs none of them', async () => {
    await expect(starts({ rerankers: ['cohere:rerank-v3.5'] })).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(starts({ rerankers: ['llm:openai:gpt-5-nano'] })).rejects.toMatchObject({ code: 'E_USAGE' });
    const hosted = { budget: createBudget(1) };
    await expect(starts({ rerankers: ['voyage:rerank-2.5'], models: { hosted } })).rejects.toMatchObject({ code: 'E_KEY' });
    await expect(starts({ rerankers: ['late-interaction'], models: { hosted } })).rejects.toMatchObject({ code: 'E_USAGE' });
    await (await starts({ rerankers: ['tei:default'] })).close(0);
  });
});
