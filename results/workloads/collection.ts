import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { meanOf, readCollection, readJudgments } from '../../src/eval/index.ts';
import { openIndex, type Reranker, search } from '../../src/index.ts';
import {
  bytesKept,
  CANDIDATES,
  type Cost,
  type Measured,
  type MeasureOptions,
  median,
  rememberingAll,
  rerankersOf,
  type Tier,
  tiers,
} from './tiers.ts';

/** Queries whose searches are timed: enough for a median, few enough for a cross-encoder over all candidates. */
const TIMED = 15;

/** Milliseconds of whole searches of each tier, one after the other for each query, and bytes of a document. */
const costsOf = async (at: string, queries: readonly string[]): Promise<Readonly<Record<string, Cost>>> => {
  await using index = await openIndex(at);
  const rerankers = await rerankersOf(index);
  const kept = await bytesKept(index);
  await Promise.all([index.embedder().load?.(), ...[...rerankers.values()].map((one) => one.load?.())]);
  const times = new Map(Object.keys(tiers).map((name) => [name, [] as number[]]));
  for (const query of queries) {
    for (const [name, { firstStage, reranker }] of Object.entries(tiers)) {
      const options = {
        firstStage,
        candidates: CANDIDATES,
        top: 10,
        reranker: reranker === undefined ? null : (rerankers.get(reranker) as Reranker),
      };
      times.get(name)?.push((await search(index, query, options)).timings.total);
    }
  }
  return Object.fromEntries(
    Object.entries(tiers).map(([name, { firstStage, reranker }]) => {
      const vector = firstStage === 'bm25' && reranker !== 'default' ? 0 : kept.vector;
      const tokens = reranker === 'default' || reranker === 'late-interaction' ? kept.tokens : 0;
      return [name, { milliseconds: median(times.get(name) as number[]), bytes: vector + tokens }];
    }),
  );
};

/** nDCG@10 of every tier through the product's own path: an index in a folder, the collection's judged queries. */
export const measureCollection = async (
  folder: string,
  say: (line: string) => void,
  options: {
    readonly fields?: readonly string[];
    /** Other judgments of the same collection, by what is added to the names of their values. */
    readonly also?: Readonly<Record<string, string>>;
  } & MeasureOptions = {},
): Promise<Measured> => {
  const { fields, also = {}, costs = false, keep, without = [] } = options;
  const { documents, queries, judgments } = await readCollection(folder);
  const into = keep ?? (await mkdtemp(join(tmpdir(), 'finetooth-results-')));
  const at = join(into, 'index');
  try {
    await using index = await openIndex(at, { create: fields === undefined ? true : { fields }, scoreCache: keep && join(into, 'scores') });
    await index.add(documents.values(), { onProgress: ({ done }) => say(`${done} of ${documents.size} documents`) });
    const rerankers = await rerankersOf(index);
    const runs = Object.keys(tiers)
      .filter((name) => !without.includes(name))
      .map((name) => [name, new Map<string, { id: string; score: number }[]>()] as const);
    let done = 0;
    for (const query of judgments.keys()) {
      const remembered = rememberingAll(rerankers);
      for (const [name, run] of runs) {
        const { firstStage, reranker } = tiers[name] as Tier;
        const answer = await search(index, queries.get(query) as string, {
          firstStage,
          candidates: CANDIDATES,
          top: CANDIDATES,
          collapse: 'off',
          reranker: reranker === undefined ? null : (remembered.get(reranker) as Reranker),
        });
        run.set(
          query,
          answer.results.map(({ id, rank }) => ({ id, score: -rank })),
        );
      }
      say(`${++done} of ${judgments.size} queries`);
    }
    const values = runs.map(([name, run]) => [name, meanOf(run, judgments)] as const);
    for (const [what, qrels] of Object.entries(also)) {
      const other = await readJudgments(join(folder, qrels));
      for (const [name, run] of runs) values.push([`${name}, ${what}`, meanOf(run, other)]);
    }
    const timed = [...judgments.keys()].slice(0, TIMED).map((query) => queries.get(query) as string);
    return { values: Object.fromEntries(values), costs: costs ? await costsOf(at, timed) : undefined };
  } finally {
    if (keep === undefined) await rm(into, { recursive: true, force: true });
  }
};
