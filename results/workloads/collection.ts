import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { meanOf, readCollection, readJudgments } from '../../src/eval/index.ts';
import { openIndex, type Reranker, type SearchOptions, search } from '../../src/index.ts';
import { remembering } from '../../src/rerank/remembering.ts';

/** First stages alone, and each reranked with 100 candidates. */
const pipelines: Readonly<Record<string, Pick<SearchOptions, 'firstStage'> & { readonly reranked?: true }>> = {
  bm25: { firstStage: 'bm25' },
  dense: { firstStage: 'dense' },
  hybrid: { firstStage: 'hybrid' },
  'bm25, reranked': { firstStage: 'bm25', reranked: true },
  'dense, reranked': { firstStage: 'dense', reranked: true },
  'hybrid, reranked': { firstStage: 'hybrid', reranked: true },
};

/** nDCG@10 of every pipeline through the product's own path: an index in a folder, the collection's judged queries. */
export const measureCollection = async (
  folder: string,
  say: (line: string) => void,
  options: {
    readonly fields?: readonly string[];
    /** Other judgments of the same collection, by what is added to the names of their values. */
    readonly also?: Readonly<Record<string, string>>;
  } = {},
): Promise<Readonly<Record<string, number>>> => {
  const { fields, also = {} } = options;
  const { documents, queries, judgments } = await readCollection(folder);
  const into = await mkdtemp(join(tmpdir(), 'finetooth-results-'));
  try {
    await using index = await openIndex(join(into, 'index'), { create: fields === undefined ? true : { fields } });
    await index.add(documents.values(), { onProgress: ({ done }) => say(`${done} of ${documents.size} documents`) });
    const runs = Object.keys(pipelines).map((name) => [name, new Map<string, { id: string; score: number }[]>()] as const);
    let done = 0;
    for (const query of judgments.keys()) {
      const reranker = remembering(index.reranker() as Reranker);
      for (const [name, run] of runs) {
        const { firstStage, reranked } = pipelines[name] as (typeof pipelines)[string];
        const answer = await search(index, queries.get(query) as string, {
          candidates: 100,
          top: 100,
          ...(firstStage === undefined ? {} : { firstStage }),
          reranker: reranked ? reranker : null,
        });
        run.set(
          query,
          answer.results.map(({ id, relevanceScore }) => ({ id, score: relevanceScore })),
        );
      }
      say(`${++done} of ${judgments.size} queries`);
    }
    const values = runs.map(([name, run]) => [name, meanOf(run, judgments)] as const);
    for (const [what, qrels] of Object.entries(also)) {
      const other = await readJudgments(join(folder, qrels));
      for (const [name, run] of runs) values.push([`${name}, ${what}`, meanOf(run, other)]);
    }
    return Object.fromEntries(values);
  } finally {
    await rm(into, { recursive: true, force: true });
  }
};
