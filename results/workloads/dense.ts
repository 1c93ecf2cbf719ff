import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCollection } from '../../src/eval/collection.ts';
import { meanNdcg } from '../../src/eval/measures.ts';
import { openIndex, type SearchOptions, search } from '../../src/index.ts';

type Pipeline = Pick<SearchOptions, 'firstStage'> & { readonly reranked: boolean };

/** nDCG@10 through the product's own path: an index in a folder, the collection's queries, each pipeline in turn. */
export const searchCollection = async (
  folder: string,
  fields: readonly string[],
  pipelines: Readonly<Record<string, Pipeline>>,
  say: (line: string) => void,
): Promise<Readonly<Record<string, number>>> => {
  const { documents, queries, judgments } = await readCollection(folder);
  const into = await mkdtemp(join(tmpdir(), 'finetooth-results-'));
  try {
    await using index = await openIndex(join(into, 'index'), { create: { fields } });
    await index.add(documents.values(), { onProgress: ({ done }) => say(`${done} of ${documents.size} documents`) });
    const values: Record<string, number> = {};
    for (const [name, { firstStage = 'dense', reranked }] of Object.entries(pipelines)) {
      const run = new Map<string, { id: string; score: number }[]>();
      for (const query of judgments.keys()) {
        const answer = await search(index, queries.get(query) as string, {
          candidates: reranked ? 100 : 10,
          top: 10,
          firstStage,
          ...(reranked ? {} : { reranker: null }),
        });
        run.set(
          query,
          answer.results.map(({ id, relevanceScore }) => ({ id, score: relevanceScore })),
        );
        say(`${name}: ${run.size} of ${judgments.size} queries`);
      }
      values[name] = meanNdcg(run, judgments);
    }
    return values;
  } finally {
    await rm(into, { recursive: true, force: true });
  }
};
