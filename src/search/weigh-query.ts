import type { CallOptions, SparseVector } from '../types.ts';
import type { SearchIndex } from './search-index.ts';
import { checkSparse, noSparse } from './sparse-passages.ts';

export interface WeighedQuery {
  /** What a store is asked for. */
  readonly vector: SparseVector;
  /** Why it may find nothing. */
  readonly notes: readonly string[];
  readonly tokens?: number;
  /** Tokens at the end of the query that were not read. */
  readonly truncatedTokens: number;
}

/** The weights of a query's tokens, as the index has those of its documents. Throws E_USAGE where it keeps none. */
export async function weighQuery(index: SearchIndex, query: string, options: CallOptions): Promise<WeighedQuery> {
  const manifest = index.manifest();
  if (manifest !== undefined && manifest.sparse === undefined) throw noSparse();
  const embedder = await index.sparse();
  const { vectors, tokens, truncatedTokens } = await embedder.embed([query], 'query', options);
  checkSparse(vectors, 1, embedder.fingerprint);
  const vector = vectors[0] as SparseVector;
  return {
    vector,
    notes:
      vector.ids.length > 0
        ? []
        : ['the query has no token that the sparse model weighs: it finds nothing by sparse; vectors and words may'],
    tokens: tokens?.[0],
    truncatedTokens: truncatedTokens?.[0] ?? 0,
  };
}
