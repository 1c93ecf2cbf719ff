/**
 * What a judge of the bundled films must look at: for each query, every film among the first results of BM25, dense search, and dense
 * search reranked. usage: node results/pool.ts [DEPTH] > pool.jsonl
 */
import { join } from 'node:path';
import { readCollection } from '../src/eval/collection.ts';
import { type Document, openIndex, search } from '../src/index.ts';
import { memoryStore } from '../src/stores.ts';

export const samplesFolder = join(import.meta.dirname, '..', 'samples', 'films');
export const sampleFields = ['title', 'overview', 'tagline'] as const;

/** Ids by query id; every list in the order of the ids. */
export const pool = async (
  depth: number,
): Promise<{
  readonly ids: ReadonlyMap<string, readonly string[]>;
  readonly documents: ReadonlyMap<string, Document>;
  readonly queries: ReadonlyMap<string, string>;
}> => {
  const { documents, queries } = await readCollection(samplesFolder);
  await using index = await openIndex(memoryStore(), { create: { fields: sampleFields } });
  await index.add(documents.values());
  const ids = new Map<string, readonly string[]>();
  for (const [id, query] of queries) {
    const bm25 = await search(index, query, { firstStage: 'bm25', candidates: depth, top: depth, reranker: null, collapse: 'off' });
    const { candidates, results } = await search(index, query, { candidates: 100, top: 100, collapse: 'off' });
    // A score does not depend on the list: the first 25 reranked are these, without those that came later.
    const reranked25 = results.filter(({ firstStageRank }) => firstStageRank <= 25);
    const lists = [bm25.results, candidates, results, reranked25].map((list) => list.slice(0, depth));
    ids.set(id, [...new Set(lists.flat().map((one) => one.id))].sort());
  }
  return { ids, documents, queries };
};

if (import.meta.main) {
  const { ids, documents, queries } = await pool(Number(process.argv[2] ?? 20));
  for (const [query, found] of ids)
    for (const id of found) process.stdout.write(`${JSON.stringify({ query, text: queries.get(query), id, film: documents.get(id) })}\n`);
}
