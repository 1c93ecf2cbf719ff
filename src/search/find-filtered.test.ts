import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../math/random.ts';
import { lanceStore } from '../store/lancedb.ts';
import { memoryStore } from '../store/memory.ts';
import type { Probe, Store } from '../store/store.ts';
import { entryFor, manifestFor } from '../store/store-contract.ts';
import type { Document } from '../types.ts';
import { findFitting } from './find-filtered.ts';

const DOCUMENTS = 2000;
const form = { size: 8, bits: 4, pool: 2 } as const;
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
    document: { id: `d${at}`, half: at % 2, rare: at % 400 === 7, tenth: at % 10 },
    tokens: Uint8Array.of(at % 256, at >> 8),
  }),
);

describe('a filtered search over an approximate index that reaches few documents', () => {
  let store: Store;
  const reference = memoryStore();
  beforeAll(async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'finetooth-')), 'index');
    store = lanceStore(folder, { approximateFrom: 1000, partitions: 40, probes: 1, refine: 1 });
    for (const one of [store, reference]) {
      await one.open(manifestFor({ format: 2, tokens: form }));
      await one.put(entries);
      await one.settle();
    }
  });
  afterAll(() => store.close());

  const vectorOf = (at: number): Probe => ({ vector: entries[at]?.vector as Float32Array });
  const both = async (probe: Probe, count: number, fits: (document: Document) => boolean, what: string): Promise<void> => {
    const [found, expected] = [await findFitting(store, probe, count, form, fits), await findFitting(reference, probe, count, form, fits)];
    expect(
      found.map(({ id }) => id),
      what,
    ).toEqual(expected.map(({ id }) => id));
    found.forEach((hit, at) => {
      expect(hit.score).toBeCloseTo(expected[at]?.score as number, 5);
      expect(hit.tokens?.data).toEqual(expected[at]?.tokens?.data);
    });
  };

  it('is over an index that misses most, asked as it is built', async () => {
    let wrong = 0;
    for (let at = 0; at < 50; at++) {
      const vector = unit();
      const right = (await reference.find({ vector }, 10)).map(({ id }) => id);
      if ((await store.find({ vector }, 10)).some(({ id }, place) => id !== right[place])) wrong++;
      expect((await store.find({ vector }, 10, { exact: true })).map(({ id }) => id)).toEqual(right);
    }
    expect(wrong).toBeGreaterThan(10);
  });

  it('finds every document that can be read, by its id', async () => {
    for (let at = 0; at < DOCUMENTS; at += 23) {
      const [hit, ...others] = await findFitting(store, vectorOf((at * 7) % DOCUMENTS), 5, undefined, ({ id }) => id === `d${at}`);
      expect([hit?.id, others]).toEqual([`d${at}`, []]);
    }
  });

  it('gives what the reference gives, ties included, with token vectors', async () => {
    for (let round = 0; round < 40; round++) {
      const probe: Probe = round % 2 === 0 ? vectorOf(below(DOCUMENTS)) : { terms: ['red', 'sea', 'sea', 'fox'].slice(below(3)) };
      const count = 1 + below(round % 8 === 7 ? 1500 : 30);
      await both(probe, count, ({ half }) => half === 1, `half, ${count}`);
      await both(probe, count, ({ rare }) => rare === true, `rare, ${count}`);
      await both(probe, count, ({ tenth }) => tenth === round % 10, `tenth, ${count}`);
      await both(probe, count, () => false, `none, ${count}`);
    }
  });

  it('has all documents when as many are asked for', async () => {
    expect((await store.find(vectorOf(1), DOCUMENTS)).length).toBe(DOCUMENTS);
    expect((await store.find(vectorOf(1), 3 * DOCUMENTS)).length).toBe(DOCUMENTS);
  });
});
