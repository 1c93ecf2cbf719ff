import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { localEmbedder, openModel } from '../src/embedders.ts';
import { openIndex, search } from '../src/index.ts';
import { lateInteraction } from '../src/rerankers.ts';
import { memoryStore } from '../src/stores.ts';

const films = readFileSync(join(import.meta.dirname, '../samples/films/corpus.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .slice(0, 40)
  .map((line) => JSON.parse(line) as { _id: string });
const queries = ['a heist that goes wrong', 'two people fall in love on a ship', 'robots'];

/** Spearman's correlation of two lists of scores. */
const rankCorrelation = (a: readonly number[], b: readonly number[]): number => {
  const ranks = (list: readonly number[]): number[] => list.map((value) => list.filter((other) => other < value).length);
  const [x, y] = [ranks(a), ranks(b)];
  const off = x.reduce((sum, rank, i) => sum + (rank - (y[i] as number)) ** 2, 0);
  return 1 - (6 * off) / (a.length * (a.length ** 2 - 1));
};

describe('token vectors that an index keeps', async () => {
  const encoder = await openModel();
  // Shared by all tests: an index that closes must leave them open.
  const { close: _, ...embedder } = localEmbedder(encoder);
  const { close: __, ...reranker } = lateInteraction(encoder);
  afterAll(() => encoder.close());

  it.each([
    [{ bits: 8, pool: 1 }, 0.002, 0.995],
    [{ bits: 8, pool: 2 }, 0.03, 0.97],
    [{ bits: 4, pool: 2 }, 0.04, 0.96],
    [{ bits: 1, pool: 2 }, 0.15, 0.94],
  ] as const)('of form %o score as the texts do', async (tokens, apart, order) => {
    await using index = await openIndex(memoryStore(), { create: { tokens }, embedder, reranker });
    await index.add(films);
    for (const query of queries) {
      const hits = await index.store.search({
        vector: (await encoder.encode([query], { prefix: 'query' })).vectors,
        limit: 40,
        fields: ['document', 'tokens'],
      });
      const texts = hits.map(({ id, document }) => ({ id, text: `${document.title} ${document.overview}` }));
      const stored = await reranker.score(
        query,
        hits.map(({ id, tokens: kept }) => ({ id, text: 'not read', ...(kept === undefined ? {} : { tokens: kept }) })),
      );
      const fresh = await reranker.score(query, texts);
      const gaps = [...stored.scores].map((score, i) => Math.abs(score - (fresh.scores[i] as number)));
      expect(Math.max(...gaps)).toBeLessThan(apart);
      expect(rankCorrelation([...stored.scores], [...fresh.scores])).toBeGreaterThan(order);
    }
  });

  it('give a candidate the same score whatever else is in the list', async () => {
    await using index = await openIndex(memoryStore(), { create: true, embedder, reranker });
    await index.add(films);
    const hits = await index.store.search({ terms: ['love'], limit: 10, fields: ['tokens'] });
    const given = hits.map(({ id, tokens }) => ({ id, text: '', ...(tokens === undefined ? {} : { tokens }) }));
    const { scores } = await reranker.score('love at sea', given);
    for (const [i, one] of given.entries()) expect((await reranker.score('love at sea', [one])).scores[0]).toBe(scores[i]);
  });

  it('and a query that somebody stopped waiting for is still read for the others', async () => {
    const fresh = lateInteraction(encoder);
    const candidates = [{ text: 'A heist film.' }];
    const stopper = new AbortController();
    const [stopped, other] = [fresh.score('a heist', candidates, { signal: stopper.signal }), fresh.score('a heist', candidates)];
    stopper.abort();
    await expect(stopped).rejects.toMatchObject({ code: 'E_STOPPED' });
    const { scores } = await other;
    expect((await fresh.score('a heist', candidates)).scores).toEqual(scores);
  });

  it('are left aside when other fields are ranked by', async () => {
    await using index = await openIndex(memoryStore(), { create: true, embedder, reranker });
    await index.add(films);
    const [all, titles] = await Promise.all([search(index, 'love at sea'), search(index, 'love at sea', { rankFields: ['title'] })]);
    expect(titles.usage.tokens).toBeGreaterThan(all.usage.tokens as number);
  });
});
