import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Document, type Filter, openIndex, type Reranker, type SearchIndex, search } from '../src/index.ts';
import { byScore } from '../src/math/order.ts';
import { type Random, randomFrom } from '../src/math/random.ts';
import { cosine } from '../src/math/vectors.ts';
import { cascade } from '../src/rerankers.ts';
import { rarityOf, saturationOf } from '../src/store/bm25.ts';
import { lanceStore, memoryStore } from '../src/stores.ts';
import { wordsOf } from '../src/text/analyzer.ts';
import { hashEmbedder, SIZE } from './hash-embedder.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-hybrid-'));
/** Texts of more words are split. */
const WINDOW = 6;
const embedder = hashEmbedder(0, { window: WINDOW });
const indexes = new Map<string, SearchIndex>();
const words = ['bat', 'cave', 'echo', 'night', 'shark', 'sea', 'whale', 'wing', 'owl', 'fox'];
const textOf = (random: Random, most: number): string =>
  Array.from({ length: 1 + random.below(most) }, () => words[Math.floor(words.length ** (random.word() / 2 ** 32))] as string).join(' ');

/** Short and long ones, many of them twice under another id: ties. */
const documents: readonly Document[] = (() => {
  const random = randomFrom(7);
  const texts = Array.from({ length: 90 }, (_, at) => textOf(random, at % 6 === 0 ? 40 : 5));
  return [...texts, ...texts.slice(0, 40)].map((text, at) => ({ id: `d${at}`, text, year: random.below(5) }));
})();

interface Row {
  readonly id: string;
  readonly year: number;
  readonly passages: readonly { readonly vector: Float32Array; readonly terms: readonly string[] }[];
}
let rows: readonly Row[] = [];

beforeAll(async () => {
  for (const [name, store] of [
    ['memory', memoryStore()],
    ['LanceDB', lanceStore(join(folder, 'index'), { durability: 'process' })],
  ] as const) {
    const index = await openIndex(store, { create: { fields: ['text'], idField: 'id' }, embedder, reranker: null });
    await index.add(documents);
    indexes.set(name, index);
  }
  const stored = await Array.fromAsync((indexes.get('memory') as SearchIndex).store.get('all', ['vector', 'terms', 'further', 'document']));
  rows = stored.map(({ id, document, further = [], ...first }) => ({
    id,
    year: document.year as number,
    passages: [first, ...further].map(({ vector, terms }) => ({ vector, terms: terms.split(' ') })),
  }));
});
afterAll(async () => {
  for (const index of indexes.values()) await index.close();
  rmSync(folder, { recursive: true, force: true });
});

const all = <T>(values: Iterable<T>): T[] => [...values];

/** BM25 of each document by its best passage, and the upper bound, counted one by one. */
const countedOut = (query: string): { readonly most: number; readonly bm25: ReadonlyMap<string, number> } => {
  const terms = wordsOf(query, 'query');
  const passages = rows.flatMap((row) => row.passages);
  const mean = passages.reduce((sum, passage) => sum + passage.terms.length, 0) / passages.length;
  const idfOf = (term: string): number => {
    const having = passages.filter((passage) => passage.terms.includes(term)).length;
    return having === 0 ? 0 : rarityOf(having, passages.length);
  };
  const scoreOf = (passage: readonly string[]): number =>
    terms.reduce((sum, term) => sum + idfOf(term) * saturationOf(passage.filter((word) => word === term).length, passage.length, mean), 0);
  return {
    most: terms.reduce((sum, term) => sum + 2.2 * idfOf(term), 0),
    bm25: new Map(rows.map((row) => [row.id, Math.max(...row.passages.map((passage) => scoreOf(passage.terms)))])),
  };
};
const cosinesTo = (vector: Float32Array): ReadonlyMap<string, number> =>
  new Map(rows.map((row) => [row.id, Math.max(...row.passages.map((passage) => cosine(vector, passage.vector)))]));

const vectorOf = async (query: string): Promise<Float32Array> => (await embedder.embed([query], 'query')).data;

/** What the definition says, in the most obvious way. */
const naive = (vector: Float32Array, query: string, count: number, weight: number, fits: (row: Row) => boolean) => {
  const { most, bm25 } = countedOut(query);
  const cosines = cosinesTo(vector);
  const fitting = rows.filter(fits).map(({ id }) => id);
  const bestBy = (scores: ReadonlyMap<string, number>, from: readonly string[]): readonly string[] =>
    from
      .map((id) => ({ id, score: scores.get(id) as number }))
      .sort(byScore)
      .slice(0, count)
      .map(({ id }) => id);
  const sharing = fitting.filter((id) => (bm25.get(id) as number) > 0);
  const either = new Set([...bestBy(cosines, fitting), ...bestBy(bm25, sharing)]);
  return all(either)
    .map((id) => ({ id, score: (cosines.get(id) as number) + (most === 0 ? 0 : (weight * (bm25.get(id) as number)) / most) }))
    .sort(byScore)
    .slice(0, count);
};

describe.each(['memory', 'LanceDB'])('hybrid by linear fusion, in %s', (name) => {
  const found = async (query: string, options: Parameters<typeof search>[2]) =>
    (await search(indexes.get(name) as SearchIndex, query, { firstStage: 'hybrid', reranker: null, collapse: 'off', ...options }))
      .candidates;

  it('equals cosine + weight · BM25 / upper bound over the documents of both lists, with ties, filters, passages and vectors of the caller', async () => {
    const random = randomFrom(11);
    for (let round = 0; round < 40; round++) {
      const query = textOf(random, 8);
      const given = round % 4 === 3 ? Float32Array.from({ length: SIZE }, () => random.below(100) - 50) : undefined;
      const [candidates, linearWeight] = [1 + random.below(60), [undefined, 0, 0.5, 1][round % 4]];
      const filter: Filter | undefined = round % 3 === 0 ? { year: { lt: 1 + random.below(4) } } : undefined;
      const limit = (filter as { year: { lt: number } } | undefined)?.year.lt ?? 9;
      const expected = naive(given ?? (await vectorOf(query)), query, candidates, linearWeight ?? 0.1, ({ year }) => year < limit);
      const got = await found(query, { candidates, linearWeight, filter, vector: given });
      expect([query, got.map(({ id }) => id)]).toEqual([query, expected.map(({ id }) => id)]);
      got.forEach(({ score }, at) => {
        expect(score).toBeCloseTo(expected[at]?.score as number, 6);
      });
    }
  });

  it('counts a word as often as it is asked, and is the order of the vectors where the index has no word of the query', async () => {
    const scores = async (query: string) =>
      new Map((await found(query, { candidates: 130, vector: Array.from({ length: SIZE }, () => 1) })).map(({ id, score }) => [id, score]));
    const [once, twice] = [await scores('fox owl'), await scores('fox fox owl')];
    const fox = rows.find(({ passages }) => passages.length === 1 && passages[0]?.terms.join(' ') === 'fox')?.id as string;
    expect(twice.get(fox)).toBeGreaterThan(once.get(fox) as number);
    for (const query of ['giraffe zebra', '?!', '…']) {
      const [hybrid, dense] = [await found(query, { candidates: 20 }), await found(query, { candidates: 20, firstStage: 'dense' })];
      expect(hybrid.map(({ id, score }) => [id, score])).toEqual(dense.map(({ id, score }) => [id, score]));
    }
  });

  it('pages, sorts and groups what it found', async () => {
    const ask = async (options: object) => {
      const { results, nextCursor } = await search(indexes.get(name) as SearchIndex, 'bat echo night', {
        ...{ firstStage: 'hybrid', reranker: null, candidates: 40, collapse: 'off' },
        ...options,
      });
      return { ids: results.map(({ id }) => id), nextCursor };
    };
    const { ids } = await ask({ top: 40 });
    expect([...(await ask({ top: 10 })).ids, ...(await ask({ top: 30, offset: 10 })).ids]).toEqual(ids);
    const first = await ask({ top: 10, cursor: '*' });
    expect([...first.ids, ...(await ask({ top: 30, cursor: first.nextCursor })).ids]).toEqual(ids);
    expect((await ask({ top: 40, sort: 'year' })).ids.toSorted()).toEqual(ids.toSorted());
    expect((await ask({ top: 9, groupBy: 'year' })).ids).toHaveLength(5);
  });
});

/** Scores by the length of the text, in halves: ties. */
const lengths = (name: string, sign: number, isLikely = false): Reranker => ({
  fingerprint: name,
  score: async (_, candidates) => {
    const scores = Float32Array.from(candidates, ({ text }) => (sign * Math.floor(text.length / 8)) / 2);
    return isLikely ? { scores, relevance: scores.map((score) => 1 / (1 + Math.exp(-score))) } : { scores };
  },
});

describe.each(['memory', 'LanceDB'])('the words in the second stage, in %s', (name) => {
  const ways = [
    { firstStage: 'dense' },
    { firstStage: 'bm25' },
    { firstStage: 'hybrid' },
    { firstStage: 'hybrid', fusion: 'rrf' },
    { firstStage: 'hybrid', fusion: 'scores' },
  ] as const;

  it.each(ways)('add weight · BM25 to what the last stage scored, and leave the rest: %o', async (way) => {
    const index = indexes.get(name) as SearchIndex;
    const query = 'echo owl echo night';
    const { bm25 } = countedOut(query);
    for (const [reranker, isLikely, kept] of [
      [lengths('one@1', 1), false, 30],
      [lengths('likely@1', -1, true), true, 30],
      [cascade([lengths('first@1', 1, true), lengths('second@1', -1, true)], { keep: [30, 8] }), true, 8],
    ] as const) {
      const asked = { ...way, reranker, candidates: 30, top: 30, stages: true, collapse: 'off' } as const;
      const plain = await search(index, query, asked);
      expect((await search(index, query, { ...asked, wordsWeight: 0 })).results).toEqual(plain.results);
      for (const wordsWeight of [0.02, 0.5]) {
        const { results, candidates } = await search(index, query, { ...asked, wordsWeight });
        for (const one of candidates) expect(one.bm25).toBeCloseTo(bm25.get(one.id) as number, 5);
        const [scored, rest] = [plain.results.slice(0, kept), plain.results.slice(kept)];
        const expected = scored
          .map(({ id, stages }) => ({ id, score: (stages?.at(-1) as number) + wordsWeight * (bm25.get(id) as number) }))
          .sort(byScore);
        // Of an index with near ties the sum may differ in its last bit.
        expect(results.slice(0, kept).map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
        expect(results.slice(kept).map(({ id }) => id)).toEqual(rest.map(({ id }) => id));
        if (!isLikely)
          results.forEach(({ relevanceScore }, at) => void expect(relevanceScore).toBeCloseTo(expected[at]?.score as number, 5));
        else {
          const before = new Map(plain.results.map(({ id, relevanceScore }) => [id, relevanceScore]));
          for (const { id, relevanceScore } of results) expect(relevanceScore).toBe(before.get(id));
        }
      }
    }
  });

  it('keep probabilities for a threshold, and pages for a cursor', async () => {
    const index = indexes.get(name) as SearchIndex;
    const asked = { reranker: lengths('likely@1', -1, true), candidates: 30, wordsWeight: 1, collapse: 'off' } as const;
    const likely = (await search(index, 'echo owl', { ...asked, top: 30, minScore: 0.2 })).results;
    const plain = (await search(index, 'echo owl', { ...asked, top: 30, minScore: 0.2, wordsWeight: 0 })).results;
    expect(likely.map(({ id }) => id).sort()).toEqual(plain.map(({ id }) => id).sort());
    expect(likely.map(({ id }) => id)).not.toEqual(plain.map(({ id }) => id));
    const { results, nextCursor } = await search(index, 'echo owl', { ...asked, top: 5, cursor: '*' });
    const next = await search(index, 'echo owl', { ...asked, top: 25, cursor: nextCursor });
    expect([...results, ...next.results].map(({ id }) => id)).toEqual(
      (await search(index, 'echo owl', { ...asked, top: 30 })).results.map(({ id }) => id),
    );
    await expect(search(index, 'echo owl', { ...asked, wordsWeight: 0.5, cursor: nextCursor })).rejects.toMatchObject({ code: 'E_CURSOR' });
  });
});
