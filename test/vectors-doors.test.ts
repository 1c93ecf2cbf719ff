import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, serve } from '../src/server/index.ts';
import { randomFrom } from './support/reading.ts';
import { typedJson } from './support/typed-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-vector-doors-'));
const random = randomFrom(3);
const documents = Array.from({ length: 30 }, (_, at) => ({
  id: `d${at}`,
  text: `Document ${at} about ${at % 2 === 0 ? 'bats' : 'whales'}.`,
  year: 2000 + at,
  embedding: Array.from({ length: 6 }, () => random() - 0.5),
}));
const source = join(folder, 'documents.jsonl');
const inFolder = (name: string): string => join(folder, name);
let server: Server;

beforeAll(async () => {
  writeFileSync(source, documents.map((document) => JSON.stringify(document)).join('\n'));
  server = await serve({ port: 0, version: '0', indexesFolder: inFolder('served') } as Parameters<typeof serve>[0]);
});
afterAll(async () => {
  await server.close(1000);
  rmSync(folder, { recursive: true, force: true });
});

const typed = async (...words: readonly string[]): Promise<Record<string, unknown>> =>
  (await typedJson([...words, '--json'])) as Record<string, unknown>;
const posted = async (path: string, body: unknown): Promise<{ readonly status: number; readonly json: Record<string, unknown> }> => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(`${server.url}${path}`, { method: 'POST', body: text });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
};
const idsOf = (json: Record<string, unknown>): readonly string[] =>
  (json.results as readonly { readonly id: string }[]).map(({ id }) => id);

describe('vectors of the user', () => {
  it('come in, search, go out and come in again on the command line', async () => {
    const [index, file, copy] = [inFolder('typed'), inFolder('typed.parquet'), inFolder('copy')];
    const making = await typed('index', source, '--into', index, '--vector-field', 'embedding', '--embedder', 'none');
    expect(making).toMatchObject({ added: 30, reused: 30 });
    const query = inFolder('query.json');
    writeFileSync(query, JSON.stringify(documents[4]?.embedding));
    const search = ['search', 'bats', '--in', index, '--reranker', 'none'];
    const asFile = await typed(...search, '--query-vector', `@${query}`);
    expect(idsOf(asFile)[0]).toBe('d4');
    const inline = await typed(...search, '--query-vector', JSON.stringify(documents[4]?.embedding));
    expect(idsOf(inline)).toEqual(idsOf(asFile));
    expect(idsOf(await typed(...search, '--first-stage', 'bm25', '--filter', 'year < 2003')).toSorted()).toEqual(['d0', 'd2']);
    await expect(typed(...search)).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(typed(...search, '--query-vector', 'x')).rejects.toThrow('--query-vector takes a list of numbers in JSON');
    await expect(typed(...search, '--query-vector', '["a"]')).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(typed(...search, '--query-vector', '@/nowhere')).rejects.toMatchObject({ code: 'E_INPUT_MISSING' });
    await expect(typed(...search, '--query-vector', '[1,2]')).rejects.toThrow('has 2 numbers; those of the index have 6');
    const exported = await typed('export', '--in', index, '--to', file, '--filter', 'year >= 2010');
    expect(exported).toMatchObject({ documents: 20, rows: 20 });
    expect(await typed('index', file, '--into', copy)).toMatchObject({ added: 20, reused: 20 });
    expect(
      idsOf(await typed('search', 'x', '--in', copy, '--reranker', 'none', '--query-vector', JSON.stringify(documents[12]?.embedding)))[0],
    ).toBe('d12');
    await expect(typed('export', '--in', index)).rejects.toThrow('export needs --to FILE');
    expect(existsSync(file)).toBe(true);
  });

  it('may have a field that names them, from every door', async () => {
    const body = { vector_field: 'embedding', embedder: null };
    const lines = documents.map((document) => JSON.stringify(document)).join('\n');
    for (const [name, title_field, told] of [
      ['named', 'title', 'title'],
      ['unnamed', 'none', undefined],
    ] as const) {
      expect((await posted('/v1/indexes', { name, title_field, ...body })).status).toBe(201);
      const named = lines.replaceAll('"id":', `"title":"T","id":`);
      await posted(`/v1/indexes/${name}/documents`, named);
      expect(await (await fetch(`${server.url}/v1/indexes/${name}`)).json()).toMatchObject({
        documents: 30,
        ...(told && { title_field: told }),
      });
      const at = inFolder(`typed-${name}`);
      const plain = ['--vector-field', 'embedding', '--embedder', 'none', '--title-field', title_field];
      writeFileSync(inFolder('named.jsonl'), named);
      await typed('index', inFolder('named.jsonl'), '--into', at, ...plain);
      expect((await typed('status', '--in', at)).titleField).toBe(told ?? null);
    }
  });

  it('come in and search over HTTP', async () => {
    const making = await posted('/v1/indexes', { name: 'own', vector_field: 'embedding', embedder: null });
    expect(making.status).toBe(201);
    const lines = documents.map((document) => JSON.stringify(document)).join('\n');
    expect((await posted('/v1/indexes/own/documents', lines)).json).toMatchObject({ added: 30, reused: 30 });
    const found = await posted('/v1/search', { index: 'own', query: 'bats', vector: documents[7]?.embedding, reranker: null });
    expect(idsOf(found.json)[0]).toBe('d7');
    const words = await posted('/v1/search', { index: 'own', query: 'bats', first_stage: 'bm25', reranker: null, top: 3 });
    expect(idsOf(words.json)).toHaveLength(3);
    const without = await posted('/v1/search', { index: 'own', query: 'bats', reranker: null });
    expect(without).toMatchObject({ status: 400, json: { error: { code: 'E_USAGE', message: expect.stringContaining('as vector') } } });
    for (const vector of [[], ['a'], 'x', [1, null]])
      expect((await posted('/v1/search', { index: 'own', query: 'bats', vector })).status).toBe(400);
    const wrong = await posted('/v1/indexes/own/documents', JSON.stringify({ id: 'x', text: 'x', embedding: [1, 2] }));
    expect(wrong.json).toMatchObject({ error: { message: expect.stringContaining('has 2 numbers; the index has 6') } });
  });
});
