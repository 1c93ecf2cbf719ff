import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadLance } from './lance-library.ts';
import { lanceStore } from './lancedb.ts';
import { entryFor, manifestFor, storeContract } from './store-contract.ts';

const newFolder = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), 'finetooth-')), 'index');

storeContract('lancedb', async () => lanceStore(await newFolder()));

it('builds a word index again that leaves out words of 128 bytes, as earlier versions built it', async () => {
  const folder = await newFolder();
  const store = lanceStore(folder);
  await store.open(manifestFor());
  const long = 'ж'.repeat(64);
  await store.put([entryFor('a', 1, `red ${long}`), entryFor('b', 2, 'red')]);
  const { lance } = await loadLance();
  const table = await (await lance.connect(folder)).openTable('documents');
  const config = lance.Index.fts({
    baseTokenizer: 'whitespace',
    lowercase: false,
    stem: false,
    removeStopWords: false,
    maxTokenLength: 128,
  });
  await table.createIndex('terms', { config });
  expect((await store.find({ terms: [long] }, 5)).map(({ id }) => id)).toEqual([]);
  await store.settle();
  expect((await store.find({ terms: [long] }, 5)).map(({ id }) => id)).toEqual(['a']);
  await store.close();
});

it('compares every vector where an approximate index cannot be built for their length', async () => {
  const store = lanceStore(await newFolder(), { approximateFrom: 300 });
  await store.open(manifestFor({ dimensions: 3 }));
  const vectorOf = (at: number) => Float32Array.of(Math.sin(at), Math.cos(at), 0);
  await store.put(Array.from({ length: 300 }, (_, at) => entryFor(`d${at}`, at, 'red', { vector: vectorOf(at) })));
  await store.settle();
  expect((await store.find({ vector: vectorOf(7) }, 1)).map(({ id }) => id)).toEqual(['d7']);
  await store.close();
});
