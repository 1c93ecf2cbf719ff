import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIndex, search } from '../../src/index.ts';
import { type Server, serve } from '../../src/server/listen.ts';
import { sparseModel } from '../support/sparse-model.ts';

const home = mkdtempSync(join(tmpdir(), 'finetooth-new-index-'));
const sparse = sparseModel('splade');
const embedder = join(import.meta.dirname, '..', 'tiny-embedders', 'bert');
const open = (modelNames?: readonly string[]) =>
  serve({ port: 0, version: '0.0.0', modelNames, indexesFolder: join(home, 'indexes'), models: { threads: 1 } });

let server: Server;
beforeAll(async () => {
  server = await open([embedder, sparse]);
});
afterAll(async () => {
  await server.close(1000);
  rmSync(home, { recursive: true, force: true });
  rmSync(sparse, { recursive: true, force: true });
});

const asked = async (path: string, body?: unknown, to = server) => {
  const sent = body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) };
  const answer = await fetch(to.url + path, sent);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const texts = [
  { id: 'a', text: 'the captain of the ferry' },
  { id: 'b', text: 'apples and butter' },
];
const documents = texts.map((one) => JSON.stringify(one)).join('\n');
/** What a search finds, in its order. */
const found = async (first_stage: string) => {
  const { status, body } = await asked('/v1/search', { index: 'notes', query: 'captain', first_stage, reranker: null });
  const results = body.results as { id: string; relevance_score: number }[];
  return { status, results: results.map(({ id, relevance_score: score }) => [id, score]) };
};

describe('an index that a client makes', () => {
  it('gets the sparse model and the embedder that it names, of those that are served', async () => {
    expect(server.models, 'who starts the server sees both').toEqual(expect.arrayContaining([embedder, sparse]));
    const made = await asked('/v1/indexes', { name: 'notes', fields: ['text'], sparse_model: sparse, embedder });
    expect([made.status, made.body.name]).toEqual([201, 'notes']);
    expect(await asked('/v1/indexes/notes/documents', documents)).toMatchObject({ status: 200, body: { added: 2 } });
    const { body } = await asked('/v1/indexes/notes');
    expect(body).toMatchObject({
      documents: 2,
      sparse: expect.stringContaining('@fp32:'),
      embedder: expect.stringContaining('bert@fp32:'),
    });
    const create = { fields: ['text'], sparseModel: sparse };
    await using own = await openIndex('memory:', { create, embedder, reranker: null, models: { threads: 1 } });
    await own.add(texts);
    for (const firstStage of ['sparse', 'sparse+dense'] as const) {
      const { results } = await search(own, 'captain', { firstStage });
      expect(results).not.toEqual([]);
      expect(await found(firstStage)).toEqual({ status: 200, results: results.map(({ id, relevanceScore }) => [id, relevanceScore]) });
    }
  });

  it('is opened by its models again after the server was, whatever that serves', async () => {
    const before = await found('sparse');
    await server.close(1000);
    server = await open();
    expect(await found('sparse')).toEqual(before);
    await server.close(1000);
    server = await open([embedder, sparse]);
  });

  it.each([
    [{ sparse_model: 'none' }, { embedder: null }],
    [{}, {}],
  ])('keeps no weights where it names none: %j', async (first, second) => {
    const name = `plain-${Object.keys(first).length}`;
    expect((await asked('/v1/indexes', { name, fields: ['text'], ...first, ...second })).status).toBe(201);
    const { status, body } = await asked('/v1/search', { index: name, query: 'captain', first_stage: 'sparse', reranker: null });
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining('E_USAGE')]);
  });

  it.each([
    ['sparse_model', 'granite-30m-sparse', 'the sparse model "granite-30m-sparse" is not served here by name; there are '],
    // It embeds.
    ['sparse_model', embedder, 'the sparse model "'],
    ['embedder', sparse, 'the embedder "'],
    // A vendor's name stands for the default in a request, and not in an index that is kept.
    ['embedder', 'text-embedding-3-small', 'the embedder "text-embedding-3-small" is not served here by name'],
    ['embedder', '../elsewhere', 'is not served here by name'],
  ])('is refused %s %s', async (key, name, sentence) => {
    const { status, body } = await asked('/v1/indexes', { name: 'refused', fields: ['text'], [key]: name });
    expect([status, body.error]).toEqual([404, expect.objectContaining({ param: key, message: expect.stringContaining(sentence) })]);
    expect((await asked('/v1/indexes/refused')).status).toBe(404);
  });

  it('has no sparse model to name where none is served', async () => {
    const other = await serve({ port: 0, version: '0.0.0', indexesFolder: join(home, 'others'), models: { threads: 1 } });
    const { status, body } = await asked('/v1/indexes', { name: 'notes', sparse_model: sparse }, other);
    expect([status, JSON.stringify(body)]).toEqual([
      404,
      expect.stringContaining('there are none. Who runs this server may name others when it is started'),
    ]);
    await other.close(1000);
  });
});
