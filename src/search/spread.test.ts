import { describe, expect, it } from 'vitest';
import { workFolder } from '../../test/finetooth.ts';
import { hashEmbedder } from '../../test/hash-embedder.ts';
import { openIndex } from '../index.ts';
import type { Reranker } from '../rerank/reranker.ts';
import type { Store } from '../store/store.ts';
import { lanceStore, memoryStore } from '../stores.ts';
import { createSearchIndex, type SearchIndex } from './search-index.ts';

/** Stands for late interaction: a score of each text, by how many letters the query shares with it. */
const lettersShared = (asked: string[] = []): Reranker => ({
  fingerprint: 'letters@1',
  score: async (query, candidates) => {
    asked.push(query);
    return { scores: Float32Array.from(candidates, ({ text }) => [...text].filter((letter) => query.includes(letter)).length / 50) };
  },
});

const documents = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ id: `d${from + i}`, title: `Title ${from + i}`, text: `body of ${(from + i) * 7919}` }));

const indexIn = (store: Store, asked?: string[]): SearchIndex =>
  createSearchIndex({
    store,
    manifest: undefined,
    create: { fields: ['title', 'text'], idField: 'id' },
    embedder: hashEmbedder(0, { tokens: true }),
    reranker: null,
    lateInteraction: async () => lettersShared(asked),
  });

describe('the spread of scores on a collection', () => {
  it('is measured when there are enough documents, and again when there are twice or half as many', async () => {
    const asked: string[] = [];
    await using index = indexIn(memoryStore(), asked);
    await index.add(documents(0, 100));
    expect(index.manifest()?.spread).toBeUndefined();
    await index.add(documents(100, 120));
    const { spread } = index.manifest() ?? {};
    expect(spread).toMatchObject({ documents: 120, mean: expect.any(Number) });
    expect(spread?.deviation).toBeGreaterThan(0);
    // A title and seven words of each of 64 documents.
    expect(asked).toHaveLength(128);
    expect(asked.filter((query) => /^Title \d+$/.test(query))).toHaveLength(64);
    await index.add(documents(120, 239));
    expect(index.manifest()?.spread).toEqual(spread);
    await index.add(documents(239, 240));
    expect(index.manifest()?.spread?.documents).toBe(240);
    await index.delete(documents(110, 240).map(({ id }) => id));
    await index.add(documents(0, 105));
    expect(index.manifest()?.spread?.documents).toBe(110);
  });

  it('does not depend on the order of the documents, nor on who stores them', async () => {
    await using first = indexIn(memoryStore());
    await using second = indexIn(lanceStore(workFolder()));
    await first.add(documents(0, 150));
    await second.add(documents(0, 150).reverse());
    expect(second.manifest()?.spread?.mean).toBeCloseTo(first.manifest()?.spread?.mean as number, 12);
    expect(second.manifest()?.spread?.deviation).toBeCloseTo(first.manifest()?.spread?.deviation as number, 12);
  });

  it('is kept with the index, and is not measured where no tokens are kept', async () => {
    const folder = workFolder();
    {
      await using index = indexIn(lanceStore(folder));
      await index.add(documents(0, 120));
    }
    await using again = await openIndex(folder, { embedder: hashEmbedder(0, { tokens: true }), reranker: null });
    expect(again.manifest()?.spread?.documents).toBe(120);
    await using without = createSearchIndex({
      store: memoryStore(),
      manifest: undefined,
      create: { tokens: null },
      embedder: hashEmbedder(),
      reranker: null,
      lateInteraction: async () => lettersShared(),
    });
    await without.add(documents(0, 120));
    expect(without.manifest()?.spread).toBeUndefined();
  });
});
