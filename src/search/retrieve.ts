import type { EmbedOptions } from '../embed/embedder.ts';
import { FinetoothError } from '../errors.ts';
import { addUsage } from '../rerank/usage.ts';
import { type HitField, isSameIndex, type StoreQuery } from '../store/store.ts';
import type { Hit, Vectors } from '../types.ts';
import { letterNotes } from '../wording/letter-notes.ts';
import { checkVectors } from './check.ts';
import { filterNotes } from './filter-notes.ts';
import { type FoundBy, listsOf } from './first-stage.ts';
import { fuseLists, fusionOf } from './fuse.ts';
import { vectorOf } from './given-vectors.ts';
import { wordsBefore } from './query-prompt.ts';
import { queryWords } from './query-words.ts';
import { retrieveByTokens } from './retrieve-by-tokens.ts';
import type { Retrieved, RetrieveOptions } from './retrieved.ts';
import type { SearchIndex } from './search-index.ts';
import { withTitle } from './title.ts';
import { weighQuery } from './weigh-query.ts';

/** What a first stage found before it is one list; what it did not ask for is absent. */
export interface FoundLists extends Omit<Retrieved, 'hits'> {
  readonly lists: ReadonlyMap<FoundBy, readonly Hit[]>;
}

/** The first stage: the documents of an index that are nearest to a query, or have most of its words, or of its weighed tokens, or several of these. */
export async function retrieve(index: SearchIndex, query: string, options: RetrieveOptions): Promise<Retrieved> {
  const { candidates, firstStage, wordsWeight = 0 } = options;
  if (firstStage === 'late-interaction') return retrieveByTokens(index, query, options);
  const isWeighed = wordsWeight > 0;
  const asked = listsOf(firstStage);
  const byOther = isWeighed || (asked.length > 1 && fusionOf(asked, options.fusion) === 'linear');
  const { lists: found, ...others } = await findLists(index, query, { ...options, byOther });
  const lists = new Map(
    [...found].map(([by, hits]) => [
      by,
      isWeighed ? hits.map((hit): Hit => ({ ...hit, bm25: by === 'bm25' ? hit.score : hit.other?.score })) : hits,
    ]),
  );
  const [first = []] = lists.values();
  const hits = lists.size < 2 ? first : fuseLists(lists, candidates, options);
  return { ...others, hits: options.tokens ? hits.map((hit) => withTitle(hit, index.manifest())) : hits };
}

/**
 * The lists of a first stage, each best first. `byOther`: hits of the dense and of the sparse one have their BM25 beside, and those of a hybrid's other one their cosine.
 */
export async function findLists(
  index: SearchIndex,
  query: string,
  options: RetrieveOptions & { readonly byOther: boolean },
): Promise<FoundLists> {
  const { firstStage, candidates, filter, vector, tokens, byOther, prompt, signal, deadlineMs } = options;
  const started = performance.now();
  const wanted = listsOf(firstStage);
  const isDense = wanted.includes('dense');
  const asked = isDense && vector !== undefined ? queryVector(index, vector) : undefined;
  const [embedded, weighed] = await Promise.all([
    isDense && asked === undefined ? embedQuery(index, query, { prompt, signal, deadlineMs }) : undefined,
    wanted.includes('sparse') ? (options.weighed ?? weighQuery(index, query, { signal })) : undefined,
  ]);
  const found = performance.now();
  const nearTo = asked ?? embedded?.data;
  const words = wanted.includes('bm25') || byOther ? await queryWords(index, query) : undefined;
  const fields: readonly HitField[] = tokens ? ['document', 'tokens'] : ['document'];
  const plain = { limit: candidates, filter, fields, signal };
  const byVector = nearTo && { vector: nearTo };
  const byWords = words && { terms: words.terms };
  const beside = byOther ? byWords : undefined;
  const queries: Readonly<Record<FoundBy, StoreQuery | undefined>> = {
    dense: byVector && { ...plain, ...byVector, other: beside },
    bm25: byWords && { ...plain, ...byWords, other: byOther ? byVector : undefined },
    sparse: weighed && { ...plain, sparse: weighed.vector, other: beside },
  };
  const lists = await ofOneIndex(index, wanted.length, async () => {
    const hits = await Promise.all(wanted.map((by) => queries[by] && index.store.search(queries[by])));
    return new Map(wanted.map((by, at) => [by, (hits[at] ?? []) as readonly Hit[]]));
  });
  const hasFound = [...lists.values()].some((list) => list.length > 0);
  const [dense, sparse] = [embedded?.truncatedTokens?.[0] ?? 0, weighed?.truncatedTokens ?? 0];
  return {
    lists,
    queryVector: nearTo,
    weighed,
    notes: [
      ...(words?.notes ?? []),
      ...(weighed?.notes ?? []),
      ...(embedded === undefined ? [] : letterNotes({ embedder: index.embedder() }, query)),
      ...(filter === undefined ? [] : await filterNotes(index, { filter, hasFound, signal })),
    ],
    usage: addUsage(embedded?.usage, { tokens: sumOf(embedded?.tokens?.[0], weighed?.tokens) }),
    queryTruncatedTokens: Math.max(dense, sparse),
    timings: { embed: embedded === undefined && weighed === undefined ? 0 : found - started, retrieve: performance.now() - found },
  };
}

/** Several lists are found one after the other: again, where another process made the index again in between. */
async function ofOneIndex<Lists>({ store }: SearchIndex, lists: number, find: () => Promise<Lists>): Promise<Lists> {
  if (lists < 2) return find();
  for (;;) {
    const before = await store.open();
    const found = await find();
    const after = await store.open();
    if (before === undefined || after === undefined || isSameIndex(before, after)) return found;
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
  const vectors = await embedder.embed([query], 'query', { ...options, prompt });
  checkVectors(vectors, 1, embedder.dimensions, embedder.fingerprint);
  return vectors;
}

/** Where neither is known nothing is. */
const sumOf = (...counts: readonly (number | undefined)[]): number | undefined => {
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0);
};
