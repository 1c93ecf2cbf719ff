import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entryFor, manifestFor, storeContract } from './contract.ts';
import { loadLance } from './lance-library.ts';
import { lanceStore } from './lancedb.ts';

const newFolder = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), 'finetooth-')), 'index');

describe('LanceDB', () => {
  for (const { name, run } of storeContract(async () => lanceStore(await newFolder()))) it(name, run);
});

describe('LanceDB with an approximate index over few documents, and indexes over filterable fields', () => {
  const options = { approximateFrom: 50, partitions: 45, probes: 1, refine: 1 };
  for (const { name, run } of storeContract(async () => lanceStore(await newFolder(), options))) it(name, run);
});

it('builds a word index again that leaves out words of 128 bytes, as earlier versions built it', async () => {
  const folder = await newFolder();
  const store = lanceStore(folder);
  await store.open(manifestFor());
  const long = 'ж'.repeat(64);
  await store.upsert([entryFor('a', 1, `red ${long}`), entryFor('b', 2, 'red')]);
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
  expect((await store.search({ terms: [long], limit: 5 })).map(({ id }) => id)).toEqual([]);
  await store.optimize();
  expect((await store.search({ terms: [long], limit: 5 })).map(({ id }) => id)).toEqual(['a']);
  await store.close();
});

it('compares every vector where an approximate index cannot be built for their length', async () => {
  const store = lanceStore(await newFolder(), { approximateFrom: 300 });
  await store.open(manifestFor({ dimensions: 3 }));
  const vectorOf = (at: number) => Float32Array.of(Math.sin(at), Math.cos(at), 0);
  await store.upsert(Array.from({ length: 300 }, (_, at) => entryFor(`d${at}`, at, 'red', { vector: vectorOf(at) })));
  await store.optimize();
  expect((await store.search({ vector: vectorOf(7), limit: 1 })).map(({ id }) => id)).toEqual(['d7']);
  await store.close();
});
