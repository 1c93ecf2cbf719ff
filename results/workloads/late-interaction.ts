import { join } from 'node:path';
import { readCollection, readRun } from '../../src/eval/collection.ts';
import { meanNdcg } from '../../src/eval/measures.ts';
import { lateInteraction, openModel } from '../../src/index.ts';
import { rankCandidates } from '../../src/search/rank.ts';
import type { Document } from '../../src/types.ts';

/** nDCG@10 of late interaction over a supplied BM25 top 100, with all judgments, and of BM25 itself. */
export const rerankBm25 = async (folder: string, say: (line: string) => void): Promise<Readonly<Record<string, number>>> => {
  const { documents, queries, judgments } = await readCollection(folder, 'qrels.full.tsv');
  const run = await readRun(join(folder, 'runs', 'BM25.top100.tsv.gz'));
  const reranker = lateInteraction(await openModel());
  try {
    const reranked = new Map<string, { id: string; score: number }[]>();
    for (const [query, hits] of run) {
      const candidates = hits.map(({ id }) => ({ id, document: documents.get(id) as Document }));
      const { order } = await rankCandidates(reranker, queries.get(query) as string, candidates, ['text']);
      reranked.set(
        query,
        order.map(({ id, score }) => ({ id, score })),
      );
      say(`${reranked.size} of ${run.size} queries`);
    }
    return { bm25: meanNdcg(run, judgments), 'late-interaction': meanNdcg(reranked, judgments) };
  } finally {
    await reranker.close?.();
  }
};
