import { QdrantClient } from '@qdrant/js-client-rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noQdrant, type QdrantNode, startQdrant } from '../../../test/support/qdrant.ts';
import { randomFrom } from '../../math/random.ts';
import { storeContract } from '../contract/contract.ts';
import { entryFor, manifestFor } from '../contract/entries.ts';
import { memoryStore } from '../memory.ts';
import { isReadExactly } from './cells.ts';
import { type QdrantStoreOptions, qdrantStore } from './qdrant.ts';

describe.skipIf(noQdrant !== undefined)(`Qdrant${noQdrant === undefined ? '' : `: ${noQdrant}`}`, () => {
  let node: QdrantNode;
  let made = 0;
  beforeAll(async () => {
    node = await startQdrant();
  });
  afterAll(() => node.stop());
  const newStore = (options: Partial<QdrantStoreOptions> = {}) => qdrantStore({ url: node.url, name: `films${made++}`, ...options });
  const client = () => new QdrantClient({ url: node.url, checkCompatibility: false });

  for (const { name, run } of storeContract(() => newStore(), { filters: 30 })) it(name, run);

  describe('with counts of the last time that it was optimized, and an approximate search, from the first document on', () => {
    const some = /on fields of any name|by the other as the reference|written after/;
    for (const { name, run } of storeContract(() => newStore({ countedFrom: 0, approximateFrom: 0 }), { filters: 9 }))
      if (some.test(name)) it(name, run);
  });

  it('finds the best by words while passages become longer than those by which words were weighed, and weighs them again', async () => {
    const { below, word: random } = randomFrom(4);
    const word = (): string => `w${Math.floor(60 ** (random() / 2 ** 32))}`;
    const entry = (at: number, most: number) => entryFor(`d${at}`, at, Array.from({ length: 1 + below(most) }, word).join(' '));
    const store = newStore({ countedFrom: 0 });
    const reference = memoryStore();
    for (const one of [store, reference]) await one.open(manifestFor());
    const check = async (): Promise<void> => {
      for (let round = 0; round < 12; round++) {
        const query = { terms: [word(), word(), word()], limit: 1 + below(12) };
        const expected = await reference.search(query);
        expect((await store.search(query)).map(({ id, score }) => [id, score.toFixed(4)])).toEqual(
          expected.map(({ id, score }) => [id, score.toFixed(4)]),
        );
      }
    };
    for (const [from, most] of [
      [0, 3],
      [200, 40],
    ] as const) {
      const entries = Array.from({ length: 200 }, (_, at) => entry(from + at, most));
      for (const one of [store, reference]) await one.upsert(entries);
    }
    // The first search of a new one counts as it is, and so do those that come at the same time.
    const terms = ['w1', 'w2', 'w7', 'w30'];
    const all = await Promise.all(terms.map((one) => store.search({ terms: [one], limit: 5 })));
    for (const [at, one] of terms.entries()) {
      const expected = await reference.search({ terms: [one], limit: 5 });
      expect(all[at]?.map(({ id, score }) => [id, score.toFixed(4)])).toEqual(expected.map(({ id, score }) => [id, score.toFixed(4)]));
    }
    await check();
    const meansThere = async () => {
      const { points } = await client().query(`films${made - 1}--first`, { limit: 1000, with_payload: ['mean'] });
      return new Set(points.map(({ payload }) => payload?.mean));
    };
    // What comes later is weighed by what came so far.
    expect((await meansThere()).size).toBe(2);
    await store.optimize();
    await check();
    const lengths = (await Array.fromAsync(store.get('all', ['terms']))).map(({ terms }) => terms.split(' ').length);
    expect([...(await meansThere())]).toEqual([Math.round((100 * lengths.reduce((sum, length) => sum + length)) / lengths.length)]);
    await store.close();
  });

  it('holds documents, ids and words of any characters', async () => {
    const store = newStore();
    await store.open(manifestFor({ filterable: { ['a\ud800' as string]: 'keyword', n: 'number' } }));
    const ids = ['\ud83d', '\udca9 x', '\u0001', '\u0000', '"\u0001"', 'ok'];
    const entries = ids.map((id, at) =>
      entryFor(id, at, `red w\u0000${at} \udfff`, {
        hash: `h${at}\ud800`,
        document: {
          id,
          'a\ud800': id,
          n: [0.1, 5e-324, -1.7976931348623157e308, 9007199254740993n.toString() as never][at % 4],
          nul: '\u0000',
        },
      }),
    );
    await store.upsert(entries);
    const read = await Array.fromAsync(store.get(ids, ['hash', 'terms', 'document']));
    expect(read.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
      entries.map(({ id, hash, terms, document }) => ({ id, hash, terms, document })).sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
    for (const id of ids)
      expect((await store.search({ terms: ['red'], limit: 9, filter: { fields: { 'a\ud800': id } } })).map((hit) => hit.id)).toEqual([id]);
    expect(await store.delete(ids.slice(0, 3), { hashes: new Map(entries.map(({ id, hash }) => [id, hash])) })).toBe(3);
  });

  it('compares numbers to the last bit', async () => {
    const { word } = randomFrom(12);
    const view = new DataView(new ArrayBuffer(8));
    const number = (): number => {
      view.setUint32(0, word());
      view.setUint32(4, word());
      const value = view.getFloat64(0);
      // Some that are read exactly too: with two places, and whole ones.
      const plain = [value, value, Math.round(word() / 7) / 100, word() * 2 ** (word() % 31)][word() % 4] as number;
      return Number.isFinite(plain) ? plain : 1 / 3;
    };
    const next = (value: number): number => {
      view.setFloat64(0, value);
      view.setBigUint64(0, view.getBigUint64(0) + 1n);
      return view.getFloat64(0);
    };
    const numbers = Array.from({ length: 150 }, number).flatMap((value) => [value, next(value)]);
    const store = newStore();
    await store.open(manifestFor({ filterable: { n: 'number' } }));
    const exact = numbers.filter(isReadExactly);
    expect(exact.length).toBeGreaterThan(50);
    await store.upsert(exact.map((n, at) => entryFor(`e${at}`, at, 'word', { document: { n } })));
    const info = async () => JSON.stringify((await client().getCollection(`films${made - 1}`)).config);
    expect(await info()).not.toContain('rough');
    for (const n of exact.slice(0, 40))
      expect(await store.count({ fields: { n: { gt: n } } }), `> ${n}`).toBe(exact.filter((one) => one > n).length);
    await store.delete(exact.map((_, at) => `e${at}`));
    await store.upsert(numbers.map((n, at) => entryFor(`d${at}`, at, 'word', { document: { n } })));
    for (const [at, n] of numbers.entries()) {
      if (at % 6 > 1) continue;
      expect(await store.count({ fields: { n } })).toBe(numbers.filter((one) => one === n).length);
      for (const range of ['gt', 'gte'] as const)
        expect(await store.count({ fields: { n: { [range]: n } } }), `${range} ${n}`).toBe(
          numbers.filter((one) => (range === 'gt' ? one > n : one >= n)).length,
        );
    }
    expect(await info()).toContain('rough_numbers0');
  });
});
