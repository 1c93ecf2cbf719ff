import { afterEach, describe, expect, it } from 'vitest';
import type { Entry, Manifest, Store } from './store.ts';

/** Numbers in a vector of the suite. */
const SIZE = 8;

export const manifestFor = (changes: Partial<Manifest> = {}): Manifest => ({
  format: 1,
  embedder: 'test@fp32:0',
  dimensions: SIZE,
  fields: ['text'],
  analyzer: 'words-1',
  createdAt: '2026-01-01T00:00:00.000Z',
  ...changes,
});

const unit = (seed: number): Float32Array => {
  const vector = Float32Array.from({ length: SIZE }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233));
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};

export const entryFor = (id: string, seed: number, terms = 'word', changes: Partial<Entry> = {}): Entry => ({
  id,
  document: { id, text: terms, nested: { list: [1, null, 'é'] } },
  hash: `h${seed}`,
  textHash: `t${seed}`,
  vector: unit(seed),
  terms,
  ...changes,
});

const collect = async (store: Store, ids: readonly string[] | 'all'): Promise<Entry[]> => {
  const found: Entry[] = [];
  for await (const entry of store.read(ids)) found.push(entry);
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
};

/** Every store keeps these promises. `make` gives a store that is not open yet. */
export const storeContract = (name: string, make: () => Promise<Store>): void => {
  describe(`store contract: ${name}`, () => {
    let store: Store;
    const started = async (): Promise<Store> => {
      store = await make();
      await store.open(manifestFor());
      return store;
    };
    afterEach(() => store.close());

    it('is nothing before it is created, and keeps the manifest of its creation', async () => {
      store = await make();
      expect(await store.open()).toBeUndefined();
      expect(await store.open(manifestFor())).toEqual(manifestFor());
      expect(await store.open(manifestFor({ embedder: 'another' }))).toEqual(manifestFor());
    });

    it('keeps token vectors, and brings them with hits when asked', async () => {
      store = await make();
      const form = { size: SIZE, bits: 4, pool: 2 } as const;
      await store.open(manifestFor({ format: 2, tokens: form }));
      const tokens = Uint8Array.from({ length: 12 }, (_, i) => i * 21);
      await store.put([entryFor('a', 1, 'red', { tokens }), entryFor('b', 2, 'red', { tokens: new Uint8Array() })]);
      expect((await collect(store, 'all')).map((entry) => entry.tokens)).toEqual([tokens, new Uint8Array()]);
      for (const probe of [{ vector: unit(1) }, { terms: ['red'] }]) {
        const hits = await store.find(probe, 2, { tokens: true });
        const a = hits.find(({ id }) => id === 'a')?.tokens;
        expect([a?.form, a?.data]).toEqual([form, tokens]);
        expect(Math.max(...unit(1).map((value, i) => Math.abs(value - (a?.vector[i] as number))))).toBeLessThan(1e-6);
        expect((await store.find(probe, 2)).every((hit) => hit.tokens === undefined)).toBe(true);
      }
    });

    it('gives back what was put, whole, and does not share memory with it', async () => {
      const entry = entryFor('a', 1, 'red fox', {
        document: { id: 'a', zero: 0, no: false, none: null, text: 'quote \' " \\ \n \u0007 中 😀' },
      });
      const kept = structuredClone(entry);
      await started();
      await store.put([entry]);
      entry.vector.fill(9);
      expect(await collect(store, ['a'])).toEqual([kept]);
      expect(await collect(store, 'all')).toEqual([kept]);
      expect(await collect(store, ['b'])).toEqual([]);
    });

    it('replaces by id and deletes by id', async () => {
      await started();
      await store.put([entryFor('a', 1), entryFor('b', 2), entryFor('c', 3)]);
      await store.put([entryFor('b', 22, 'other'), entryFor('d', 4)]);
      expect((await collect(store, 'all')).map((entry) => [entry.id, entry.hash])).toEqual([
        ['a', 'h1'],
        ['b', 'h22'],
        ['c', 'h3'],
        ['d', 'h4'],
      ]);
      expect(await store.delete(['b', 'nothing', 'b'])).toBe(1);
      expect((await store.status()).documents).toBe(3);
      expect((await store.find({ terms: ['other'] }, 5)).map((hit) => hit.id)).toEqual([]);
    });

    it('deletes only what still has the content that it had', async () => {
      await started();
      const ids = ["it's", 'b', 'c'];
      await store.put(ids.map((id, i) => entryFor(id, i)));
      const hashes = new Map(ids.map((id, i) => [id, `h${i}`]));
      await store.put([entryFor('b', 22, 'other')]);
      expect(await store.delete(ids, { hashes, from: manifestFor() })).toBe(2);
      expect((await collect(store, 'all')).map((entry) => [entry.id, entry.hash])).toEqual([['b', 'h22']]);
    });

    it('takes any id', async () => {
      const ids = ["it's", 'a b', '../x', 'é中😀', '%_', '"', '\\', "'; DROP TABLE documents; --", 'x'.repeat(2000), '\u0001'];
      await started();
      await store.put(ids.map((id, i) => entryFor(id, i)));
      expect((await collect(store, ids)).length).toBe(ids.length);
      for (const id of ids) expect(await store.delete([id]), JSON.stringify(id)).toBe(1);
      expect((await store.status()).documents).toBe(0);
    });

    it('finds the nearest by cosine, best first, ties by id descending', async () => {
      await started();
      const entries = Array.from({ length: 60 }, (_, i) => entryFor(`d${i}`, i % 50));
      await store.put(entries);
      await store.settle();
      const query = unit(3);
      const expected = entries
        .map(({ id, vector }) => ({ id, score: vector.reduce((sum, value, i) => sum + value * (query[i] as number), 0) }))
        .sort((a, b) => (Math.abs(b.score - a.score) > 1e-6 ? b.score - a.score : a.id < b.id ? 1 : -1))
        .slice(0, 10);
      const found = await store.find({ vector: query }, 10);
      expect(found.map((hit) => hit.id)).toEqual(expected.map((hit) => hit.id));
      found.forEach((hit, i) => expect(hit.score).toBeCloseTo(expected[i]?.score as number, 5));
      expect(found[0]?.document).toEqual(entries.find((entry) => entry.id === found[0]?.id)?.document);
      expect((await store.find({ vector: query }, 1000)).length).toBe(60);
      expect(await store.find({ vector: query }, 0)).toEqual([]);
    });

    it('scores words by BM25, and only documents that share one', async () => {
      await started();
      await store.put([
        entryFor('a', 1, 'red fox red'),
        entryFor('b', 2, 'red'),
        entryFor('c', 3, 'blue whale in a wide sea'),
        entryFor('d', 4, ''),
      ]);
      await store.settle();
      const found = await store.find({ terms: ['red', 'fox'] }, 10);
      expect(found.map((hit) => hit.id)).toEqual(['a', 'b']);
      // k1 = 1.2, b = .75, 4 documents of 3, 1, 6 and 0 words: mean 2.5.
      const weight = (n: number, tf: number, length: number): number =>
        (Math.log(1 + (4 - n + 0.5) / (n + 0.5)) * tf * 2.2) / (tf + 1.2 * (0.25 + (0.75 * length) / 2.5));
      expect(found[0]?.score).toBeCloseTo(weight(2, 2, 3) + weight(1, 1, 3), 3);
      expect(found[1]?.score).toBeCloseTo(weight(2, 1, 1), 3);
      expect(await store.find({ terms: ['absent'] }, 10)).toEqual([]);
      expect(await store.find({ terms: [] }, 10)).toEqual([]);
    });

    it('finds words that were put after it settled, and before it ever did', async () => {
      await started();
      await store.put([entryFor('a', 1, 'red fox')]);
      expect((await store.find({ terms: ['fox'] }, 10)).map((hit) => hit.id)).toEqual(['a']);
      await store.settle();
      await store.put([entryFor('b', 2, 'blue whale'), entryFor('a', 1, 'green frog')]);
      expect((await store.find({ terms: ['whale'] }, 10)).map((hit) => hit.id)).toEqual(['b']);
      expect((await store.find({ terms: ['fox'] }, 10)).map((hit) => hit.id)).toEqual([]);
    });

    it('answers with nothing while it is empty, and says what it holds', async () => {
      await started();
      expect(await store.find({ vector: unit(1) }, 5)).toEqual([]);
      expect(await store.find({ terms: ['x'] }, 5)).toEqual([]);
      await store.settle();
      await store.put([]);
      expect((await store.status()).documents).toBe(0);
      await store.put([entryFor('a', 1)]);
      const status = await store.status();
      expect(status.documents).toBe(1);
      expect(status.bytes).toBeGreaterThan(0);
      expect(Number.isNaN(Date.parse(status.changedAt ?? ''))).toBe(false);
    });

    it('agrees with itself under many writes at random', async () => {
      await started();
      const model = new Map<string, string>();
      let seed = 11;
      const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
      for (let round = 0; round < 12; round++) {
        const ids = [...new Set(Array.from({ length: 1 + random(8) }, () => `d${random(20)}`))];
        if (random(3) === 0) {
          await store.delete(ids);
          for (const id of ids) model.delete(id);
        } else {
          const entries = ids.map((id) => entryFor(id, random(1000)));
          await store.put(entries);
          for (const entry of entries) model.set(entry.id, entry.hash);
        }
      }
      expect(new Map((await collect(store, 'all')).map((entry) => [entry.id, entry.hash]))).toEqual(new Map([...model].sort()));
    });
  });
};
