import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Data } from '@lancedb/lancedb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { widestFilters } from '../../../test/wrong-filters.ts';
import type { Filter, FilterParts } from '../../filter/filter.ts';
import { topWithTies } from '../../math/near-ties.ts';
import { randomFrom } from '../../math/random.ts';
import { rarityOf, saturationOf } from '../bm25.ts';
import { storeContract } from '../contract/contract.ts';
import { entryFor, manifestFor } from '../contract/entries.ts';
import { memoryStore } from '../memory.ts';
import type { Store, StoreQuery } from '../store.ts';
import { lanceStore } from './lancedb.ts';
import { loadLance } from './library.ts';
import { bitsOf, indexesOf } from './optimize.ts';

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
  // Nor did they write down what was acknowledged.
  await rm(join(folder, 'finetooth.json.committed'));
  expect((await store.search({ terms: [long], limit: 5 })).map(({ id }) => id)).toEqual([]);
  await store.optimize();
  expect((await store.search({ terms: [long], limit: 5 })).map(({ id }) => id)).toEqual(['a']);
  await store.close();
});

it.each([
  undefined,
  'passages-1',
])('keeps one of what a suspended writer and the one after it both added, splitter %s', async (splitter) => {
  const folder = await newFolder();
  const store = lanceStore(folder);
  await store.open(manifestFor({ splitter }));
  const { lance } = await loadLance();
  const table = await (await lance.connect(folder)).openTable('documents');
  // The other one commits between the look at what is there and the commit of this one.
  const add = vi.spyOn(Object.getPrototypeOf(table), 'add').mockImplementationOnce(async (rows) => {
    await table.add(rows as Data);
    return table.add(rows as Data);
  });
  await store.upsert([entryFor('a', 1), entryFor('b', 2)]);
  expect(add).toHaveBeenCalledTimes(3);
  add.mockRestore();
  expect(await Array.fromAsync(store.get('all', ['hash']))).toHaveLength(2);
  expect((await store.search({ terms: ['word'], limit: 5 })).map(({ id }) => id)).toEqual(['b', 'a']);
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

describe('a filtered search over an approximate index of 45 partitions, asked one at a time', () => {
  const DOCUMENTS = 6000;
  const { below } = randomFrom(4);
  const unit = (): Float32Array => {
    const vector = Float32Array.from({ length: 8 }, () => below(2001) - 1000);
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  };
  const vectors = Array.from({ length: DOCUMENTS / 2 }, unit);
  /** A quarter of the vectors come several times, so that ties lie on many cuts. */
  const entries = Array.from({ length: DOCUMENTS }, (_, at) =>
    entryFor(`d${at}`, at, ['red', 'fox', 'whale', 'sea'].slice(0, 1 + below(4)).join(' '), {
      vector: vectors[at < DOCUMENTS / 2 ? at : below(DOCUMENTS / 4)] as Float32Array,
      document: { id: `d${at}`, half: at % 2, tenth: at % 10, rare: at % 400 === 7 },
    }),
  );
  const manifest = manifestFor({ format: 4, filterable: { half: 'number', id: 'keyword', tenth: 'number' } });
  const reference = memoryStore();
  let store: Store;
  beforeAll(async () => {
    store = lanceStore(await newFolder(), { approximateFrom: 1000, partitions: 45, probes: 1, refine: 1 });
    for (const one of [store, reference]) {
      await one.open(manifest);
      await one.upsert(entries);
      await one.optimize();
    }
  });
  afterAll(() => store.close());

  type Asked = { readonly vector: Float32Array } | { readonly terms: readonly string[] };
  const idsOf = (hits: readonly { readonly id: string }[]): string[] => hits.map(({ id }) => id);

  it('is over an index that misses most, asked as it is built', async () => {
    let wrong = 0;
    for (let at = 0; at < 50; at++) {
      const vector = unit();
      const right = idsOf(await reference.search({ vector, limit: 100 }));
      if (idsOf(await store.search({ vector, limit: 100 })).some((id, place) => id !== right[place])) wrong++;
      expect(idsOf(await store.search({ vector, limit: 100, exact: true }))).toEqual(right);
    }
    expect(wrong).toBeGreaterThan(10);
  });

  it('finds every document that can be read, by its id', async () => {
    for (let at = 0; at < DOCUMENTS; at += 97)
      expect(
        idsOf(await store.search({ vector: vectors[at % 3000] as Float32Array, limit: 5, filter: { fields: { id: `d${at}` } } })),
      ).toEqual([`d${at}`]);
  });

  it('gives what the reference gives where few fit, by columns and by documents', async () => {
    for (let round = 0; round < 20; round++) {
      const asked: Asked = round % 2 === 0 ? { vector: unit() } : { terms: ['red', 'sea', 'sea', 'fox'].slice(below(3)) };
      const filters: readonly FilterParts['fields'][] = [{ tenth: round % 10 }, { rare: true }, { rare: true, half: 1 }, { rare: 'never' }];
      for (const fields of filters) {
        const query: StoreQuery<'document'> = { ...asked, limit: 1 + below(700), filter: { fields } };
        expect(idsOf(await store.search(query)), JSON.stringify(query.filter)).toEqual(idsOf(await reference.search(query)));
      }
    }
  });

  it('gives what the reference gives where columns do not tell, and most fit, a tenth, or few', async () => {
    const filters: readonly Filter[] = [
      { rare: false },
      { rare: false, half: 1 },
      'tenth = 3 or rare = true',
      { or: [{ rare: true }, { half: { gt: 5 } }] },
      { rare: { exists: false } },
    ];
    for (const filter of filters)
      for (const limit of [1, 25, 400, 2000])
        for (const asked of [{ vector: unit(), exact: true }, { terms: ['red', 'sea', 'whale'].slice(below(3)) }] as const) {
          const [found, expected] = [await store.search({ ...asked, limit, filter }), await reference.search({ ...asked, limit, filter })];
          expect(idsOf(found), JSON.stringify([filter, limit])).toEqual(idsOf(expected));
        }
  });

  it('misses nothing that fits where many fit, and more is asked for than the probed partitions hold', async () => {
    const filter: Filter = { fields: { half: 1 } };
    for (const limit of [1, 25, 1000, DOCUMENTS / 2 - 1, DOCUMENTS / 2, DOCUMENTS]) {
      const hits = await store.search({ vector: unit(), limit, filter });
      expect(new Set(idsOf(hits)).size).toBe(Math.min(limit, DOCUMENTS / 2));
      expect(hits.every(({ document }) => document.half === 1)).toBe(true);
    }
    expect((await store.search({ vector: unit(), limit: DOCUMENTS })).length).toBe(DOCUMENTS);
  });

  it.each(widestFilters)('takes %.40s', async (json) => {
    const filter = JSON.parse(json.replaceAll('tenant', 'id')) as Filter;
    expect(await store.count(filter)).toBe(await reference.count(filter));
  });
});

it('answers filters on an index without columns for them, and on one that lacks some, as the reference does', async () => {
  const entries = Array.from({ length: 900 }, (_, at) =>
    entryFor(`d${at}`, at, 'red fox', { document: { at, half: at % 2, nested: { at } } }),
  );
  const reference = memoryStore();
  await reference.upsert(entries);
  for (const filterable of [undefined, { half: 'number' } as const]) {
    const store = lanceStore(await newFolder());
    await store.open(manifestFor({ filterable }));
    await store.upsert(entries);
    const filters: readonly Filter[] = [
      { fields: { at: { lt: 3 } } },
      { fields: { at: { gte: 3 } } },
      { fields: { half: 1, at: { gte: 100 } } },
      { fields: { nested: { equals: { at: 5 } } } },
      { fields: { nested: { exists: true } } },
    ];
    for (const filter of filters) {
      expect(await store.count(filter)).toBe(await reference.count(filter));
      for (const query of [{ terms: ['fox'] }, { vector: entryFor('x', 5).vector }])
        expect((await store.search({ ...query, limit: 40, filter })).map(({ id }) => id)).toEqual(
          (await reference.search({ ...query, limit: 40, filter })).map(({ id }) => id),
        );
    }
    await store.close();
  }
});

describe('an index that is written to bit by bit', () => {
  const FIRST = 2500;
  const { below, word: random } = randomFrom(9);
  const word = (): string => `w${Math.floor(300 ** (random() / 2 ** 32))}`;
  const entry = (at: number) =>
    entryFor(`d${at}`, at, Array.from({ length: 1 + below(12) }, word).join(' '), { document: { at, half: at % 2 } });

  it('builds no index and merges no files for a few documents, and weighs words as when it was built', async () => {
    const folder = await newFolder();
    const store = lanceStore(folder, { approximateFrom: 1000 });
    await store.open(manifestFor({ filterable: { half: 'number' } }));
    const first = Array.from({ length: FIRST }, (_, at) => entry(at));
    await store.upsert(first);
    await store.optimize();
    const live = new Map(first.map((one) => [one.id, one]));
    const { lance } = await loadLance();
    const table = await (await lance.connect(folder, { readConsistencyInterval: 0 })).openTable('documents');
    const indexes = async () => (await table.listIndices()).map(({ name, indexUuid }) => `${name} ${indexUuid}`).sort();
    const before = await indexes();

    const weighed = weightsOf(first.map(({ terms }) => terms));
    const check = async (): Promise<void> => {
      for (const terms of [['w1'], ['w2', 'w2', 'w40'], [word(), word(), word()], ['new', 'w7'], ['new']])
        for (const filter of [undefined, { fields: { half: 1 } }]) {
          const expected = [...live.values()]
            .filter(({ document }) => filter === undefined || document.half === 1)
            .map(({ id, terms: words }) => ({ id, score: weighed(terms, words) }))
            .filter(({ score }) => score > 0);
          for (const limit of [5, 400]) {
            const hits = await store.search({ terms, limit, filter });
            const right = topWithTies(expected, limit);
            expect(hits.map(({ id }) => id)).toEqual(right.map(({ id }) => id));
            hits.forEach(({ score }, place) => expect(score).toBeCloseTo(right[place]?.score as number, 4));
          }
        }
    };
    for (let round = 0; round < 25; round++) {
      const added = round % 3 === 0 ? [entry(below(FIRST)), entry(below(FIRST))] : [entry(FIRST + round)];
      if (round % 5 === 0) added.push(entryFor(`n${round}`, round, 'new w7 new', { document: { half: 1 } }));
      await store.upsert(added);
      for (const one of added) live.set(one.id, one);
      const gone = [`d${below(FIRST)}`, `d${FIRST + round - 1}`];
      await store.delete(gone);
      for (const id of gone) live.delete(id);
      await store.optimize();
      if (round % 6 === 0) await check();
    }
    await check();
    expect(await indexes()).toEqual(before);
    const [one] = [...live.values()].slice(-1);
    expect((await store.search({ vector: one?.vector as Float32Array, limit: 1 }))[0]?.score).toBeCloseTo(1, 5);

    const last = Array.from({ length: FIRST / 8 }, (_, at) => entry(9000 + at));
    await store.upsert(last);
    await store.optimize();
    expect(await indexes()).not.toEqual(before);
    await store.close();
  });

  it('merges files after so many writes, however small', async () => {
    const folder = await newFolder();
    const store = lanceStore(folder);
    await store.open(manifestFor());
    await store.upsert(Array.from({ length: FIRST }, (_, at) => entry(at)));
    await store.optimize();
    const { lance } = await loadLance();
    const table = await (await lance.connect(folder, { readConsistencyInterval: 0 })).openTable('documents');
    const files = async () => (await table.stats()).fragmentStats.numFragments;
    let [most, written] = [0, 0];
    for (let now = 0; now >= most; written++) {
      most = Math.max(most, now);
      await store.upsert([entry(5000 + written)]);
      await store.optimize();
      now = await files();
      if (now < most) expect(now).toBeLessThan(10);
    }
    // A file for each sixteen documents.
    expect(most).toBe(Math.floor((FIRST + written) / 16));
    expect(await store.count()).toBe(FIRST + written);
    await store.close();
  });
});

/** BM25 with the counts of some documents, for any other. */
function weightsOf(counted: readonly string[]): (query: readonly string[], terms: string) => number {
  const lists = counted.map((terms) => terms.split(' '));
  const having = new Map<string, number>();
  for (const words of lists) for (const one of new Set(words)) having.set(one, (having.get(one) ?? 0) + 1);
  const mean = lists.reduce((sum, { length }) => sum + length, 0) / lists.length;
  return (query, terms) => {
    const words = terms.split(' ');
    let score = 0;
    for (const one of query) {
      const count = words.filter((other) => other === one).length;
      score += rarityOf(having.get(one) ?? 0, lists.length) * saturationOf(count, words.length, mean);
    }
    return score;
  };
}

it('builds an approximate index of one bit again, and searches one of four, as earlier versions built them', async () => {
  const folder = await newFolder();
  const store = lanceStore(folder, { approximateFrom: 1000, partitions: 4 });
  await store.open(manifestFor());
  await store.upsert(Array.from({ length: 1200 }, (_, at) => entryFor(`d${at}`, at)));
  await store.optimize();
  const { lance } = await loadLance();
  const table = await (await lance.connect(folder, { readConsistencyInterval: 0 })).openTable('documents');
  const bits = async () => bitsOf(await indexesOf(table));
  expect(await bits()).toBe(2);
  await table.createIndex('vector', { config: lance.Index.ivfRq({ distanceType: 'cosine', numPartitions: 4, numBits: 1 }), replace: true });
  const best = async () => (await store.search({ vector: entryFor('x', 7).vector, limit: 1 }))[0]?.id;
  expect([await bits(), await best()]).toEqual([1, 'd7']);
  await store.optimize();
  expect([await bits(), await best()]).toEqual([2, 'd7']);
  await table.createIndex('vector', { config: lance.Index.ivfRq({ distanceType: 'cosine', numPartitions: 4, numBits: 4 }), replace: true });
  await store.optimize();
  expect([await bits(), await best()]).toEqual([4, 'd7']);
  await store.close();
});

it('makes the parts of the approximate index again when there are four times as many documents', async () => {
  const folder = await newFolder();
  const store = lanceStore(folder, { approximateFrom: 500, refine: 600 });
  await store.open(manifestFor());
  const { lance } = await loadLance();
  const made: (string | undefined)[] = [];
  for (const count of [600, 1200, 2600]) {
    const there = await store.count();
    await store.upsert(Array.from({ length: count - there }, (_, at) => entryFor(`d${there + at}`, there + at)));
    await store.optimize();
    const table = await (await lance.connect(folder, { readConsistencyInterval: 0 })).openTable('documents');
    made.push((await table.schema()).fields.find(({ name }) => name === 'vector')?.metadata.get('finetooth-vectors'));
    const query = { vector: entryFor('x', count - 1).vector, limit: 5 };
    expect(await store.search(query)).toEqual(await store.search({ ...query, exact: true }));
  }
  expect(made).toEqual(['600', '600', '2600']);
  await store.close();
});
