import { crc32 } from 'node:zlib';
import type { Embedder } from '../embed/embedder.ts';
import { FinetoothError, throwIfStopped } from '../errors.ts';
import { meanAndDeviation, meanOf } from '../math/mean.ts';
import type { Reranker } from '../rerank/reranker.ts';
import type { Manifest, Store } from '../store/store.ts';
import { sentencesIn, sourceOf } from '../text/passages.ts';
import { textOf } from '../text/recipe.ts';
import { spacedWords } from '../text/spaced-words.ts';
import type { CallOptions, Document, ScoreSpread } from '../types.ts';

/** Documents that stand in for queries, drawn by the seed whatever their order. */
const SAMPLE = 64;
const SEED = 19;
/** Nearest documents whose scores are measured, as a search reranks them. */
const NEAREST = 100;
/** Queries that are asked at the same time. */
const CONCURRENCY = 4;
/** Words of a title or first sentence, and of a span. */
const TITLE_WORDS = 14;
const SPAN_WORDS = 7;
/** What judged queries spread more than these do, over eight collections; the correlation of the logarithms is .92. */
const RATIO = 1.333;

interface Measuring {
  readonly store: Store;
  readonly embedder: Embedder | null;
  /** Late interaction over the token vectors that the index keeps. */
  readonly lateInteraction?: () => Promise<Reranker>;
  manifest(): Manifest | undefined;
  created(manifest: Manifest): void;
}

/** Measures how scores lie on the collection and keeps it in the manifest, where that was not done yet, or the index has twice or half the documents. */
export async function keepSpread(index: Measuring, { signal }: CallOptions = {}): Promise<void> {
  const { store, embedder, lateInteraction } = index;
  const manifest = index.manifest();
  if (manifest?.tokens === undefined || embedder === null || lateInteraction === undefined || store.keepSpread === undefined) return;
  const documents = await store.count();
  const { documents: before } = manifest.spread ?? { documents: 0 };
  if (documents <= NEAREST || (documents < 2 * before && documents > before / 2)) return;
  try {
    const spread = await measureSpread({ store, embedder, reranker: await lateInteraction() }, manifest, { signal });
    if (spread === undefined) return;
    await store.keepSpread({ ...spread, documents });
    const now = await store.open();
    if (now !== undefined) index.created(now);
  } catch (error) {
    throwIfStopped(signal);
    // The documents are stored, and the index that was measured may be gone already: it is measured with the next ones.
    if (!(error instanceof FinetoothError)) throw error;
  }
}

/**
 * How the scores of late interaction lie in the lists of this collection, from its documents alone: 64 of them are asked for by their title and by
 * seven of their words, and the nearest 100 other documents are scored. A second or two. Nothing where documents are too few or too alike.
 */
async function measureSpread(
  { store, embedder, reranker }: { readonly store: Store; readonly embedder: Embedder; readonly reranker: Reranker },
  { fields }: Pick<Manifest, 'fields'>,
  { signal }: CallOptions = {},
): Promise<Omit<ScoreSpread, 'documents'> | undefined> {
  const queries: { readonly id: string; readonly query: string }[] = [];
  for await (const { id, document } of store.get(await drawIds(store), ['document']))
    for (const query of queriesOf(document, fields, crc32(id, SEED))) queries.push({ id, query });
  const measure = async ({ id, query }: (typeof queries)[number]) => {
    const { data } = await embedder.embed([query], 'query', { signal });
    const found = await store.search({ vector: data, limit: NEAREST + 1, fields: ['document', 'tokens'], signal });
    const others = found.filter((hit) => hit.id !== id && hit.tokens !== undefined).slice(0, NEAREST);
    if (others.length < NEAREST / 2) return [];
    const { scores } = await reranker.score(
      query,
      others.map(({ document, tokens }) => ({ text: textOf(document, fields), tokens })),
      { signal },
    );
    return [meanAndDeviation(scores)];
  };
  const measured: { readonly mean: number; readonly deviation: number }[] = [];
  for (let at = 0; at < queries.length; at += CONCURRENCY)
    measured.push(...(await Promise.all(queries.slice(at, at + CONCURRENCY).map(measure))).flat());
  if (measured.length < SAMPLE) return undefined;
  const spread = {
    mean: meanOf(measured.map(({ mean }) => mean)),
    deviation: RATIO * meanOf(measured.map(({ deviation }) => deviation)),
  };
  return spread.deviation > 0 ? spread : undefined;
}

/** Ids of the sample: those whose hashes come first. */
async function drawIds(store: Store): Promise<readonly string[]> {
  const drawn: { readonly id: string; readonly place: number }[] = [];
  const keepFirst = (): void => {
    drawn.sort((a, b) => a.place - b.place || (a.id < b.id ? -1 : 1));
    drawn.length = Math.min(drawn.length, SAMPLE);
  };
  for await (const { id } of store.get('all', [])) {
    drawn.push({ id, place: crc32(id, SEED) });
    if (drawn.length > 64 * SAMPLE) keepFirst();
  }
  keepFirst();
  return drawn.map(({ id }) => id);
}

/** What a person might ask who looks for this document. */
function queriesOf(document: Document, fields: readonly string[], drawn: number): readonly string[] {
  const { text } = sourceOf(document, fields);
  const parts = fields.map((field) => textOf(document, [field]).trim()).filter((part) => part !== '');
  const [from, to] = sentencesIn(text, [0, text.length]).next().value ?? [0, 0];
  const title = parts.length > 1 ? (parts[0] as string) : text.slice(from, to);
  const words = spacedWords(text);
  const at = drawn % Math.max(1, words.length - SPAN_WORDS + 1);
  const queries = [spacedWords(title).slice(0, TITLE_WORDS), words.slice(at, at + SPAN_WORDS)];
  return queries.filter((some) => some.length > 0).map((some) => some.join(' '));
}
