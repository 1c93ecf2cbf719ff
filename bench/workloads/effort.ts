/** The default over the nearest 100 of judged queries of several collections, at every effort: nDCG@10 against milliseconds. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { collection } from '../../results/collections.ts';
import { type Judgments, meanOf, readCollection } from '../../src/eval/index.ts';
import { openIndex, type SearchIndex } from '../../src/index.ts';
import { randomFrom } from '../../src/math/random.ts';
import type { Effort } from '../../src/rerank/effort.ts';
import { remembering } from '../../src/rerank/wrappers/remembering.ts';
import { type Rankable, rankCandidates } from '../../src/search/rank.ts';
import { memoryStore } from '../../src/stores.ts';
import { threads } from '../contenders/contender.ts';
import { fixed, median, type Table, type Workload } from '../report.ts';

const CANDIDATES = 100;
/** What was read before there was a choice. */
const TWENTY = 20;
const efforts = ['low', 'normal', 'high', 'exhaustive', TWENTY] as const satisfies readonly Effort[];
/** Queries of a collection whose order is measured, and of those the ones that are timed. */
const [JUDGED, TIMED] = [60, 6];

/** By name the folder of a collection, as `npm run results -- --keep` names it, and the fields that are read. */
const sources: Readonly<Record<string, { readonly folder: () => string | undefined; readonly fields?: readonly string[] }>> = {
  sample: { folder: () => join(import.meta.dirname, '..', '..', 'samples', 'films'), fields: ['title', 'overview', 'tagline'] },
  ...Object.fromEntries(
    ['trecqa-dev', 'wikiqa-dev', 'cisi', 'cranfield', 'vaswani', 'cosqa', 'scifact'].map((name) => [
      name,
      { folder: () => collection(name) },
    ]),
  ),
};

interface Measured {
  readonly name: string;
  /** By effort: nDCG@10, candidates that the cross-encoder read, and milliseconds of each timed query. */
  readonly ndcg: Readonly<Record<string, number>>;
  readonly read: Readonly<Record<string, number>>;
  readonly milliseconds: Readonly<Record<string, readonly number[]>>;
}

interface Asked {
  readonly id: string;
  readonly query: string;
  readonly candidates: readonly Rankable[];
}

const measure = async (name: string, keep: string | undefined, say: (line: string) => void): Promise<Measured | undefined> => {
  const { folder, fields } = sources[name] as (typeof sources)[string];
  const path = folder();
  if (path === undefined) return undefined;
  const { documents, queries, judgments } = await readCollection(path);
  const kept = keep === undefined ? undefined : join(keep, name);
  const isKept = kept !== undefined && existsSync(join(kept, 'index'));
  const create = fields === undefined ? true : { fields };
  const open = (scoreCache?: string): Promise<SearchIndex> =>
    openIndex(isKept ? join(kept, 'index') : memoryStore(), { create, scoreCache, models: { threads } });
  const random = randomFrom(38);
  const drawn = [...judgments.keys()]
    .filter((id) => [...(judgments.get(id)?.values() ?? [])].some((grade) => grade > 0))
    .map((id) => ({ id, at: random.word() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, JUDGED)
    .map(({ id }) => ({ id, query: queries.get(id) as string }));
  await using index = await open();
  if (index.manifest() === undefined) await index.add(documents.values());
  const lists: Asked[] = [];
  for (const { id, query } of drawn) {
    const { data } = await index.embedder().embed([query], 'query');
    lists.push({ id, query, candidates: await index.store.search({ vector: data, limit: CANDIDATES, fields: ['document', 'tokens'] }) });
  }
  const milliseconds = await timesOf(index, lists.slice(0, TIMED), (at) => say(`${name}: ${at}`));
  await using scored = isKept ? await open(join(kept, 'scores')) : index;
  return { name, milliseconds, ...(await ordersOf(scored, lists, judgments, (at) => say(`${name}: ${at}`))) };
};

/** Efforts take turns query by query, so that what else runs on the machine meets all alike; the first query warms up. */
const timesOf = async (index: SearchIndex, lists: readonly Asked[], say: (line: string) => void): Promise<Measured['milliseconds']> => {
  const reranker = await index.rerankerNamed(['default']);
  await reranker.load?.();
  const taken: Record<string, number[]> = Object.fromEntries(efforts.map((effort) => [effort, []]));
  for (const [at, { query, candidates }] of [...lists.slice(0, 1), ...lists].entries())
    for (const effort of efforts) {
      say(`time ${at} of ${lists.length}`);
      const started = performance.now();
      await rankCandidates(reranker, query, candidates, index.manifest()?.fields, { effort, spread: index.manifest()?.spread });
      if (at > 0) taken[effort]?.push(performance.now() - started);
    }
  return taken;
};

const ordersOf = async (
  index: SearchIndex,
  lists: readonly Asked[],
  judgments: Judgments,
  say: (line: string) => void,
): Promise<Pick<Measured, 'ndcg' | 'read'>> => {
  const reranker = await index.rerankerNamed(['default']);
  const runs = efforts.map((effort) => ({ effort, run: new Map<string, { id: string; score: number }[]>(), read: 0 }));
  for (const [at, { id, query, candidates }] of lists.entries()) {
    say(`order ${at + 1} of ${lists.length}`);
    const once = remembering(reranker);
    for (const one of runs) {
      const { order, stages } = await rankCandidates(once, query, candidates, index.manifest()?.fields, {
        effort: one.effort,
        spread: index.manifest()?.spread,
      });
      one.read += stages.at(-1)?.scores.filter((score) => !Number.isNaN(score)).length ?? 0;
      one.run.set(
        id,
        order.map((candidate, place) => ({ id: candidate.id, score: -place })),
      );
    }
  }
  const judged: Judgments = new Map([...judgments].filter(([id]) => lists.some((list) => list.id === id)));
  return {
    ndcg: Object.fromEntries(runs.map(({ effort, run }) => [effort, meanOf(run, judged)])),
    read: Object.fromEntries(runs.map(({ effort, read }) => [effort, read / lists.length])),
  };
};

/** Median over the timed queries of all collections of the share of the time that reading twenty takes. */
const shareOf = (all: readonly Measured[], effort: Effort): number =>
  median(all.flatMap(({ milliseconds }) => (milliseconds[effort] ?? []).map((taken, i) => taken / (milliseconds[TWENTY]?.[i] as number))));

const meanNdcg = (all: readonly Measured[], effort: Effort): number =>
  all.reduce((sum, { ndcg }) => sum + (ndcg[effort] as number), 0) / all.length;

export const effortBench: Workload = {
  about: `the nearest ${CANDIDATES} stored candidates through the default at every effort, ${threads} threads`,
  run: async ({ say, keep }) => {
    const all: Measured[] = [];
    for (const name of Object.keys(sources)) {
      const measured = await measure(name, keep, say);
      if (measured !== undefined) all.push(measured);
    }
    const curve: Table = {
      title: `nDCG@10, median milliseconds, candidates read of ${CANDIDATES} (${JUDGED} queries of a collection at most, ${TIMED} timed)`,
      columns: ['', ...efforts.map((effort) => (effort === TWENTY ? 'twenty' : effort))],
      rows: all.map(({ name, ndcg, milliseconds, read }) => [
        name,
        ...efforts.map(
          (effort) =>
            `${fixed(ndcg[effort] as number, 4)} / ${fixed(median(milliseconds[effort] as number[]), 0)} / ${fixed(read[effort] as number)}`,
        ),
      ]),
    };
    const shares: Table = {
      title: 'all collections: mean nDCG@10, and median share of the time of reading twenty',
      columns: ['', 'nDCG@10', 'time'],
      rows: efforts.map((effort) => [effort, fixed(meanNdcg(all, effort), 4), fixed(shareOf(all, effort), 2)]),
    };
    const ofTwenty = meanNdcg(all, TWENTY);
    const bar = (claim: string, got: number, holds: boolean) => ({ claim, got: got.toFixed(4), holds });
    const [normal, low] = [meanNdcg(all, 'normal'), meanNdcg(all, 'low')];
    return {
      tables: [curve, shares],
      bars: [
        bar('normal: at most .85 of the time of twenty', shareOf(all, 'normal'), shareOf(all, 'normal') <= 0.85),
        bar('normal: within .001 of the nDCG@10 of twenty', normal - ofTwenty, normal >= ofTwenty - 0.001),
        bar('low: at most .4 of the time of twenty', shareOf(all, 'low'), shareOf(all, 'low') <= 0.4),
        bar('low: at least .99 of the nDCG@10 of twenty', low / ofTwenty, low >= 0.99 * ofTwenty),
      ],
      raw: { collections: all },
    };
  },
};
