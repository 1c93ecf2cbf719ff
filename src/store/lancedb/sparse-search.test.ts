import { mkdirSync, rmSync, utimesSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Data } from '@lancedb/lancedb';
import { describe, expect, it, vi } from 'vitest';
import { packSparse } from '../../math/sparse.ts';
import { storeContract } from '../contract/contract.ts';
import { entryFor, manifestFor } from '../contract/entries.ts';
import type { Entry, Store } from '../store.ts';
import { lanceStore } from './lancedb.ts';
import { loadLance } from './library.ts';
import { readPostings } from './postings.ts';
import { tableOf } from './rows.ts';

const newFolder = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), 'finetooth-')), 'index');
const options = { approximateFrom: 8, durability: 'process' } as const;

describe('LanceDB with postings of sparse vectors over few documents', () => {
  const make = async () => lanceStore(await newFolder(), options);
  for (const { name, run } of storeContract(make)) if (/sparse/.test(name)) it(name, run);
});

const manifest = manifestFor({ sparse: { embedder: 'sparse@fp32:0' } });
const vector = (weights: Readonly<Record<number, number>>) => ({
  ids: Uint32Array.from(Object.keys(weights), Number),
  weights: Float32Array.from(Object.values(weights)),
});
const weighed = (id: string, weights: Readonly<Record<number, number>>): Entry =>
  entryFor(id, 1, 'red', { sparse: packSparse(vector(weights)) });
/** All have token 1, each with another weight. */
const many = (count: number): Entry[] => Array.from({ length: count }, (_, at) => weighed(`d${at}`, { 1: 1 + at / 1024 }));

async function start(folder: string, count = 60): Promise<Store> {
  const store = lanceStore(folder, options);
  await store.open(manifest);
  await store.upsert(many(count));
  await store.optimize();
  return store;
}

const findIn = async (store: Store, limit: number, weights: Readonly<Record<number, number>> = { 1: 1 }): Promise<string[]> =>
  (await store.search({ sparse: vector(weights), limit })).map(({ id }) => id);

const openTable = async (folder: string) => {
  const { lance } = await loadLance();
  return (await lance.connect(folder)).openTable('documents');
};
const postingsOf = async (folder: string) => readPostings(await openTable(folder));

it('finds what a suspended writer commits under a number below that of the postings', async () => {
  const folder = await newFolder();
  const store = await start(folder);
  const other = lanceStore(folder, options);
  await other.open();
  const table = await openTable(folder);
  const add = vi.spyOn(Object.getPrototypeOf(table), 'add').mockImplementationOnce(async (rows) => {
    // Its lock is taken meanwhile, and another writes and optimizes twice.
    rmSync(join(folder, 'finetooth.json.lock'), { recursive: true });
    await other.upsert(many(90));
    await other.optimize();
    await table.checkoutLatest();
    return table.add(rows as Data);
  });
  await store.upsert([weighed('late', { 1: 9 })]);
  add.mockRestore();
  expect(await findIn(other, 2)).toEqual(['late', 'd89']);
  await Promise.all([store.close(), other.close()]);
});

it('finds what such a writer commits that is killed at once', async () => {
  const folder = await newFolder();
  const store = await start(folder);
  const table = await openTable(folder);
  const version = await table.version();
  const lock = join(folder, 'finetooth.json.lock');
  mkdirSync(lock);
  utimesSync(lock, new Date(), new Date());
  // Takes the lock over.
  await store.upsert(many(90));
  await store.optimize();
  await table.checkoutLatest();
  await table.add(tableOf(await loadLance(), [weighed('late', { 1: 9 })], manifest, version));
  await store.upsert(many(3));
  expect(await findIn(store, 2)).toEqual(['late', 'd89']);
  await store.optimize();
  expect(await findIn(store, 2)).toEqual(['late', 'd89']);
  await store.close();
});

it('builds postings in steps: of what is new once it is enough, small ones together, all of them when a fifth is gone, and none for few', async () => {
  const folder = await newFolder();
  const store = await start(folder, 7);
  expect(await postingsOf(folder)).toBeUndefined();
  const rowsIn = async () => (await postingsOf(folder))?.segments.map(({ rows }) => rows);
  const add = async (from: number, to: number) => {
    await store.upsert(many(to).slice(from));
    await store.optimize();
  };
  await add(7, 70);
  expect(await rowsIn()).toEqual([24, 24, 22]);
  await add(70, 71);
  expect(await rowsIn(), 'one is scored without').toEqual([24, 24, 22]);
  await add(71, 76);
  expect(await rowsIn()).toEqual([24, 24, 22, 6]);
  await add(76, 82);
  expect(await rowsIn(), 'small ones are built together').toEqual([24, 24, 22, 12]);
  const before = (await postingsOf(folder))?.segments.slice(0, 3).map(({ file }) => file);
  await store.delete(many(10).map(({ id }) => id));
  await store.optimize();
  expect(
    (await postingsOf(folder))?.segments.slice(0, 3).map(({ file }) => file),
    'an eighth is gone',
  ).toEqual(before);
  expect(await findIn(store, 100)).toEqual(
    many(82)
      .slice(10)
      .reverse()
      .map(({ id }) => id),
  );
  await store.delete(many(20).map(({ id }) => id));
  await store.optimize();
  expect(await rowsIn(), 'a quarter is gone').toEqual([31, 31]);
  await store.delete(many(78).map(({ id }) => id));
  await store.optimize();
  expect(await postingsOf(folder)).toBeUndefined();
  expect(await findIn(store, 9)).toEqual(['d81', 'd80', 'd79', 'd78']);
  await store.close();
});

it('looks on where the best rows are of one document, or gone, or all the same', async () => {
  const folder = await newFolder();
  const store = lanceStore(folder, options);
  await store.open({ ...manifest, splitter: 'passages-1' });
  const sparse = packSparse(vector({ 1: 5 }));
  const further = Array.from({ length: 300 }, (_, at) => ({
    ...{ vector: entryFor('', at).vector, terms: 'red', sparse },
    place: { span: [10 * at + 10, 10 * at + 19] as const, line: undefined },
  }));
  const equal = Array.from({ length: 100 }, (_, at) => weighed(`e${at + 100}`, { 2: 0.5 }));
  await store.upsert([{ ...weighed('long', { 1: 5 }), further }, ...many(200), ...equal]);
  await store.optimize();
  expect(await postingsOf(folder)).toBeDefined();
  expect(await findIn(store, 4)).toEqual(['long', 'd199', 'd198', 'd197']);
  expect((await store.search({ sparse: vector({ 1: 1 }), limit: 1 }))[0]?.passage).toBeUndefined();
  expect(await findIn(store, 3, { 2: 1 })).toEqual(['e199', 'e198', 'e197']);
  await store.delete([
    'e199',
    ...many(200)
      .map(({ id }) => id)
      .slice(10),
  ]);
  expect(await findIn(store, 4)).toEqual(['long', 'd9', 'd8', 'd7']);
  expect(await findIn(store, 3, { 2: 1 })).toEqual(['e198', 'e197', 'e196']);
  await store.close();
});

it('scores every row for a query whose weights are not above 0, and where a stored vector is none', async () => {
  const folder = await newFolder();
  const store = await start(folder);
  expect(await findIn(store, 2, { 1: -1 })).toEqual(['d0', 'd1']);
  expect(await findIn(store, 2, { 1: 0 })).toEqual(['d9', 'd8']);
  await store.upsert([weighed('odd', { 1: -1 }), ...many(40)]);
  await store.optimize();
  expect(await findIn(store, 100)).toEqual([...many(60).map(({ id }) => id), 'odd'].toReversed().toSorted((a, b) => rank(b) - rank(a)));
  await store.close();
});

const rank = (id: string): number => (id === 'odd' ? -1 : Number(id.slice(1)));
