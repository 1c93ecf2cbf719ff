import type { Filter } from '../filter/filter.ts';
import type { CallOptions, Usage } from '../types.ts';
import type { HybridOptions } from './fuse.ts';
import type { FirstStage } from './options.ts';
import type { TitledHit } from './title.ts';
import type { WeighedQuery } from './weigh-query.ts';

export interface RetrieveOptions extends CallOptions, HybridOptions {
  readonly firstStage: FirstStage;
  /** Hits at most. */
  readonly candidates: number;
  readonly filter?: Filter;
  /** The query's vector, so that no embedder is asked. */
  readonly vector?: readonly number[] | Float32Array;
  /** The query's weights, where they are known already. */
  readonly weighed?: WeighedQuery;
  /** Where it is above 0, hits have their BM25. @default 0 */
  readonly wordsWeight?: number;
  /** Bring what rerankers read beside the text: the token vectors that the index keeps, and titles that are scored by themselves. */
  readonly tokens: boolean;
  /** Milliseconds that embedding the query may take. */
  readonly deadlineMs?: number;
}

export interface Retrieved {
  /** Best first. */
  readonly hits: readonly TitledHit[];
  /** What was compared with the vectors of the index. */
  readonly queryVector?: Float32Array;
  /** The weights of its tokens, where they were asked for. */
  readonly weighed?: WeighedQuery;
  readonly usage: Usage;
  /** What the filter asks that this index cannot answer, and letters of the query that the embedder does not know. */
  readonly notes: readonly string[];
  /** Tokens at the end of the query that the embedder did not read. */
  readonly queryTruncatedTokens: number;
  /** Milliseconds; 0 for what did not run. */
  readonly timings: { readonly embed: number; readonly retrieve: number };
}
