/** Lists of judged queries with what an index keeps of their candidates, for workloads that rank them. */
import { join } from 'node:path';
import { absence, collection } from '../results/collections.ts';
import { type Collection, readCollection, readJudgments, readRun } from '../src/eval/index.ts';
import { inOrder, type Judgments } from '../src/eval/measures/judged-ranking.ts';
import { openIndex, type SearchIndex, search } from '../src/index.ts';
import type { Rankable } from '../src/search/rank.ts';
import { memoryStore } from '../src/stores.ts';

export interface RankedPassages {
  /** What the candidates are and who found them. */
  readonly about: string;
  readonly index: SearchIndex;
  readonly judgments: Judgments;
  readonly lists: readonly { readonly id: string; readonly query: string; readonly candidates: readonly Rankable[] }[];
  readonly fields: readonly string[];
  /** Tokens of each passage, special ones included. */
  readonly tokens: readonly number[];
}

interface Source extends Pick<Collection, 'documents' | 'queries'> {
  readonly about: string;
  readonly judgments: Judgments;
  readonly fields?: readonly string[];
  /** Ids by query, best first; without them dense search finds the candidates. */
  readonly found?: ReadonlyMap<string, readonly string[]>;
}

const films = async (): Promise<Source> => ({
  ...(await readCollection(join(import.meta.dirname, '..', 'samples', 'films'))),
  about: `the bundled films as dense search found them (${absence('msmarco-dl19')})`,
  fields: ['title', 'overview', 'tagline'],
});

/** TREC DL 2019 with the lists that were made from its whole collection; without it the bundled films. */
const sourceOf = async (candidates: number): Promise<Source> => {
  const folder = collection('msmarco-dl19');
  if (folder === undefined) return films();
  const { documents, queries } = await readCollection(folder);
  const judgments = await readJudgments(join(folder, 'qrels.full.tsv'));
  const run = await readRun(join(folder, 'runs', 'BM25.top100.tsv.gz'));
  const found = new Map<string, readonly string[]>();
  for (const id of judgments.keys()) {
    const list = run.get(id);
    if (list === undefined) continue;
    const ids = inOrder(id, list).slice(0, candidates);
    found.set(
      id,
      ids.map((one) => one.id),
    );
  }
  const wanted = new Set([...found.values()].flat());
  return {
    about: 'passages of TREC DL 2019 as BM25 found them',
    documents: new Map([...documents].filter(([id]) => wanted.has(id))),
    queries,
    judgments,
    found,
  };
};

/** `candidates`: how many of each query at most. The index is the caller's to close. */
export const openRankedPassages = async (candidates: number, threads: number): Promise<RankedPassages> => {
  const { about, documents, queries, judgments, found, fields: chosen } = await sourceOf(candidates);
  const create = chosen === undefined ? true : { fields: chosen };
  const index = await openIndex(memoryStore(), { create, models: { threads } });
  await index.add(documents.values());
  const { tokens: form, fields = [] } = index.manifest() ?? {};
  const kept = new Map<string, Rankable>();
  for await (const { id, document, tokens, vector } of index.store.get('all', ['document', 'tokens', 'vector']))
    kept.set(id, { id, document, ...(form === undefined || tokens === undefined ? {} : { tokens: { form, data: tokens, vector } }) });
  const idsOf = async (id: string, query: string): Promise<readonly string[]> =>
    found === undefined
      ? (await search(index, query, { firstStage: 'dense', candidates, top: candidates, reranker: null, collapse: 'off' })).results.map(
          (one) => one.id,
        )
      : (found.get(id) ?? []);
  const lists: { id: string; query: string; candidates: readonly Rankable[] }[] = [];
  for (const id of judgments.keys()) {
    const query = queries.get(id);
    const ids = query === undefined ? [] : await idsOf(id, query);
    if (query !== undefined && ids.length > 0) lists.push({ id, query, candidates: ids.map((one) => kept.get(one) as Rankable) });
  }
  const texts = [...kept.values()].map(({ document }) => fields.map((field) => document[field] ?? '').join(' '));
  const embedded = await index.embedder().embed(texts, 'document');
  return { about, index, judgments, fields, tokens: [...(embedded.tokens ?? [])], lists };
};
