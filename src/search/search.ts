import { FinetoothError, throwIfStopped } from '../errors.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { wordsOf } from '../text/analyzer.ts';
import type { CallOptions, Hit } from '../types.ts';
import { checkCount, checkQuery, checkVectors } from './check.ts';
import { fuse } from './fuse.ts';
import { type RankedResult, rankCandidates } from './rank.ts';
import type { SearchIndex } from './search-index.ts';

/** `dense` is the cosine of vectors, `bm25` counts words, `hybrid` fuses both by reciprocal ranks. */
export type FirstStage = 'dense' | 'bm25' | 'hybrid';
export const firstStages: readonly FirstStage[] = ['dense', 'bm25', 'hybrid'];

export interface SearchOptions extends CallOptions {
  /** Documents that go from the first stage to the reranker, 1 to 10,000. @default 25 */
  readonly candidates?: number;
  /** Results that come back, 1 to 10,000. @default 5 */
  readonly top?: number;
  /** @default dense */
  readonly firstStage?: FirstStage;
  /** Fields that the reranker reads, in order. @default the fields that the index was made from */
  readonly rankFields?: readonly string[];
  /** Another reranker than the index's, or null for the first stage alone. */
  readonly reranker?: Reranker | null;
  /** Return the fields of each document. @default false */
  readonly documents?: boolean;
}

export interface SearchResult extends RankedResult {
  /** Place in the first stage, from 1. */
  readonly firstStageRank: number;
  /** Cosine, BM25 or fused score of the first stage. */
  readonly firstStageScore: number;
}

/** Milliseconds of each stage; 0 for one that did not run. */
export interface Timings {
  readonly embed: number;
  readonly retrieve: number;
  readonly rerank: number;
  readonly total: number;
}

export interface SearchAnswer {
  readonly query: string;
  readonly firstStage: FirstStage;
  /** Fingerprint of the reranker; null when the first stage alone ranked. */
  readonly rankedBy: string | null;
  readonly results: readonly SearchResult[];
  /** The first stage's list, best first, as it went to the reranker. */
  readonly candidates: readonly Hit[];
  /** Candidates of which the reranker could not read the end. */
  readonly cut: number;
  readonly timings: Timings;
}

const timed = async <T>(work: () => Promise<T>): Promise<readonly [T, number]> => {
  const started = performance.now();
  const value = await work();
  return [value, performance.now() - started];
};

const queryVector = async (index: SearchIndex, query: string, options: CallOptions): Promise<Float32Array> => {
  const embedder = index.embedder();
  const vectors = await embedder.embed([query], 'query', options);
  checkVectors(vectors, 1, embedder.dimensions, embedder.fingerprint);
  return vectors.data;
};

/** Embed, retrieve, fuse, rerank. Throws E_QUERY for a query without a word and E_USAGE for a count out of range. */
export const search = async (index: SearchIndex, query: string, options: SearchOptions = {}): Promise<SearchAnswer> => {
  const started = performance.now();
  const { candidates: wanted = 25, top = 5, firstStage = 'dense', signal } = options;
  checkQuery(query);
  checkCount('candidates', wanted, 1, 10_000);
  checkCount('top', top, 1, 10_000);
  if (!firstStages.includes(firstStage))
    throw new FinetoothError('E_USAGE', `firstStage must be one of ${firstStages.join(', ')}; got "${String(firstStage)}".`);
  const call: CallOptions = signal === undefined ? {} : { signal };
  throwIfStopped(signal);

  const [vector, embed] = firstStage === 'bm25' ? [undefined, 0] : await timed(() => queryVector(index, query, call));
  const [hits, retrieve] = await timed(async () => {
    const lists = await Promise.all([
      ...(vector === undefined ? [] : [index.store.find({ vector }, wanted)]),
      ...(firstStage === 'dense' ? [] : [index.store.find({ terms: wordsOf(query) }, wanted)]),
    ]);
    return firstStage === 'hybrid' ? fuse(lists, wanted) : (lists[0] as Hit[]);
  });
  throwIfStopped(signal);

  const reranker = options.reranker === undefined ? index.reranker() : options.reranker;
  const fields = options.rankFields ?? index.manifest()?.fields ?? [];
  const [ranked, rerank] =
    reranker === null
      ? [{ order: hits.map(({ id, score }, at) => ({ index: at, id, score })), cut: 0 }, 0]
      : await timed(() => rankCandidates(reranker, query, hits, fields, call));

  const results = ranked.order.slice(0, top).map(({ index: at, id, score }, place) => {
    const hit = hits[at] as Hit;
    const result = { id, index: at, relevanceScore: score, rank: place + 1, firstStageRank: at + 1, firstStageScore: hit.score };
    return options.documents ? { ...result, document: hit.document } : result;
  });
  return {
    query,
    firstStage,
    rankedBy: reranker?.fingerprint ?? null,
    results,
    candidates: hits,
    cut: ranked.cut,
    timings: { embed, retrieve, rerank, total: performance.now() - started },
  };
};
