import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { rebuiltIn } from '../src/assemble/rebuild.ts';
import { shownName } from '../src/assemble/store.ts';
import { openIndex, type SearchIndex, search } from '../src/index.ts';
import { serve } from '../src/server/listen.ts';
import { findingsOf } from '../src/tasks/doctor-index.ts';
import { backupIndex, compactIndex, exportIndex, indexDocuments, restoreIndex, verifyIndex } from '../src/tasks/index.ts';
import { workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';
import { databases, type TestDatabase } from './support/databases.ts';
import { freePort } from './support/free-port.ts';
import { ran } from './support/ran.ts';

const texts = ['a bat in a cave', 'a whale at sea', 'two bats and a lake', 'the red fox', 'a night at the lake', 'whales sing'];
const documentsOf = (count: number, version = 0) =>
  Array.from({ length: count }, (_, i) => ({ id: `d${i}`, text: `${texts[i % texts.length]} ${i}`, version, even: i % 2 === 0 }));
const create = { fields: ['text'], idField: 'id' };
const fileOf = (count: number, version = 0): string => {
  const path = join(workFolder(), 'documents.jsonl');
  writeFileSync(
    path,
    documentsOf(count, version)
      .map((document) => JSON.stringify(document))
      .join('\n'),
  );
  return path;
};
const open = (where: string): Promise<SearchIndex> => openIndex(where, { create, embedder: hashEmbedder() });
const found = async (where: string, query: string): Promise<readonly string[]> => {
  await using index = await open(where);
  return (await search(index, query, { firstStage: 'bm25', top: 3 })).results.map(({ id }) => id);
};

describe.each(Object.entries(databases))('an index in %s', (name, start) => {
  let started: TestDatabase | string = 'it was not started';
  beforeAll(async () => {
    started = await start();
  });
  afterAll(async () => {
    if (typeof started !== 'string') await started.stop();
  });
  let places = 0;
  /** An index of its own for each test; the test is skipped where there is no database. */
  const place = (context: TestContext): string => {
    if (typeof started === 'string') return context.skip(`no ${name}: ${started}`);
    return started.address(`index${places++}`);
  };
  const filled = async (context: TestContext, count = 60): Promise<string> => {
    const where = place(context);
    await indexDocuments({ source: fileOf(count), into: where, embedder: hashEmbedder(), ...create });
    return where;
  };

  it('is made by a command, added to, searched, and says what it holds', async (context) => {
    const where = await filled(context);
    expect(await indexDocuments({ source: fileOf(60), into: where, embedder: hashEmbedder() })).toMatchObject({ added: 0, unchanged: 60 });
    expect(await indexDocuments({ source: fileOf(61, 1), into: where, embedder: hashEmbedder() })).toMatchObject({ added: 1, changed: 60 });
    await using index = await open(where);
    const folder = join(workFolder(), 'same');
    await using same = await open(folder);
    await same.add(documentsOf(61, 1));
    for (const options of [
      { firstStage: 'bm25' },
      { firstStage: 'dense' },
      { firstStage: 'hybrid' },
      { firstStage: 'hybrid', fusion: 'rrf', filter: 'even = true and version >= 1', facets: ['even'] },
      { firstStage: 'bm25', groupBy: 'even', perGroup: 2, top: 4 },
      { firstStage: 'dense', sort: ['-version', 'id'], top: 5, offset: 3 },
    ] as const) {
      const [ours, theirs] = [await search(index, 'bats by the lake', options), await search(same, 'bats by the lake', options)];
      expect(ours.results.map(({ id }) => id)).toEqual(theirs.results.map(({ id }) => id));
      expect(ours.facets).toEqual(theirs.facets);
    }
    expect(await index.status()).toMatchObject({ documents: 61 });
    expect(await index.delete(['d1', 'nowhere'])).toBe(1);
    expect((await index.status()).documents).toBe(60);
  });

  it('is told by every command that reads it', async (context) => {
    const where = await filled(context);
    const shown = shownName(where);
    const status = await ran(['status', '--in', where, '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ in: shown, documents: 60 });
    expect((await ran(['status', '--in', where])).stdout).toMatch(/documents +60/);
    const missing = await ran(['status', '--in', `${where}x`]);
    expect([missing.status, missing.stderr]).toEqual([4, expect.stringContaining(`E_INDEX_MISSING: ${shown}x is not an index`)]);
    expect((await ran(['delete', 'd1', '--in', where])).stdout).toBe(`1 document removed from ${shown}.\n`);
    expect((await ran(['verify', '--in', where])).stdout).toBe(`${shown} is whole: 59 documents as they were written.\n`);
    expect((await ran(['compact', '--in', where])).stdout).toMatch(/ before, .* now\./);
    const nowhere = await ran(['index', fileOf(1), '--into', where.replace('://', 'x://')]);
    expect([nowhere.status, nowhere.stderr]).toEqual([2, expect.stringContaining(`Did you mean "${where.split(':')[0]}:"?`)]);
  });

  it('is rebuilt in one step: searches see the old one until then, and a run that fails leaves it', async (context) => {
    const where = await filled(context);
    const changed = { source: fileOf(20, 2), into: where, embedder: hashEmbedder(), rebuild: true };
    const seen: number[] = [];
    await using reader = await open(where);
    await indexDocuments({ ...changed, onProgress: async () => void seen.push(await reader.store.count()) });
    expect((await (await open(where)).status()).documents).toBe(20);
    const broken = join(workFolder(), 'broken.jsonl');
    writeFileSync(broken, `${JSON.stringify({ id: 'a', text: 'x' })}\n{`);
    await expect(indexDocuments({ ...changed, source: broken })).rejects.toMatchObject({ code: 'E_INPUT_FORMAT' });
    expect(await verifyIndex({ in: where })).toMatchObject({ status: 'whole', documents: 20 });
    const compacted = await compactIndex({ in: where });
    expect(compacted.removed?.length).toBe(1);
    expect((await compactIndex({ in: where })).removed).toEqual([]);
    expect(await found(where, 'whales')).not.toEqual([]);
  });

  it('is backed up into a folder, restored from it, moved to a folder and back, and exported', async (context) => {
    const where = await filled(context);
    const backup = join(workFolder(), 'backup');
    expect(await backupIndex({ in: where, to: backup })).toMatchObject({ in: shownName(where), documents: 60, bytes: expect.any(Number) });
    await expect(backupIndex({ in: where, to: backup })).rejects.toMatchObject({ code: 'E_USAGE' });
    expect(await verifyIndex({ in: backup })).toMatchObject({ status: 'whole', documents: 60 });
    expect(await found(backup, 'two bats')).toEqual(await found(where, 'two bats'));
    await indexDocuments({ source: fileOf(70, 3), into: where, embedder: hashEmbedder(), prune: true });
    const restored = await restoreIndex({ from: backup, into: where });
    expect(restored).toMatchObject({ documents: 60, replaced: 'whole', lost: { documents: 10, changes: 60, deletions: 0 } });
    expect(await found(where, 'two bats')).toEqual(await found(backup, 'two bats'));
    const folder = join(workFolder(), 'moved');
    expect(await restoreIndex({ from: where, into: folder })).toMatchObject({ documents: 60, replaced: 'none' });
    expect(await verifyIndex({ in: folder })).toMatchObject({ status: 'whole', documents: 60 });
    const again = place(context);
    expect(await indexDocuments({ source: folder, into: again })).toMatchObject({ added: 60, reused: 60 });
    expect(await indexDocuments({ source: where, into: join(workFolder(), 'read') })).toMatchObject({ added: 60, reused: 60 });
    await expect(restoreIndex({ into: where })).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(restoreIndex({ from: where, into: where })).rejects.toMatchObject({ code: 'E_USAGE' });
    const file = join(workFolder(), 'out.jsonl');
    expect(await exportIndex({ in: where, to: file })).toMatchObject({ documents: 60 });
    expect(existsSync(file)).toBe(true);
  });

  it('is looked at by the doctor, also where there is none or no database', async (context) => {
    const where = await filled(context);
    const findings = await findingsOf(where);
    expect(findings.filter(({ state }) => state === 'broken')).toEqual([]);
    expect(findings.map(({ found }) => found).join('\n')).toMatch(/60/);
    const away = where.replace(/:\d+\//, `:${await freePort()}/`);
    expect((await findingsOf(away)).some(({ state }) => state === 'broken')).toBe(true);
    expect((await findingsOf(`${where}x`)).map(({ found }) => found).join('\n')).toMatch(/there is no/);
  });

  it('is served under its name, and seen when it is made again', async (context) => {
    const where = await filled(context);
    const served = await withoutModel(where, place(context), 'a');
    const server = await serve({ port: 0, indexes: [served] });
    try {
      expect(server.indexes).toEqual([served.split('/').at(-1)]);
      const asked = async (): Promise<readonly [number, readonly string[]]> => {
        const body = JSON.stringify({ query: 'two bats', first_stage: 'bm25', reranker: null, top: 2 });
        const answer = await fetch(`${server.url}/v1/search`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
        return [answer.status, ((await answer.json()) as { results?: readonly { id: string }[] }).results?.map(({ id }) => id) ?? []];
      };
      expect(await asked()).toEqual([200, [expect.stringMatching(/^a/), expect.stringMatching(/^a/)]]);
      await rebuiltIn(served, {}, (stage) => withoutModel(where, stage, 'b'));
      for (let tries = 0; tries < 100 && (await asked())[1][0]?.startsWith('a') !== false; tries++) await pause(50);
      expect(await asked()).toEqual([200, [expect.stringMatching(/^b/), expect.stringMatching(/^b/)]]);
    } finally {
      await server.close();
    }
  });
});

/** The same documents in an index without a model, which a server can open by itself. */
async function withoutModel(from: string, where: string, prefix: string): Promise<string> {
  await using index = await openIndex(where, { create: { ...create, vectorField: 'vector' }, embedder: null });
  const source = await openIndex(from, { embedder: hashEmbedder() });
  const documents: { id: string; vector: Float32Array; text: string }[] = [];
  for await (const { id, vector, document } of source.store.get('all', ['vector', 'document']))
    documents.push({ id: `${prefix}${id}`, vector, text: String(document.text) });
  await source.close();
  await index.add(documents as never);
  return where;
}
