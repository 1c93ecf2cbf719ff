/** TREC DL 2019's lists with what an index keeps of their passages, for workloads that rank them. */
import { join } from 'node:path';
import { absence, collection } from '../results/collections.ts';
import { readCollection, readJudgments, readRun } from '../src/eval/index.ts';
import { inOrder, type Judgments } from '../src/eval/measures/judged-ranking.ts';
import { memoryStore, openIndex, type SearchIndex } from '../src/index.ts';
import type { Rankable } from '../src/search/rank.ts';

export interface RankedPassages {
  readonly index: SearchIndex;
  readonly judgments: Judgments;
  readonly lists: readonly { readonly id: string; readonly query: string; readonly candidates: readonly Rankable[] }[];
  readonly fields: readonly string[];
  /** Tokens of each passage, special ones included. */
  readonly tokens: readonly number[];
}

/** Throws where the collection is not on this machine. The index is the caller's to close. */
export const openRankedPassages = async (candidates: number, threads: number): Promise<RankedPassages> => {
  const folder = collection('msmarco-dl19');
  if (folder === undefined) throw new Error(absence('msmarco-dl19'));
  const { documents, queries } = await readCollection(folder);
  const judgments = await readJudgments(join(folder, 'qrels.full.tsv'));
  const run = await readRun(join(folder, 'runs', 'BM25.top100.tsv.gz'));
  const lists = [...judgments.keys()].flatMap((id) => {
    const list = run.get(id);
    return list === undefined
      ? []
      : [
          {
            id,
            ids: inOrder(id, list)
              .slice(0, candidates)
              .map((one) => one.id),
          },
        ];
  });
  const index = await openIndex(memoryStore(), { create: true, models: { threads } });
  const wanted = [...new Set(lists.flatMap(({ ids }) => ids))];
  await index.add(wanted.map((id) => documents.get(id) ?? {}));
  const { tokens: form, fields = [] } = index.manifest() ?? {};
  const kept = new Map<string, Rankable>();
  for await (const { id, document, tokens, vector } of index.store.read('all'))
    kept.set(id, { id, document, ...(form === undefined || tokens === undefined ? {} : { tokens: { form, data: tokens, vector } }) });
  const texts = [...kept.values()].map(({ document }) => fields.map((field) => document[field] ?? '').join(' '));
  const embedded = await index.embedder().embed(texts, 'document');
  return {
    index,
    judgments,
    fields,
    tokens: [...(embedded.tokens ?? [])],
    lists: lists.map(({ id, ids }) => ({ id, query: queries.get(id) as string, candidates: ids.map((one) => kept.get(one) as Rankable) })),
  };
};
