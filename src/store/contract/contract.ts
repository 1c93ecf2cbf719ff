import assert from 'node:assert/strict';
import type { Filter } from '../../filter/filter.ts';
import { randomFrom } from '../../math/random.ts';
import { callback, checkArguments, whole } from '../../wording/check-options.ts';
import type { EntryField, Store } from '../store.ts';
import { besideReference, byId, collect, hashesIn, idsOf, near, type Start, same } from './checks.ts';
import { entryFor, manifestFor, SIZE, unit } from './entries.ts';
import { facetPromises } from './facets.ts';
import { drawDocument, drawFilter, drawOne, filterableFields, typedFields } from './filters.ts';
import { otherPromises } from './other.ts';
import { passagePromises } from './passages.ts';
import { sparsePromises } from './sparse.ts';
import { titlePromises } from './titles.ts';

/** One promise of a seam, for any runner: `for (const { name, run } of storeContract(make)) it(name, run)`. */
export interface ContractCase {
  readonly name: string;
  /** Rejects with a sentence where the promise is broken. */
  run(): Promise<void>;
}

/** Gives a store that is new and not open yet. */
export type MakeStore = () => Store | Promise<Store>;

export interface StoreContractOptions {
  /** Filters drawn at random that are asked of the store and of the reference. @default 300 */
  readonly filters?: number;
}

const promises: Readonly<Record<string, (start: Start, filters: number) => Promise<void>>> = {
  'is nothing before it is created, and keeps the manifest of its creation': async (start) => {
    const store = await start(null);
    same(await store.open(), undefined, 'open of a store that was not created');
    same(await store.open(manifestFor()), manifestFor(), 'open with a manifest');
    same(await store.open(manifestFor({ embedder: 'another' })), manifestFor(), 'open with another manifest');
  },

  'says in its manifest what was measured of the collection, and disturbs no one who reads': async (start) => {
    const entries = Array.from({ length: 40 }, (_, i) => entryFor(`d${i}`, i));
    const store = await start({ id: 'one' }, entries);
    if (store.keepSpread === undefined) return;
    const reading = store.get('all', [])[Symbol.asyncIterator]();
    const first = await reading.next();
    same(first.done, false, 'the first entry of a stream');
    for (const documents of [40, 80]) {
      const spread = { mean: 0.5, deviation: 0.06, documents };
      await store.keepSpread(spread);
      same((await store.open())?.spread, spread, 'the spread in the manifest');
      same((await store.open())?.id, 'one', 'the id of the index');
    }
    let read = 1;
    while (!(await reading.next()).done) read++;
    same(read, 40, 'entries of the stream');
    same(await store.count(), 40, 'documents afterwards');
  },

  'keeps token vectors, and brings them with hits when they are asked for': async (start) => {
    const form = { size: SIZE, bits: 4, pool: 2 } as const;
    const tokens = Uint8Array.from({ length: 12 }, (_, i) => i * 21);
    const entries = [entryFor('a', 1, 'red', { tokens }), entryFor('b', 2, 'red', { tokens: new Uint8Array() })];
    const store = await start({ format: 2, tokens: form }, entries);
    same(
      (await collect(store, 'all', ['tokens'])).map((entry) => [...(entry.tokens ?? [])]),
      [[...tokens], []],
      'tokens of get',
    );
    for (const query of [{ vector: unit(1) }, { terms: ['red'] }]) {
      const hits = await store.search({ ...query, limit: 2, fields: ['document', 'tokens'] });
      const a = hits.find(({ id }) => id === 'a')?.tokens;
      same([a?.form, [...(a?.data ?? [])]], [form, [...tokens]], 'tokens of a hit');
      unit(1).forEach((value, i) => near(a?.vector[i], value, 1e-6, `number ${i} of the vector of a hit`));
      const without = await store.search({ ...query, limit: 2 });
      assert.ok(
        without.every((hit) => !('tokens' in hit) || hit.tokens === undefined),
        'tokens came that were not asked for',
      );
    }
  },

  'gives back what was written, whole, and shares no memory with it': async (start) => {
    const document = { id: 'a', zero: 0, no: false, none: null, text: 'quote \' " \\ \n \u0007 中 😀' };
    const entry = entryFor('a', 1, 'red fox', { document });
    const kept = structuredClone(entry);
    const store = await start({}, [entry]);
    entry.vector.fill(9);
    same(await collect(store, ['a'], everything), [kept], 'get of an id');
    same(await collect(store, 'all', everything), [kept], 'get of all');
    same(await collect(store, ['b'], everything), [], 'get of an id that is not there');
    for await (const { vector } of store.get(['a'], ['vector'])) vector.fill(9);
    same(await collect(store, ['a'], everything), [kept], 'get after what it gave was written to');
  },

  'gives the fields that are named and no others': async (start) => {
    const entries = Array.from({ length: 1200 }, (_, i) => entryFor(`d${i}`, i));
    const store = await start({}, entries);
    same(
      (await collect(store, 'all', [])).flatMap((entry) => Object.keys(entry)).every((name) => name === 'id'),
      true,
      'names of what comes when no field is asked for',
    );
    const ids = [...entries.map(({ id }) => id).reverse(), 'nothing', 'd0'];
    same(
      await collect(store, ids, ['hash', 'textHash']),
      entries.map(({ id, hash, textHash }) => ({ id, hash, textHash })).sort(byId),
      'hashes of 1,200 ids, one asked twice and one not there',
    );
    for (const field of everything)
      same(
        (await collect(store, ['d7'], [field])).map((entry) => Object.keys(entry).sort()),
        [['id', field].filter((name) => name !== 'tokens').sort()],
        `fields that come with ${field}`,
      );
  },

  'replaces by id and deletes by id': async (start) => {
    const store = await start({}, [entryFor('a', 1), entryFor('b', 2), entryFor('c', 3)]);
    await store.upsert([entryFor('b', 22, 'other'), entryFor('d', 4)]);
    same(await hashesIn(store), { a: 'h1', b: 'h22', c: 'h3', d: 'h4' }, 'hashes');
    same(await store.delete(['b', 'nothing', 'b']), 1, 'what delete counts');
    same([(await store.stats()).documents, await store.count()], [3, 3], 'documents');
    same(idsOf(await store.search({ terms: ['other'], limit: 5 })), [], 'hits for a word of a deleted document');
  },

  'takes the last of several entries of one id': async (start) => {
    const store = await start({}, [entryFor('a', 1), entryFor('b', 2), entryFor('a', 3, 'other')]);
    same(await hashesIn(store), { a: 'h3', b: 'h2' }, 'hashes');
    await store.upsert([entryFor('a', 4), entryFor('c', 5), entryFor('c', 6)]);
    same([await hashesIn(store), await store.count()], [{ a: 'h4', b: 'h2', c: 'h6' }, 3], 'hashes');
  },

  'deletes only what still has the content that it had': async (start) => {
    const ids = ["it's", 'b', 'c'];
    const store = await start(
      {},
      ids.map((id, i) => entryFor(id, i)),
    );
    const hashes = new Map(ids.map((id, i) => [id, `h${i}`]));
    await store.upsert([entryFor('b', 22, 'other')]);
    same(await store.delete(ids, { hashes, from: manifestFor() }), 2, 'what delete counts');
    same(await hashesIn(store), { b: 'h22' }, 'hashes');
  },

  'takes any id': async (start) => {
    const ids = ["it's", 'a b', '../x', 'é中😀', '%_', '"', '\\', "'; DROP TABLE documents; --", 'x'.repeat(2000), '\u0001'];
    const store = await start(
      {},
      ids.map((id, i) => entryFor(id, i)),
    );
    same((await collect(store, ids, [])).length, ids.length, 'entries that are read');
    for (const id of ids) same(await store.delete([id]), 1, `what delete counts for ${JSON.stringify(id)}`);
    same(await store.count(), 0, 'documents');
  },

  'finds the nearest by cosine, best first, ties by id descending': async (start) => {
    const entries = Array.from({ length: 60 }, (_, i) => entryFor(`d${i}`, i % 50));
    const store = await start({}, entries);
    await store.optimize();
    const query = unit(3);
    const expected = entries
      .map(({ id, vector }) => ({ id, score: vector.reduce((sum, value, i) => sum + value * (query[i] as number), 0) }))
      .sort((a, b) => (Math.abs(b.score - a.score) > 1e-6 ? b.score - a.score : a.id < b.id ? 1 : -1))
      .slice(0, 10);
    const found = await store.search({ vector: query, limit: 10, exact: true });
    same(idsOf(found), idsOf(expected), 'ids');
    found.forEach((hit, i) => near(hit.score, expected[i]?.score as number, 1e-5, `score of ${hit.id}`));
    same(found[0]?.document, entries.find((entry) => entry.id === found[0]?.id)?.document, 'the document of the best');
    same((await store.search({ vector: query, limit: 1000 })).length, 60, 'hits where more are asked for than there are');
    same(await store.search({ vector: query, limit: 0 }), [], 'hits at limit 0');
    same(await store.search({ terms: ['word'], limit: 0 }), [], 'hits for words at limit 0');
  },

  'scores words by BM25, and finds only documents that share one': async (start) => {
    const store = await start({}, [
      entryFor('a', 1, 'red fox red'),
      entryFor('b', 2, 'red'),
      entryFor('c', 3, 'blue whale in a wide sea'),
      entryFor('d', 4, ''),
    ]);
    await store.optimize();
    const found = await store.search({ terms: ['red', 'fox'], limit: 10 });
    same(idsOf(found), ['a', 'b'], 'ids');
    // k1 = 1.2, b = .75, 4 documents of 3, 1, 6 and 0 words: mean 2.5.
    const weight = (n: number, tf: number, length: number): number =>
      (Math.log(1 + (4 - n + 0.5) / (n + 0.5)) * tf * 2.2) / (tf + 1.2 * (0.25 + (0.75 * length) / 2.5));
    near(found[0]?.score, weight(2, 2, 3) + weight(1, 1, 3), 1e-3, 'score of a');
    near(found[1]?.score, weight(2, 1, 1), 1e-3, 'score of b');
    same(await store.search({ terms: ['absent'], limit: 10 }), [], 'hits for a word that is nowhere');
    same(await store.search({ terms: [], limit: 10 }), [], 'hits for no word');
  },

  'finds words that were written after it was optimized, and before it ever was': async (start) => {
    const store = await start({}, [entryFor('a', 1, 'red fox')]);
    const find = async (word: string) => idsOf(await store.search({ terms: [word], limit: 10 }));
    same(await find('fox'), ['a'], 'hits before');
    await store.optimize();
    await store.upsert([entryFor('b', 2, 'blue whale'), entryFor('a', 1, 'green frog')]);
    same(await find('whale'), ['b'], 'hits for a new word');
    same(await find('fox'), [], 'hits for a word that went');
  },

  'answers with nothing while it is empty, and says what it holds': async (start) => {
    const store = await start();
    same(await store.search({ vector: unit(1), limit: 5 }), [], 'hits of an empty store');
    same(await store.search({ terms: ['x'], limit: 5 }), [], 'hits for a word');
    same(await store.search({ vector: unit(1), limit: 5, filter: { fields: { year: 1 } } }), [], 'hits under a filter');
    await store.optimize();
    await store.upsert([]);
    same([(await store.stats()).documents, await store.count(), await store.count({})], [0, 0, 0], 'documents');
    await store.upsert([entryFor('a', 1)]);
    const stats = await store.stats();
    same(stats.documents, 1, 'documents');
    assert.ok(stats.bytes > 0, `bytes must be above 0; got ${stats.bytes}`);
    assert.ok(!Number.isNaN(Date.parse(stats.changedAt ?? '')), `changedAt must be a time; got ${stats.changedAt}`);
  },

  'stops for a signal, with its reason': async (start) => {
    const store = await start({}, [entryFor('a', 1)]);
    const signal = AbortSignal.abort();
    for (const query of [{ vector: unit(1) }, { terms: ['word'] }])
      await assert.rejects(store.search({ ...query, limit: 1, signal }), { code: 'E_STOPPED' });
    await assert.rejects(store.facets(['text'], { limit: 1, signal }), { code: 'E_STOPPED' });
  },

  'counts a word as often as it is asked': async (start) => {
    const ask = await besideReference(start, {}, [
      entryFor('a', 1, 'red fox red'),
      entryFor('b', 2, 'red'),
      entryFor('c', 3, 'blue whale in a wide sea fox'),
      entryFor('d', 4, ''),
    ]);
    const [once] = await ask({ terms: ['red'], limit: 9 }, 'once');
    const [thrice] = await ask({ terms: ['red', 'red', 'red'], limit: 9 }, 'three times');
    near(thrice?.score, 3 * (once?.score as number), 1e-4, 'score of a word asked three times');
    await ask({ terms: ['fox', 'red', 'fox', 'absent', 'red', 'fox', 'absent'], limit: 9 }, 'two words');
    same(idsOf(await ask({ terms: Array<string>(500).fill('whale'), limit: 9 }, 'one word 500 times')), ['c'], 'ids');
  },

  'cuts through ties in the one order, however many are asked for': async (start) => {
    const entries = Array.from({ length: 300 }, (_, i) =>
      entryFor(`d${String((i * 7) % 300).padStart(3, '0')}`, i < 20 ? i : 99, 'red fox', { document: { half: i % 2 } }),
    );
    const ask = await besideReference(start, { filterable: { half: 'number' } }, entries);
    const queries = [{ terms: ['fox'] }, { terms: ['red', 'fox', 'red'] }, { vector: unit(99) }, { vector: unit(3) }];
    for (const query of queries)
      for (const filter of [undefined, { fields: { half: 1 } }]) {
        const all = idsOf(await ask({ ...query, filter, limit: 1000 }, 'all'));
        for (const limit of [1, 2, 3, 10, 19, 20, 21, 22, 100, 279, 280, 281, 299, 300, 301])
          same(idsOf(await ask({ ...query, filter, limit }, `${limit}`)), all.slice(0, limit), `the head of ${limit}`);
      }
  },

  'finds words of 64 letters in any script, optimized or not': async (start) => {
    const words = ['z', 'ж', 'क', '서', '𐐨', '𞤢'].map((letter) => letter.repeat(64));
    const entries = words.flatMap((word, i) => [entryFor(`a${i}`, i, `red ${word}`), entryFor(`b${i}`, i, word)]);
    const store = await start({}, entries);
    for (const word of words) same((await store.search({ terms: [word], limit: 9 })).length, 2, `hits for ${word}`);
    const ask = await besideReference(start, {}, entries);
    for (const word of words) same((await ask({ terms: [word, 'red'], limit: 2 }, word)).length, 2, `hits for ${word}`);
  },

  'finds words with signs in them, of all scripts, and no others': async (start) => {
    const words = [
      'c',
      'c++',
      'c#',
      '.net',
      'net',
      'at&t',
      'v2.3.1',
      '2.3.1',
      '2024-01-15',
      '🔥',
      '🇩🇪',
      '中',
      '中医',
      'が',
      'か',
      'कि',
      'कु',
      'กิน',
      'กัน',
      '서울',
      'ꦗꦮ',
    ];
    const entries = words.map((word, i) => entryFor(`d${i}`, i, `${word} red`));
    const ask = await besideReference(start, {}, entries);
    for (const [i, word] of words.entries()) same(idsOf(await ask({ terms: [word], limit: 9 }, word)), [`d${i}`], `ids for ${word}`);
    same((await ask({ terms: [...words, 'red'], limit: 50 }, 'all words')).length, words.length, 'hits for all words');
  },

  'gives what the reference gives, for words and vectors drawn at random': async (start) => {
    const { below, word: random } = randomFrom(5);
    // A few words that are everywhere and many that are rare: ties, and sums that are equal whatever the order of adding.
    const word = (): string => `w${Math.floor(200 ** (random() / 2 ** 32))}`;
    const entries = Array.from({ length: 600 }, (_, i) =>
      entryFor(`${below(9)}-${i}`, below(150), Array.from({ length: below(8) }, word).join(' ')),
    );
    const ask = await besideReference(start, {}, entries);
    for (let round = 0; round < 60; round++) {
      const terms = Array.from({ length: 1 + below(round % 6 === 5 ? 600 : 8) }, word);
      const limit = 1 + below(round % 4 === 3 ? 700 : 30);
      await ask({ terms, limit }, `the best ${limit} of "${terms.join(' ').slice(0, 80)}"`);
      const seed = below(300);
      await ask({ vector: unit(seed), limit }, `the best ${limit} of vector ${seed}`);
    }
  },

  'gives what the reference gives under filters drawn at random, on fields of any name and any value': async (start, filters) => {
    const random = randomFrom(8);
    const entries = Array.from({ length: 400 }, (_, i) =>
      entryFor(`d${i}`, random.below(150), drawOne(random, ['red', 'red fox', 'blue whale', 'red red sea', '']), {
        document: drawDocument(random, i),
      }),
    );
    for (const manifest of [{ filterable: typedFields }, { format: 4, filterable: filterableFields }, {}]) {
      const ask = await besideReference(start, manifest, entries);
      for (let round = 0; round < filters / 3; round++) {
        const filter = drawFilter(random, 3);
        const limit = 1 + random.below(round % 5 === 0 ? 500 : 20);
        const query = round % 2 === 0 ? { vector: unit(random.below(300)) } : { terms: ['red', 'sea'] };
        await ask({ ...query, limit, filter }, `the best ${limit} that fit ${JSON.stringify(filter)}`);
      }
    }
  },

  ...passagePromises,
  ...titlePromises,
  ...sparsePromises,
  ...facetPromises,
  ...otherPromises,

  'refuses a filter that is not understood': async (start) => {
    const store = await start({}, [entryFor('a', 1)]);
    const filter = { tenant: { above: 'a' } } as unknown as Filter;
    for (const query of [{ vector: unit(1) }, { terms: ['word'] }])
      await assert.rejects(store.search({ ...query, limit: 1, filter }), { code: 'E_USAGE' });
    await assert.rejects(store.count(filter), { code: 'E_USAGE' });
    await assert.rejects(store.facets(['tenant'], { filter, limit: 1 }), { code: 'E_USAGE' });
  },

  'agrees with itself under many writes at random': async (start) => {
    const store = await start({ format: 4, filterable: { seed: 'number' } });
    const model = new Map<string, number>();
    const { below } = randomFrom(11);
    for (let round = 0; round < 12; round++) {
      const ids = [...new Set(Array.from({ length: 1 + below(8) }, () => `d${below(20)}`))];
      if (below(3) === 0) {
        await store.delete(ids);
        for (const id of ids) model.delete(id);
      } else {
        const seeds = ids.map(() => below(1000));
        await store.upsert(ids.map((id, i) => entryFor(id, seeds[i] as number, 'word', { document: { seed: seeds[i] } })));
        ids.forEach((id, i) => model.set(id, seeds[i] as number));
      }
      if (below(4) === 0) await store.optimize();
      same(
        await store.count({ fields: { seed: { lt: 500 } } }),
        [...model.values()].filter((seed) => seed < 500).length,
        'count of a filter',
      );
    }
    same(await hashesIn(store), Object.fromEntries([...model].map(([id, seed]) => [id, `h${seed}`])), 'hashes');
  },
};

const everything: readonly EntryField[] = ['document', 'hash', 'textHash', 'vector', 'tokens', 'terms'];

/**
 * What every store promises. The memory store is the reference: scores are within two millionths of its own, order and ids the same.
 *
 * @example
 * import { it } from 'node:test';
 * import { storeContract } from 'finetooth/contracts';
 * import { memoryStore } from 'finetooth/stores';
 *
 * for (const { name, run } of storeContract(() => memoryStore())) it(name, run);
 */
export function storeContract(make: MakeStore, options: StoreContractOptions = {}): readonly ContractCase[] {
  checkArguments('storeContract(() => yourStore())', { make: [make, callback], options: [options, { filters: whole(0, 1_000_000) }] });
  return Object.entries(promises).map(([name, check]) => ({
    name,
    run: async () => {
      const made: Store[] = [];
      const start: Start = async (manifest, entries = []) => {
        const store = await make();
        made.push(store);
        if (manifest !== null) await store.open(manifestFor(manifest));
        if (entries.length > 0) await store.upsert(entries);
        return store;
      };
      try {
        await check(start, options.filters ?? 300);
      } finally {
        for (const store of made) await store.close();
      }
    },
  }));
}
