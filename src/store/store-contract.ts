import { afterEach, describe, expect, it } from 'vitest';
import { randomFrom } from '../math/random.ts';
import type { Hit } from '../types.ts';
import { memoryStore } from './memory.ts';
import type { Entry, Manifest, Probe, Store } from './store.ts';

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

    /** The same entries in the store of the suite, settled, and in the reference. */
    const besideReference = async (entries: readonly Entry[]): Promise<(probe: Probe, count: number, what: string) => Promise<Hit[]>> => {
      const reference = memoryStore();
      await reference.open(manifestFor());
      await started();
      for (let at = 0; at < entries.length; at += 97) {
        await reference.put(entries.slice(at, at + 97));
        await store.put(entries.slice(at, at + 97));
      }
      await store.settle();
      return async (probe, count, what) => {
        const [found, expected] = [await store.find(probe, count), await reference.find(probe, count)];
        expect(
          found.map((hit) => hit.id),
          what,
        ).toEqual(expected.map((hit) => hit.id));
        found.forEach((hit, at) => {
          const { score, document } = expected[at] as Hit;
          expect(Math.abs(hit.score - score), `${what}: ${hit.score} for ${score}`).toBeLessThanOrEqual(
            2e-6 * Math.max(1, Math.abs(score)),
          );
          expect(hit.document).toEqual(document);
        });
        return found;
      };
    };

    it('counts a word as often as it is asked', async () => {
      const ask = await besideReference([
        entryFor('a', 1, 'red fox red'),
        entryFor('b', 2, 'red'),
        entryFor('c', 3, 'blue whale in a wide sea fox'),
        entryFor('d', 4, ''),
      ]);
      const [once] = await ask({ terms: ['red'] }, 9, 'once');
      const [thrice] = await ask({ terms: ['red', 'red', 'red'] }, 9, 'three times');
      expect(thrice?.score).toBeCloseTo(3 * (once?.score as number), 4);
      await ask({ terms: ['fox', 'red', 'fox', 'absent', 'red', 'fox', 'absent'] }, 9, 'two words');
      expect((await ask({ terms: Array<string>(500).fill('whale') }, 9, 'one word 500 times')).map((hit) => hit.id)).toEqual(['c']);
    });

    it('cuts through ties in the one order, however many are asked for', async () => {
      const entries = Array.from({ length: 300 }, (_, i) =>
        entryFor(`d${String((i * 7) % 300).padStart(3, '0')}`, i < 20 ? i : 99, 'red fox'),
      );
      const ask = await besideReference(entries);
      const probes = [{ terms: ['fox'] }, { terms: ['red', 'fox', 'red'] }, { vector: unit(99) }, { vector: unit(3) }];
      for (const probe of probes) {
        const all = (await ask(probe, 1000, 'all')).map((hit) => hit.id);
        expect(all.length).toBe(300);
        for (const count of [1, 2, 3, 10, 19, 20, 21, 22, 100, 279, 280, 281, 299, 300, 301])
          expect((await ask(probe, count, `${count}`)).map((hit) => hit.id)).toEqual(all.slice(0, count));
      }
    });

    it('finds words of 64 letters in any script, settled or not', async () => {
      const words = ['z', 'ж', 'क', '서', '𐐨', '𞤢'].map((letter) => letter.repeat(64));
      const entries = words.flatMap((word, i) => [entryFor(`a${i}`, i, `red ${word}`), entryFor(`b${i}`, i, word)]);
      await started();
      await store.put(entries);
      for (const word of words) expect((await store.find({ terms: [word] }, 9)).length, word).toBe(2);
      await store.close();
      const ask = await besideReference(entries);
      for (const word of words) expect((await ask({ terms: [word, 'red'] }, 2, word)).length).toBe(2);
    });

    it('gives what the reference gives, for words and vectors drawn at random', async () => {
      const { below, word: random } = randomFrom(5);
      // A few words that are everywhere and many that are rare: ties, and sums that are equal whatever the order of adding.
      const word = (): string => `w${Math.floor(200 ** (random() / 2 ** 32))}`;
      const entries = Array.from({ length: 600 }, (_, i) =>
        entryFor(`${below(9)}-${i}`, below(150), Array.from({ length: below(8) }, word).join(' ')),
      );
      const ask = await besideReference(entries);
      for (let round = 0; round < 60; round++) {
        const terms = Array.from({ length: 1 + below(round % 6 === 5 ? 600 : 8) }, word);
        const count = 1 + below(round % 4 === 3 ? 700 : 30);
        await ask({ terms }, count, `the best ${count} of "${terms.join(' ').slice(0, 80)}"`);
        const seed = below(300);
        await ask({ vector: unit(seed) }, count, `the best ${count} of vector ${seed}`);
      }
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
