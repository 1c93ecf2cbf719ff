import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { rerankers, Table, VectorQuery } from '@lancedb/lancedb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HybridRerankerOptions, hybridReranker } from '../../src/integrations/lancedb/index.ts';
import { firstStageOrder } from '../../src/rerankers.ts';
import { loadLance } from '../../src/store/lancedb/library.ts';
import { countedReranker } from '../support/counted-reranker.ts';

const rows = [
  { id: 'lake', title: 'Lake', text: 'a quiet lake', tags: ['water'], count: 1n, seen: true, vector: [1, 0] },
  { id: 'cave', title: 'Cave', text: 'bats at night in a cave', tags: ['dark', 'deep'], count: 2n, seen: false, vector: [0, 1] },
  { id: 'none', title: null, text: null, tags: null, count: 3n, seen: null, vector: [0.7, 0.7] },
  { id: 'city', title: 'City', text: 'a bat guards the city at night', tags: [], count: null, seen: true, vector: [0.1, 1] },
];
const folder = mkdtempSync(join(tmpdir(), 'finetooth-lance-'));
let table: Table;
beforeAll(async () => {
  const { lance } = await loadLance();
  const database = await lance.connect(folder);
  table = await database.createTable('films', rows as unknown as Record<string, unknown>[]);
  await table.createIndex('text', { config: lance.Index.fts() });
});
afterAll(() => {
  table.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A row as JSON. */
const plain = (row: Record<string, unknown>) =>
  JSON.parse(JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? Number(value) : value))) as Record<string, unknown>;
const ask = async (options: HybridRerankerOptions, query = 'bats at night', change = (asked: VectorQuery): VectorQuery => asked) => {
  const reranker: rerankers.Reranker = hybridReranker(options);
  const asked = (table.query().nearestTo([0, 1]) as VectorQuery).fullTextSearch(query) as VectorQuery;
  const found = await change(asked).rerank(reranker).limit(4).toArray();
  return found.map((row) => plain({ ...row }));
};
const idsOf = (found: readonly Record<string, unknown>[]) => found.map(({ id }) => id);

describe('hybridReranker', () => {
  it('puts the rows of both searches in order, each once and whole, with the score that LanceDB wants', async () => {
    const reranker = countedReranker();
    const found = await ask({ reranker, columns: 'text' });
    expect(idsOf(found)).toEqual(['cave', 'city', 'none', 'lake']);
    expect(reranker.calls.length).toBe(1);
    expect(reranker.calls[0]?.texts.toSorted()).toEqual(['', ...rows.flatMap(({ text }) => text ?? [])].toSorted());
    expect(found[0]).toMatchObject({ ...plain(rows[1] as never), _relevance_score: 3, _distance: 0, _score: expect.any(Number) });
    expect(found[1]).toMatchObject({ tags: [], count: null, seen: true, _relevance_score: 2 });
    // Found by its vector alone.
    expect(found[2]).toMatchObject({
      title: null,
      text: null,
      tags: null,
      seen: null,
      _score: null,
      _distance: expect.any(Number),
      _relevance_score: 0,
    });
    expect(found[0]).not.toHaveProperty('_rowid');
  });

  it('takes a list that is empty, and two', async () => {
    expect(idsOf(await ask({ reranker: countedReranker(), columns: 'text' }, 'zebra'))).toHaveLength(4);
    expect(await ask({ reranker: countedReranker(), columns: 'text' }, 'zebra', (asked) => asked.where("id = 'absent'"))).toEqual([]);
  });

  it('reads the columns that it is told to, or those that hold words', async () => {
    const reranker = countedReranker();
    await ask({ reranker, columns: ['count', 'title', 'tags'], fieldLabels: true });
    await ask({ reranker });
    expect(reranker.calls.map(({ texts }) => texts.find((text) => text.includes('Cave')))).toEqual([
      'count: 2\ntitle: Cave\ntags: dark, deep',
      'Cave bats at night in a cave',
    ]);
  });

  it('says which column is not there, and what there is', async () => {
    const asked = ask({ reranker: countedReranker(), columns: 'body' });
    await expect(asked).rejects.toThrow(
      /no column "body" to rank by; they have id, title, text, tags, count, seen, vector\. Name it in select\(\)/,
    );
    await expect(ask({ reranker: countedReranker(), columns: 'text' }, '  ')).rejects.toThrow(/query is only white space/);
  });

  it('keeps the fused order where no one ranks in time, and leaves out what is unlikely', async () => {
    const never = countedReranker({ score: () => new Promise(() => {}) });
    const fused = await ask({ reranker: firstStageOrder(), columns: 'text' });
    expect(idsOf(fused).slice(0, 2)).toEqual(['cave', 'city']);
    expect(idsOf(await ask({ reranker: never, columns: 'text', deadlineMs: 20 }))).toEqual(idsOf(fused));
  });

  it('has scores exact where it is told to', async () => {
    const reranker = countedReranker();
    for (const exact of [undefined, true]) await ask({ reranker, columns: 'text', exact });
    expect(reranker.calls.map(({ exact }) => exact)).toEqual([undefined, true]);
  });

  it('is stopped, closed, and asked twice at once', async () => {
    const never = countedReranker({ score: () => new Promise(() => {}) });
    await expect(ask({ reranker: never, columns: 'text', signal: AbortSignal.timeout(20) })).rejects.toThrow(/stopped before/);
    const both = await Promise.all(['lake', 'cave'].map((query) => ask({ reranker: countedReranker(), columns: 'text' }, query)));
    expect(both.map((found) => found[0]?.id)).toEqual(['lake', 'cave']);
    const closed = hybridReranker({ reranker: countedReranker(), columns: 'text' });
    await closed.close();
    const asked = (table.query().nearestTo([0, 1]) as VectorQuery).fullTextSearch('bats') as VectorQuery;
    await expect(asked.rerank(closed).toArray()).rejects.toThrow(/was closed/);
  });

  it('ranks by the bundled models', async () => {
    await using reranker = hybridReranker({ columns: 'text' });
    const asked = (table.query().nearestTo([0, 1]) as VectorQuery).fullTextSearch('a hero in town') as VectorQuery;
    const [best] = await asked.rerank(reranker).limit(4).toArray();
    expect(best).toMatchObject({ id: 'city' });
  });

  it('refuses options that it does not have, and what is no rows', async () => {
    for (const wrong of [{ column: 'text' }, { columns: [] }, { columns: 5 }, { reranker: null }, { deadlineMs: 0 }])
      expect(() => hybridReranker(wrong as HybridRerankerOptions)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
    const reranker = hybridReranker({ reranker: countedReranker() });
    await expect(reranker.rerankHybrid('bats', null as never, null as never)).rejects.toMatchObject({ code: 'E_INPUT_FORMAT' });
    await expect(reranker.rerankHybrid('bats', [] as never, {} as never)).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});
