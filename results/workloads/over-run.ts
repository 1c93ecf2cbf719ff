import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { meanOf, readCollection, readJudgments, readRun } from '../../src/eval/index.ts';
import { inOrder } from '../../src/eval/measures/judged-ranking.ts';
import { openIndex } from '../../src/index.ts';
import { rankCandidates } from '../../src/search/rank.ts';
import type { Entry } from '../../src/store/store.ts';
import { memoryStore } from '../../src/stores.ts';
import { bytesKept, type Cost, type Measured, type MeasureOptions, median, rerankersOf, tierNames } from './tiers.ts';

const FIRST_STAGE = 'BM25.top100.tsv.gz';

/** nDCG@10 of every supplied run as it is, and of each tier over BM25's first 100, all judgments. Token vectors are kept as an index keeps them. */
export const measureOverRuns = async (
  folder: string,
  say: (line: string) => void,
  { costs: timed = false, keep }: MeasureOptions = {},
): Promise<Measured> => {
  const judgments = await readJudgments(join(folder, 'qrels.full.tsv'));
  const supplied = await Promise.all(
    readdirSync(join(folder, 'runs'))
      .sort()
      .map(async (name) => [name.replace(/\.top100.*/, ''), meanOf(await readRun(join(folder, 'runs', name)), judgments)] as const),
  );
  const { documents, queries } = await readCollection(folder);
  const run = await readRun(join(folder, 'runs', FIRST_STAGE));
  const lists = [...judgments.keys()].map(
    (query) => [query, inOrder(query, run.get(query) ?? { ids: [], scores: [] }).map(({ id }) => id)] as const,
  );
  const wanted = new Set(lists.flatMap(([, ids]) => ids));

  await using index = await openIndex(keep === undefined ? memoryStore() : join(keep, 'index'), {
    create: true,
    scoreCache: keep === undefined || timed ? undefined : join(keep, 'scores'),
  });
  const texts = [...wanted].map((id) => documents.get(id)).filter((document) => document !== undefined);
  await index.add(texts, { onProgress: ({ done }) => say(`${done} of ${texts.length} passages`) });
  const { tokens: form, fields = [], dimensions = 0, spread } = index.manifest() ?? {};
  const entries = new Map<string, Pick<Entry, 'document' | 'tokens' | 'vector'>>();
  for await (const entry of index.store.get('all', ['document', 'tokens', 'vector'])) entries.set(entry.id, entry);
  const rankable = (id: string) => {
    const { document, tokens, vector } = entries.get(id) as Pick<Entry, 'document' | 'tokens' | 'vector'>;
    return { id, document, tokens: form === undefined || tokens === undefined ? undefined : { form, data: tokens, vector } };
  };

  const rerankers = await rerankersOf(index);
  await Promise.all([...rerankers.values()].map((one) => one.load?.()));
  const kept = await bytesKept(index);
  const values: (readonly [string, number])[] = [...supplied];
  const costs: Record<string, Cost> = {};
  for (const [name, reranker] of rerankers) {
    const ranked = new Map<string, { id: string; score: number }[]>();
    const times: number[] = [];
    for (const [query, ids] of lists) {
      const started = performance.now();
      const { order } = await rankCandidates(reranker, queries.get(query) as string, ids.map(rankable), fields, { spread });
      times.push(performance.now() - started);
      ranked.set(
        query,
        order.map(({ id }, at) => ({ id, score: -at })),
      );
      say(`${tierNames[name]}: ${times.length} of ${lists.length} queries`);
    }
    const title = tierNames[name] as string;
    values.push([title, meanOf(ranked, judgments)]);
    costs[title] = { milliseconds: median(times), bytes: name === 'ms-marco-minilm-l-12-v2' ? 0 : 4 * dimensions + kept.tokens };
  }
  return { values: Object.fromEntries(values), costs: timed ? costs : undefined };
};
