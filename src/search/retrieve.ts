import type { EmbedOptions } from '../embed/embedder.ts';
import { FinetoothError } from '../errors.ts';
import type { Filter } from '../filter/filter.ts';
import { addUsage } from '../rerank/usage.ts';
import { type HitField, isSameIndex } from '../store/store.ts';
import type { CallOptions, Usage, Vectors } from '../types.ts';
import { letterNotes } from '../wording/letter-notes.ts';
import { checkVectors } from './check.ts';
import { filterNotes } from './filter-notes.ts';
import { fuseHybrid, type HybridOptions } from './fuse.ts';
import { vectorOf } from './given-vectors.ts';
import type { FirstStage } from './options.ts';
import { queryWords } from './query-words.ts';
import type { SearchIndex } from './search-index.ts';
import { type TitledHit, withTitle } from './title.ts';

export interface RetrieveOptions extends CallOptions, HybridOptions {
  readonly firstStage: FirstStage;
  /** Hits at most. */
  readonly candidates: number;
  readonly filter?: Filter;
  /** The query's vector, so that no embedder is asked. */
  readonly vector?: readonly number[] | Float32Array;
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
  readonly usage: Usage;
  /** What the filter asks that this index cannot answer, and letters of the query that the embedder does not know. */
  readonly notes: readonly string[];
  /** Tokens at the end of the query that the embedder did not read. */
  readonly queryTruncatedTokens: number;
  /** Milliseconds; 0 for what did not run. */
  readonly timings: { readonly embed: number; readonly retrieve: number };
}

/** The first stage: the documents of an index that are nearest to a query, or have most of its words, or both. */
export async function retrieve(index: SearchIndex, query: string, options: RetrieveOptions): Promise<Retrieved> {
  const { firstStage, candidates, filter, vector, tokens, signal, deadlineMs } = options;
  const started = performance.now();
  const asked = firstStage === 'bm25' || vector === undefined ? undefined : queryVector(index, vector);
  const embedded = firstStage === 'bm25' || asked !== undefined ? undefined : await embedQuery(index, query, { signal, deadlineMs });
  const found = performance.now();
  const fields: readonly HitField[] = tokens ? ['document', 'tokens'] : ['document'];
  const wanted = { limit: candidates, filter, fields, signal };
  const nearTo = asked ?? embedded?.data;
  const words = firstStage === 'dense' ? undefined : await queryWords(index, query);
  const [first = [], second] = await ofOneIndex(index, firstStage, async () => {
    const lists = await Promise.all([
      nearTo === undefined ? undefined : index.store.search({ vector: nearTo, ...wanted }),
      words && index.store.search({ terms: words.terms, ...wanted }),
    ]);
    return lists.filter((list) => list !== undefined);
  });
  const fused = second === undefined ? first : fuseHybrid(first, second, candidates, options);
  const hits = tokens ? fused.map((hit) => withTitle(hit, index.manifest())) : fused;
  return {
    hits,
    queryVector: nearTo,
    notes: [
      ...(words?.notes ?? []),
      ...(embedded === undefined ? [] : letterNotes({ embedder: index.embedder() }, query)),
      ...(filter === undefined ? [] : await filterNotes(index, { filter, hasFound: hits.length > 0, signal })),
    ],
    usage: addUsage(embedded?.usage, { tokens: embedded?.tokens?.[0] }),
    queryTruncatedTokens: embedded?.truncatedTokens?.[0] ?? 0,
    timings: { embed: embedded === undefined ? 0 : found - started, retrieve: performance.now() - found },
  };
}

/** Two lists are found one after the other: again, where another process made the index again in between. */
async function ofOneIndex<Lists>({ store }: SearchIndex, firstStage: FirstStage, find: () => Promise<Lists>): Promise<Lists> {
  if (firstStage !== 'hybrid') return find();
  for (;;) {
    const before = await store.open();
    const lists = await find();
    const after = await store.open();
    if (before === undefined || after === undefined || isSameIndex(before, after)) return lists;
  }
}

/** A vector that the caller gives. Throws E_USAGE for one of another length than those of the index. */
function queryVector(index: SearchIndex, given: readonly number[] | Float32Array): Float32Array {
  const vector = vectorOf(given, 'the vector of the query');
  const { dimensions = vector.length } = index.manifest() ?? {};
  if (vector.length === dimensions) return vector;
  throw new FinetoothError(
    'E_USAGE',
    `the vector of the query has ${vector.length} numbers; those of the index have ${dimensions}. Make it with the model that made them.`,
  );
}

async function embedQuery(index: SearchIndex, query: string, options: EmbedOptions): Promise<Vectors> {
  const embedder = index.embedder();
  const vectors = await embedder.embed([query], 'query', options);
  checkVectors(vectors, 1, embedder.dimensions, embedder.fingerprint);
  return vectors;
}
