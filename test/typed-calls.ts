import { createBrowserSearch } from '../src/browser/index.ts';
import type { Collection } from '../src/eval/index.ts';
import { bootstrapIntervals, evaluateRun, holm, parseMeasures, toHtml } from '../src/eval/index.ts';
import {
  createEmbedder,
  createReranker,
  openIndex,
  type Reranker,
  readDocuments,
  rerank,
  type SearchIndex,
  search,
  searchOptionsOf,
} from '../src/index.ts';
import { createFinetooth } from '../src/integrations/ai-sdk/index.ts';
import { hybridReranker } from '../src/integrations/lancedb/index.ts';
import { FinetoothRetriever } from '../src/integrations/langchain/index.ts';
import { defaultPipeline, optionAt } from '../src/plan.ts';
import { cached, cascade, fallback, fuse, orderCandidates } from '../src/rerankers.ts';
import { documentTest, lanceStore, memoryStore, textOf } from '../src/stores.ts';
import { evaluate, exportIndex, indexDocuments } from '../src/tasks/index.ts';

/** As a schema gives it: no index signature, optional fields. */
interface Movie {
  readonly id: string;
  readonly title: string;
  year?: number;
  tagline?: string | null;
}

/** Nothing here is called: the compiler takes it, or it does not. */
export async function takenByTheCompiler(movies: readonly Movie[], movie: Movie): Promise<void> {
  const { results } = await rerank('q', movies, { fields: ['title'], top: 1 });
  results[0]?.document.title satisfies string | undefined;
  const index = await openIndex<Movie>(memoryStore(), { create: { fields: ['title'] } });
  await index.add(movies);
  (await search(index, 'q')).results[0]?.document satisfies Movie | undefined;
  await search(index, 'q', await searchOptionsOf(defaultPipeline, index));
  new FinetoothRetriever({ index });
  await evaluate({ in: index, data: 'x' });
  textOf(movie, ['title']);
  documentTest('year >= 1990')(movie);
  const inPage = createBrowserSearch<Movie>({ embedder: { embed: async () => [] }, fields: ['title'] });
  await inPage.add(movies);
}

export async function refusedByTheCompiler(
  index: SearchIndex,
  reranker: Reranker,
  collection: Collection,
  movies: readonly Movie[],
): Promise<void> {
  // @ts-expect-error: the query comes first
  await rerank(movies, 'q');
  // @ts-expect-error: a promise is awaited first
  await search(openIndex('./movies'), 'q');
  // @ts-expect-error: there is no such option
  await search(index, 'q', { topp: 1 });
  // @ts-expect-error: a number is no text
  await search(index, 'q', { top: '5' });
  // @ts-expect-error: the index comes first
  await search('q', index);
  // @ts-expect-error: there is no such option
  await openIndex('./movies', { embeder: null });
  // @ts-expect-error: a list of fields
  await openIndex('./movies', { create: { fields: 'title' } });
  // @ts-expect-error: a name, or a model
  await createEmbedder(3);
  // @ts-expect-error: one of four words, or a number
  createReranker('default', { effort: 'much' });
  // @ts-expect-error: a path
  readDocuments(3);
  // @ts-expect-error: a list
  cascade(reranker);
  // @ts-expect-error: one number for each stage
  cascade([reranker], { keep: 3 });
  // @ts-expect-error: there is no such option
  fallback([reranker], { strikt: true });
  // @ts-expect-error: a reranker
  cached('default');
  // @ts-expect-error: a list of lists
  fuse([{ id: 'a', score: 1, document: {} }], 3);
  // @ts-expect-error: scores are a Float32Array
  orderCandidates([{ id: 'a' }], { scores: [1] }, 'x');
  // @ts-expect-error: a folder
  lanceStore({ folder: './movies' });
  // @ts-expect-error: measures are parsed first
  evaluateRun(new Map(), collection.judgments, 'nDCG@10');
  // @ts-expect-error: columns of numbers
  bootstrapIntervals([[0.1, 0.2]]);
  // @ts-expect-error: a list
  holm(0.05);
  // @ts-expect-error: a report is awaited first
  await toHtml(evaluate({ data: 'x' }));
  // @ts-expect-error: a text
  parseMeasures(['nDCG@10']);
  // @ts-expect-error: there is no such door
  optionAt('top', 'searc');
  // @ts-expect-error: where the index lies is needed
  await exportIndex({ to: './movies.jsonl' });
  // @ts-expect-error: where to is needed
  await indexDocuments({ source: './movies.json' });
  // @ts-expect-error: there is no such option
  createFinetooth({ reranke: reranker });
  // @ts-expect-error: one of two
  createFinetooth({ specificationVersion: 'v2' });
  // @ts-expect-error: a number
  hybridReranker({ deadlineMs: '100' });
}
