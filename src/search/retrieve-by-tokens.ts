import { FinetoothError } from '../errors.ts';
import { documentTest } from '../filter/document-test.ts';
import { byScore } from '../math/order.ts';
import type { Candidate } from '../rerank/reranker.ts';
import { type Manifest, type Passage, typesIn } from '../store/store.ts';
import type { Hit, PassagePlace, TokenForm } from '../types.ts';
import { letterNotes } from '../wording/letter-notes.ts';
import { grouped } from '../wording/numbers.ts';
import { filterNotes } from './filter-notes.ts';
import type { Retrieved, RetrieveOptions } from './retrieved.ts';
import type { SearchIndex } from './search-index.ts';
import { withTitle } from './title.ts';

/** Passages that are scored at once. */
const BATCH = 512;
/** Passages from which on a search that compares all of them is said to be slow: ten times as long as by vectors, a second where the machine is busy. */
const MANY = 5000;

interface Found {
  readonly id: string;
  readonly score: number;
  readonly passage?: PassagePlace | undefined;
}

type Waiting = Omit<Found, 'score'> & { readonly candidate: Candidate };

/**
 * The first stage by late interaction alone: the query is compared with the token vectors of every passage that the index keeps. Nothing is missed, and what it
 * takes grows with the index.
 */
export async function retrieveByTokens(index: SearchIndex, query: string, options: RetrieveOptions): Promise<Retrieved> {
  const { candidates, filter, signal, wordsWeight = 0 } = options;
  const manifest = index.manifest();
  if (wordsWeight > 0)
    throw new FinetoothError(
      'E_USAGE',
      (say) =>
        `the first stage by late interaction counts no words, so that they cannot be weighed. Leave out the weight of words, or search by words too: ${say.option('firstStage', 'hybrid')}.`,
    );
  const started = performance.now();
  const usage = { tokens: 0 };
  const empty = { hits: [], usage, notes: [], queryTruncatedTokens: 0, timings: { embed: 0, retrieve: 0 } };
  if (manifest === undefined) return empty;
  const form = tokensOf(manifest);
  const reranker = await index.rerankerNamed(['late-interaction']);
  let best: Found[] = [];
  let [compared, truncated] = [0, 0];
  const score = async (waiting: readonly Waiting[]): Promise<void> => {
    const given = await reranker.score(
      query,
      waiting.map(({ candidate }) => candidate),
      { signal },
    );
    usage.tokens += given.usage?.tokens ?? 0;
    truncated = Math.max(truncated, given.queryTruncatedTokens?.[0] ?? 0);
    compared += waiting.length;
    best = bestOf([...best, ...waiting.map(({ id, passage }, i) => ({ id, passage, score: given.scores[i] as number }))], candidates);
  };
  let waiting: Waiting[] = [];
  for await (const passage of passagesIn(index, manifest, form, filter)) {
    waiting.push(passage);
    if (waiting.length < BATCH) continue;
    await score(waiting);
    waiting = [];
  }
  if (waiting.length > 0) await score(waiting);
  const hits = await hitsOf(index, best, form);
  return {
    ...empty,
    hits: options.tokens ? hits.map((hit) => withTitle(hit, manifest)) : hits.map(({ tokens: _, titleTokens: __, ...hit }) => hit),
    notes: [
      ...letterNotes({ embedder: index.embedder() }, query),
      ...(compared > MANY
        ? [
            `the query was compared with the tokens of all ${grouped(compared)} passages: from ${grouped(MANY)} on a search is faster by vectors or words, with late interaction as the reranker`,
          ]
        : []),
      ...(filter === undefined ? [] : await filterNotes(index, { filter, hasFound: hits.length > 0, signal })),
    ],
    queryTruncatedTokens: truncated,
    timings: { embed: 0, retrieve: performance.now() - started },
  };
}

function tokensOf({ tokens }: Manifest): TokenForm {
  if (tokens !== undefined) return tokens;
  throw new FinetoothError(
    'E_USAGE',
    (say) =>
      `the first stage by late interaction compares the token vectors that an index keeps, and this one keeps none. Rebuild it with ${say.option('tokens')}, or search by ${say.option('firstStage', 'dense')}.`,
  );
}

/** Every passage of what fits, with its token vectors; documents whose vectors were given have none. */
async function* passagesIn(
  { store }: SearchIndex,
  manifest: Manifest,
  form: TokenForm,
  filter: RetrieveOptions['filter'],
): AsyncGenerator<Waiting> {
  const fits = filter === undefined ? undefined : documentTest(filter, typesIn(manifest));
  const fields = ['vector', 'tokens', 'place', 'further'] as const;
  for await (const entry of store.get('all', fits === undefined ? fields : [...fields, 'document'])) {
    if (fits !== undefined && !('document' in entry && fits(entry.document))) continue;
    const { further = [] } = entry;
    for (const { tokens, vector, place } of [entry as Pick<Passage, 'tokens' | 'vector' | 'place'>, ...further]) {
      if (tokens === undefined) continue;
      yield { id: entry.id, passage: place, candidate: { id: entry.id, text: '', tokens: { form, data: tokens, vector } } };
    }
  }
}

/** The best documents, each once, by its best passage, of equal ones the first. */
function bestOf(found: readonly Found[], count: number): Found[] {
  const byId = new Map<string, Found>();
  for (const one of found) {
    const known = byId.get(one.id);
    if (known === undefined || one.score > known.score) byId.set(one.id, one);
  }
  return [...byId.values()].sort(byScore).slice(0, count);
}

/** The documents of what was found, with what rerankers compare. */
async function hitsOf({ store }: SearchIndex, found: readonly Found[], form: TokenForm): Promise<Hit[]> {
  const ids = found.map(({ id }) => id);
  const hits = new Map<string, Hit>();
  for await (const { id, document, ...entry } of store.get(ids, ['document', 'vector', 'tokens', 'place', 'further'])) {
    const { score = 0, passage } = found.find((one) => one.id === id) ?? {};
    const own = [entry, ...(entry.further ?? [])].find(({ place }) => passage === undefined || place?.span.join() === passage.span.join());
    const tokens = own?.tokens === undefined ? undefined : { form, data: own.tokens, vector: own.vector };
    hits.set(id, { id, score, document, tokens, passage });
  }
  // What was deleted meanwhile is not there any more.
  return ids.flatMap((id) => hits.get(id) ?? []);
}
