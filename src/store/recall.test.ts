import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hashEmbedder } from '../../test/hash-embedder.ts';
import { openIndex } from '../assemble/open-index.ts';
import { findingsOf } from '../tasks/doctor-index.ts';
import { entryFor, manifestFor } from './contract/entries.ts';
import { memoryStore } from './memory.ts';
import { recallFinding, recallOf, sampledRecall } from './recall.ts';
import type { Store } from './store.ts';

const filled = async (): Promise<Store> => {
  const store = memoryStore();
  await store.open(manifestFor());
  await store.upsert(Array.from({ length: 200 }, (_, at) => entryFor(`d${at}`, at)));
  return store;
};

it('is 1 where all the nearest are found, and the share where some are passed over', async () => {
  const store = await filled();
  expect(await sampledRecall(store)).toEqual({ recall: 1, queries: 30 });
  const halving: Store = {
    ...store,
    search: async (query) => (await store.search(query)).filter((_, at) => query.exact === true || at % 5 !== 4),
  };
  expect(await sampledRecall(halving)).toEqual({ recall: 0.8, queries: 30 });
});

it('counts what ties with the last one, in whatever order it comes, and nothing of an empty store', async () => {
  const ask = async (_: number, exact: boolean) => (exact ? [{ score: 0.9 }, { score: 0.5 }] : [{ score: 0.9 }, { score: 0.5 - 1e-7 }]);
  expect(await recallOf([1, 2], ask)).toEqual({ recall: 1, queries: 2 });
  const store = memoryStore();
  await store.open(manifestFor());
  expect(await sampledRecall(store)).toBeUndefined();
});

it('is warned of below .99, with what to do', () => {
  const told = 'recall@25 0.980 on 30 vectors of the index, ef 200';
  expect(recallFinding({ recall: 0.98, queries: 30 }, ', ef 200', 'more')).toEqual({
    name: 'recall',
    state: 'warning',
    found: told,
    advice: 'more',
  });
  expect(recallFinding({ recall: 0.99, queries: 30 }, '', 'more')).toMatchObject({ state: 'ok' });
});

it('is told by the doctor of an index in a folder too', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'finetooth-recall-')), 'index');
  {
    await using index = await openIndex(folder, { create: { fields: ['text'], idField: 'id' }, embedder: hashEmbedder() });
    await index.add(Array.from({ length: 40 }, (_, at) => ({ id: `d${at}`, text: `text ${at}` })));
  }
  expect((await findingsOf(folder)).map(({ name, state, found }) => [name, state, found])).toEqual([
    ['index', 'ok', expect.stringContaining('40 documents')],
    ['recall', 'ok', 'recall@25 1.000 on 30 vectors of the index'],
  ]);
  expect(await findingsOf(`${folder}x`)).toEqual([expect.objectContaining({ name: 'index', state: 'broken' })]);
});
