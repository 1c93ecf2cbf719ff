import type { EmbedOptions } from '../embed/embedder.ts';
import { documentTest } from '../filter/document-test.ts';
import type { Filter } from '../filter/filter.ts';
import { addUsage } from '../rerank/usage.ts';
import { wordsOf } from '../text/analyzer.ts';
import type { CallOptions, Hit, TokenForm, Usage, Vectors } from '../types.ts';
import { checkVectors } from './check.ts';
import { findFitting } from './find-filtered.ts';
import { fuseHybrid, type HybridOptions } from './fuse.ts';
import type { SearchIndex } from './search-index.ts';

/** `dense` is the cosine of vectors, `bm25` counts words, `hybrid` fuses both. */
export type FirstStage = 'dense' | 'bm25' | 'hybrid';

export interface RetrieveOptions extends CallOptions, HybridOptions {
  readonly firstStage: FirstStage;
  /** Hits at most. */
  readonly candidates: number;
  readonly filter?: Filter;
  /** Bring token vectors, which are kept in this form. */
  readonly tokens: TokenForm | undefined;
  /** Milliseconds that embedding the query may take. */
  readonly deadlineMs?: number;
}

export interface Retrieved {
  /** Best first. */
  readonly hits: readonly Hit[];
  readonly usage: Usage;
  /** Tokens at the end of the query that the embedder did not read. */
  readonly queryTruncatedTokens: number;
  /** Milliseconds; 0 for what did not run. */
  readonly timings: { readonly embed: number; readonly retrieve: number };
}

/** The first stage: the documents of an index that are nearest to a query, or have most of its words, or both. */
export async function retrieve(index: SearchIndex, query: string, options: RetrieveOptions): Promise<Retrieved> {
  const { firstStage, candidates, filter, tokens, signal, deadlineMs } = options;
  const fits = filter === undefined ? undefined : documentTest(filter);
  const started = performance.now();
  const embedded = firstStage === 'bm25' ? undefined : await embedQuery(index, query, { signal, deadlineMs });
  const found = performance.now();
  const lists = await Promise.all([
    embedded === undefined ? undefined : findFitting(index.store, { vector: embedded.data }, candidates, tokens, fits),
    firstStage === 'dense' ? undefined : findFitting(index.store, { terms: wordsOf(query) }, candidates, tokens, fits),
  ]);
  const [first = [], second] = lists.filter((list) => list !== undefined);
  return {
    hits: second === undefined ? first : fuseHybrid(first, second, candidates, options),
    usage: addUsage(embedded?.usage, { tokens: embedded?.tokens?.[0] }),
    queryTruncatedTokens: embedded?.truncatedTokens?.[0] ?? 0,
    timings: { embed: embedded === undefined ? 0 : found - started, retrieve: performance.now() - found },
  };
}

async function embedQuery(index: SearchIndex, query: string, options: EmbedOptions): Promise<Vectors> {
  const embedder = index.embedder();
  const vectors = await embedder.embed([query], 'query', options);
  checkVectors(vectors, 1, embedder.dimensions, embedder.fingerprint);
  return vectors;
}
