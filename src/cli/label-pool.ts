import type { LabelCandidate } from '../eval/label/session.ts';
import { type SearchOptions, search } from '../index.ts';
import { plan } from '../search/plan.ts';
import type { SearchIndex } from '../search/search-index.ts';
import type { Document } from '../types.ts';

/** The list that goes to the default reranker is no shorter than that of a search. */
const LEAST_CANDIDATES = plan.candidates.default;

/** What is worth judging for a query: the first `depth` by words, by vectors, and reranked, each once and in no order. */
export const poolOf = async (index: SearchIndex, query: string, depth: number, signal: AbortSignal): Promise<LabelCandidate[]> => {
  const find = (options: SearchOptions) => search(index, query, { ...options, signal });
  const words = await find({ firstStage: 'bm25', reranker: null, candidates: depth });
  const vectors = await find({ firstStage: 'dense', candidates: Math.max(depth, LEAST_CANDIDATES), top: depth, documents: true });
  const found = new Map<string, Document>();
  for (const { id, document } of [...words.candidates, ...vectors.candidates.slice(0, depth)]) found.set(id, document);
  for (const { id, document } of vectors.results) if (document !== undefined) found.set(id, document);
  return [...found].map(([id, document]) => ({ id, document }));
};
