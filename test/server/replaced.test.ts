import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rebuiltIn } from '../../src/assemble/rebuild.ts';
import { type CreateOptions, type OpenIndexOptions, openIndex } from '../../src/index.ts';
import { type Server, serve } from '../../src/server/listen.ts';
import { hashEmbedder } from '../hash-embedder.ts';

const documents = [
  { id: 'a', title: 'Bats', text: 'They hunt by echo in the dark.' },
  { id: 'b', title: 'Wheat', text: 'The price of bread rose again.' },
  { id: 'c', title: 'Clocks', text: 'Time is told by springs.' },
];
const folder = mkdtempSync(join(tmpdir(), 'finetooth-replaced-'));
const indexes = join(folder, 'indexes');

/** The bundled model with another pooling: as many numbers, other vectors. */
const meanModel = join(folder, 'mean');
const started: Server[] = [];
const logged: string[] = [];
const start = async (): Promise<Server> => {
  const server = await serve({
    port: 0,
    version: '0.0.0',
    indexesFolder: indexes,
    log: { level: 'error', stream: { write: (line) => void logged.push(line) } },
  });
  started.push(server);
  return server;
};
let one: Server;
let two: Server;
beforeAll(async () => {
  mkdirSync(meanModel);
  for (const name of ['model.onnx', 'tokenizer.json'])
    symlinkSync(join(import.meta.dirname, '../../models/bge-small-en-v1.5', name), join(meanModel, name));
  writeFileSync(
    join(meanModel, 'finetooth.json'),
    JSON.stringify({ kind: 'bi-encoder', pooling: 'mean', dimensions: 384, maxTokens: 512 }),
  );
  one = await start();
  two = await start();
});
afterAll(async () => {
  await Promise.all(started.map((server) => server.close(2000)));
});

const ask = async (server: Server, path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') => {
  const answer = await fetch(server.url + path, {
    method,
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const lines = documents.map((document) => JSON.stringify(document)).join('\n');
const filled = async (name: string, fields: readonly string[] = ['title', 'text']): Promise<void> => {
  expect((await ask(one, '/v1/indexes', { name, fields })).status).toBe(201);
  expect((await ask(one, `/v1/indexes/${name}/documents`, lines)).body).toMatchObject({ added: 3 });
};
/** As `finetooth index --rebuild` in another process does it. */
const rebuild = (name: string, open: OpenIndexOptions, create: CreateOptions = {}): Promise<unknown> =>
  rebuiltIn(join(indexes, name), create, async (at, options) => {
    await using index = await openIndex(at, { ...open, create: options });
    return await index.add(documents);
  });
const scores = async (server: Server, index: string): Promise<unknown> =>
  (
    (await ask(server, '/v1/search', { index, query: 'bats in the dark', reranker: null })).body as {
      results: { first_stage_score: number }[];
    }
  ).results.map(({ first_stage_score }) => first_stage_score.toFixed(4));

describe('a server whose indexes others make anew', () => {
  it('answers with the model that a rebuild brought, and stores vectors of no other', async () => {
    await filled('swap');
    const before = await scores(one, 'swap');
    await rebuild('swap', { embedder: meanModel });
    const after = await scores(one, 'swap');
    expect(after).not.toEqual(before);
    expect((await ask(one, '/v1/indexes/swap')).body).toMatchObject({ documents: 3, embedder: expect.stringContaining('mean') });
    expect((await ask(one, '/v1/indexes/swap/documents', '{"id":"d","title":"Bats in the dark","text":""}')).body).toMatchObject({
      added: 1,
    });
    // What the server says is what the files hold.
    await using index = await openIndex(join(indexes, 'swap'), {});
    const [vector] = [await index.embedder().embed(['Bats in the dark'], 'document')];
    for await (const entry of index.store.get(['d'], ['vector'])) expect(entry.vector[0]).toBeCloseTo(vector.data[0] as number, 5);
  });

  it('answers from other fields after a rebuild, and takes documents of them', async () => {
    await filled('fields');
    await scores(one, 'fields');
    await rebuild('fields', {}, { fields: ['text'] });
    expect((await ask(one, '/v1/indexes/fields')).body).toMatchObject({ fields: ['text'] });
    expect((await ask(one, '/v1/indexes/fields/documents', '{"id":"d","text":"new"}')).body).toMatchObject({ added: 1 });
  });

  it('says 409 of an index whose model it cannot open by name', async () => {
    await filled('foreign');
    await rebuild('foreign', { embedder: hashEmbedder() }, { tokens: null });
    for (const [path, body] of [
      ['/v1/search', { index: 'foreign', query: 'bats' }],
      ['/v1/indexes/foreign/documents', lines],
      ['/v1/indexes/foreign/delete', { ids: ['a'] }],
      ['/v1/indexes/foreign', undefined],
    ] as const)
      expect(await ask(one, path, body), path).toMatchObject({
        status: 409,
        body: { message: expect.stringContaining('cannot be used here') },
      });
    expect((await ask(one, '/v1/indexes')).status).toBe(200);
  });

  it('notices what another server on the same folder deletes and makes again', async () => {
    await filled('shared');
    expect(await scores(two, 'shared')).toHaveLength(3);
    expect((await ask(one, '/v1/indexes/shared', undefined, 'DELETE')).status).toBe(200);
    for (const [path, body] of [
      ['/v1/search', { index: 'shared', query: 'bats' }],
      ['/v1/indexes/shared/documents', lines],
      ['/v1/indexes/shared', undefined],
    ] as const)
      expect((await ask(two, path, body)).status, path).toBe(404);
    expect((await ask(one, '/v1/indexes', { name: 'shared', fields: ['text'] })).status).toBe(201);
    expect((await ask(two, '/v1/indexes/shared/documents', lines)).body).toMatchObject({ added: 3 });
    expect((await ask(one, '/v1/indexes/shared')).body).toMatchObject({ documents: 3, fields: ['text'] });
    expect((await ask(two, '/v1/indexes', { name: 'shared' })).status).toBe(400);
  });

  it('says what happened when files of an index go, and never that nothing was found', async () => {
    await filled('torn');
    await scores(one, 'torn');
    cpSync(join(indexes, 'torn'), join(folder, 'backup'), { recursive: true });
    rmSync(join(indexes, 'torn', 'documents.lance', 'data'), { recursive: true });
    rmSync(join(indexes, 'torn', 'documents.lance', '_versions'), { recursive: true });
    for (const server of [one, two])
      expect(await ask(server, '/v1/search', { index: 'torn', query: 'bats' })).toMatchObject({
        status: 500,
        body: { message: expect.stringContaining('E_INDEX_DAMAGED') },
      });
    rmSync(join(indexes, 'torn'), { recursive: true });
    cpSync(join(folder, 'backup'), join(indexes, 'torn'), { recursive: true });
    expect(await scores(one, 'torn')).toHaveLength(3);
  });
});

it('lets searches end, or says 404, while an index is deleted and made again', async () => {
  const statuses = new Map<number, number>();
  let over = false;
  const searchers = [one, one, two, two].map(async (server) => {
    while (!over) {
      const { status } = await ask(server, '/v1/search', { index: 'busy', query: 'bats', reranker: null });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  });
  for (let round = 0; round < 6; round++) {
    await filled('busy');
    await sleep(100);
    expect((await ask(one, '/v1/indexes/busy', undefined, 'DELETE')).status).toBe(200);
  }
  over = true;
  await Promise.all(searchers);
  expect(
    [...statuses.keys()].filter((status) => ![200, 404, 409, 503].includes(status)),
    logged.slice(-2).join(''),
  ).toEqual([]);
  expect(statuses.get(200)).toBeGreaterThan(0);
  expect(statuses.get(404)).toBeGreaterThan(0);
});
