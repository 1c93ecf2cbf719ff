import type { EmbedOptions } from '../embed/embedder.ts';
import { FinetoothError } from '../errors.ts';
import { addUsage } from '../rerank/usage.ts';
import { type HitField, isSameIndex } from '../store/store.ts';
import type { Hit, Vectors } from '../types.ts';
import { letterNotes } from '../wording/letter-notes.ts';
import { checkVectors } from './check.ts';
import { filterNotes } from './filter-notes.ts';
import { fuseHybrid } from './fuse.ts';
import { vectorOf } from './given-vectors.ts';
import type { FirstStage } from './options.ts';
import { plan } from './plan.ts';
import { wordsBefore } from './query-prompt.ts';
import { queryWords } from './query-words.ts';
import { retrieveByTokens } from './retrieve-by-tokens.ts';
import type { Retrieved, RetrieveOptions } from './retrieved.ts';
import type { SearchIndex } from './search-index.ts';
import { withTitle } from './title.ts';

/** What a first stage found before it is one list; what it did not ask for is absent. */
export interface FoundLists extends Omit<Retrieved, 'hits'> {
  readonly dense?: readonly Hit[];
  readonly bm25?: readonly Hit[];
}

/** The first stage: the documents of an index that are nearest to a query, or have most of its words, or both. */
export async function retrieve(index: SearchIndex, query: string, options: RetrieveOptions): Promise<Retrieved> {
  const { candidates, firstStage, fusion = plan.fusion.default, wordsWeight = 0 } = options;
  if (firstStage === 'late-interaction') return retrieveByTokens(index, query, options);
  const isWeighed = wordsWeight > 0;
  const byOther = isWeighed || (firstStage === 'hybrid' && fusion === 'linear');
  const { dense, bm25, ...found } = await findLists(index, query, { ...options, byOther });
  const lists = [
    dense && (isWeighed ? dense.map((hit): Hit => ({ ...hit, bm25: hit.other?.score })) : dense),
    bm25 && (isWeighed ? bm25.map((hit): Hit => ({ ...hit, bm25: hit.score })) : bm25),
  ].filter((list) => list !== undefined);
  const [first = [], second] = lists;
  const hits = second === undefined ? first : fuseHybrid(first, second, candidates, options);
  return { ...found, hits: options.tokens ? hits.map((hit) => withTitle(hit, index.manifest())) : hits };
}

/** The lists of a first stage, each best first. `byOther`: hits of the dense one have their BM25 beside, and those of a hybrid's other one their cosine. */
export async function findLists(
  index: SearchIndex,
  query: string,
  options: RetrieveOptions & { readonly byOther: boolean },
): Promise<FoundLists> {
  const { firstStage, candidates, filter, vector, tokens, byOther, prompt, signal, deadlineMs } = options;
  const started = performance.now();
  const asked = firstStage === 'bm25' || vector === undefined ? undefined : queryVector(index, vector);
  const embedded =
    firstStage === 'bm25' || asked !== undefined ? undefined : await embedQuery(index, query, { prompt, signal, deadlineMs });
  const found = performance.now();
  const fields: readonly HitField[] = tokens ? ['document', 'tokens'] : ['document'];
  const wanted = { limit: candidates, filter, fields, signal };
  const nearTo = asked ?? embedded?.data;
  const words = firstStage === 'dense' && !byOther ? undefined : await queryWords(index, query);
  const byVector = nearTo && { vector: nearTo };
  const byWords = words && { terms: words.terms };
  const [dense, bm25] = await ofOneIndex(index, firstStage, () =>
    Promise.all([
      byVector && index.store.search({ ...byVector, other: byOther ? byWords : undefined, ...wanted }),
      firstStage === 'dense' ? undefined : byWords && index.store.search({ ...byWords, other: byOther ? byVector : undefined, ...wanted }),
    ]),
  );
  return {
    dense,
    bm25,
    queryVector: nearTo,
    notes: [
      ...(words?.notes ?? []),
      ...(embedded === undefined ? [] : letterNotes({ embedder: index.embedder() }, query)),
      ...(filter === undefined
        ? []
        : await filterNotes(index, { filter, hasFound: [dense, bm25].some((list) => (list?.length ?? 0) > 0), signal })),
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
  const prompt = wordsBefore(embedder, options.prompt);
  const vectors = await embedder.embed([query], 'query', prompt === undefined ? { ...options, prompt: undefined } : { ...options, prompt });
  checkVectors(vectors, 1, embedder.dimensions, embedder.fingerprint);
  return vectors;
}
