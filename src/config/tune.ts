import { join } from 'node:path';
import { FinetoothError, throwIfStopped } from '../errors.ts';
import { evaluateRun } from '../eval/measures/evaluation.ts';
import { parseMeasure } from '../eval/measures/measure.ts';
import { compareAll } from '../eval/report/compare.ts';
import type { Comparison } from '../eval/report/report.ts';
import { keyOf, openJournal } from '../eval/systems/journal.ts';
import { crossValidate } from '../eval/tune/cross-validate.ts';
import { checkFolds } from '../eval/tune/folds.ts';
import { cacheFolder } from '../model/cache-folder.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { fuse } from '../search/fuse.ts';
import { defaultPipeline, type Pipeline } from '../search/pipeline.ts';
import { rankCandidates } from '../search/rank.ts';
import { search } from '../search/search.ts';
import type { SearchIndex } from '../search/search-index.ts';
import type { CallOptions, Hit, Progress } from '../types.ts';
import { type DataOptions, findTestSet } from './eval-data.ts';
import { openEvalIndex } from './eval-index.ts';

/** Data and index as for `evaluate`. */
export interface TuneOptions extends DataOptions {
  readonly in?: string;
  readonly fields?: readonly string[];
  readonly embedder?: string;
  /** What is made as large as possible. @default nDCG@10 */
  readonly measure?: string;
  /** 2 to 100. @default 5 */
  readonly folds?: number;
  readonly seed?: number;
  readonly resamples?: number;
  readonly workFolder?: string;
  readonly onProgress?: (progress: Progress & { readonly what: string }) => void;
}

export interface TuneReport {
  readonly queries: number;
  readonly measure: string;
  /** What to use from now on: the cheapest pipeline that is as good as the best within one standard error. */
  readonly chosen: Pipeline;
  /** Every pipeline that was tried, cheapest first, with its mean over all queries. */
  readonly tried: readonly { readonly pipeline: Pipeline; readonly value: number; readonly folds: number }[];
  /** Mean of the chosen pipeline on the queries that it was chosen by: too good to be true. */
  readonly inSample: number;
  /** Mean over queries that had no part in the choice: what to expect. */
  readonly heldOut: number;
  /** Share of the folds that made the same choice, 0 to 1. */
  readonly stability: number;
  /** The held-out values against the default pipeline. */
  readonly comparison: Comparison;
  readonly settings: { readonly folds: number; readonly repeats: number; readonly seed: number; readonly resamples: number };
}

const CANDIDATES = [10, 25, 50, 100];
/** Shares of the dense list: words alone, vectors alone, then both. */
const WEIGHTS = [0, 1, 0.5, 0.25, 0.75];
const DEEPEST = 100;
const REPEATS = 10;

const stageOf = (weight: number): Pick<Pipeline, 'firstStage' | 'denseWeight'> =>
  weight === 0
    ? { firstStage: 'bm25', denseWeight: 0.5 }
    : weight === 1
      ? { firstStage: 'dense', denseWeight: 0.5 }
      : { firstStage: 'hybrid', denseWeight: weight };

/** Fields that the reranker may read: all of the index, or one alone. */
const fieldChoices = (fields: readonly string[]): readonly (readonly string[])[] => [
  fields,
  ...(fields.length > 1 ? fields.map((one) => [one]) : []),
];

const nameOf = ({ firstStage, denseWeight, candidates, reranker, rankFields }: Omit<Pipeline, 'name'>): string =>
  [
    firstStage === 'hybrid' ? `hybrid ${denseWeight}` : firstStage,
    ...(reranker === null ? [] : [`${candidates} reranked${rankFields === undefined ? '' : ` by ${rankFields.join(',')}`}`]),
  ].join(', ');

/** Everything that is tried, the cheapest first: among equals the earlier wins. */
const pipelinesFor = (choices: readonly (readonly string[])[], reranks: boolean): Pipeline[] => {
  const named = (pipeline: Omit<Pipeline, 'name'>): Pipeline => ({ ...pipeline, name: nameOf(pipeline) });
  const alone = WEIGHTS.map((weight) => named({ ...stageOf(weight), candidates: 25, reranker: null }));
  if (!reranks) return alone;
  const reranked = CANDIDATES.flatMap((candidates) =>
    WEIGHTS.flatMap((weight) =>
      choices.map((choice, which) =>
        named({ ...stageOf(weight), candidates, reranker: ['default'], ...(which === 0 ? {} : { rankFields: choice }) }),
      ),
    ),
  );
  return [...alone, ...reranked];
};

/** All that the pipelines need of a query, worked out once: both lists, and each document's scores by choice of fields. */
interface Material {
  readonly dense: readonly string[];
  readonly bm25: readonly string[];
  /** [choice of fields] by document id. */
  readonly scores: readonly Readonly<Record<string, number>>[];
}

const materialOf = async (
  index: SearchIndex,
  reranker: Reranker | null,
  choices: readonly (readonly string[])[],
  query: string,
  call: CallOptions,
): Promise<Material> => {
  const first = { ...call, candidates: DEEPEST, top: 1, reranker: null } as const;
  const dense = (await search(index, query, { ...first, firstStage: 'dense' })).candidates;
  const bm25 = (await search(index, query, { ...first, firstStage: 'bm25' })).candidates;
  const all = [...new Map([...dense, ...bm25].map((hit) => [hit.id, hit])).values()];
  const scores: Record<string, number>[] = [];
  for (const fields of reranker === null ? [] : choices) {
    const { order } = await rankCandidates(reranker as Reranker, query, all, fields, call);
    scores.push(Object.fromEntries(order.map(({ id, score }) => [id, score])));
  }
  const ids = (hits: readonly Hit[]): string[] => hits.map(({ id }) => id);
  return { dense: ids(dense), bm25: ids(bm25), scores };
};

const asHits = (ids: readonly string[]): Hit[] => ids.map((id, at) => ({ id, score: -at, document: {} }));

const rankingOf = (pipeline: Pipeline, { dense, bm25, scores }: Material, choices: readonly (readonly string[])[]) => {
  const { firstStage, denseWeight, candidates, reranker, rankFields } = pipeline;
  const depth = reranker === null ? DEEPEST : candidates;
  const list =
    firstStage === 'hybrid'
      ? fuse([asHits(dense.slice(0, depth)), asHits(bm25.slice(0, depth))], depth, 60, [2 * denseWeight, 2 * (1 - denseWeight)]).map(
          ({ id }) => id,
        )
      : (firstStage === 'dense' ? dense : bm25).slice(0, depth);
  if (reranker === null) return { ids: list, scores: list.map((_, at) => -at) };
  const of = scores[rankFields === undefined ? 0 : choices.indexOf(rankFields)] as Readonly<Record<string, number>>;
  return { ids: list, scores: list.map((id) => of[id] as number) };
};

/**
 * Picks first stage, fusion weight, number of candidates, reranker and its fields by cross-validation, and says whether the gain over the
 * default is more than noise. Work that a kill cut off is taken up where it was. Throws E_USAGE for fewer than 10 judged queries.
 */
export const tune = async (options: TuneOptions): Promise<TuneReport> => {
  const { signal, folds = 5, seed = 20, resamples = 10_000, onProgress } = options;
  const measure = parseMeasure(options.measure ?? 'nDCG@10');
  const call: CallOptions = signal === undefined ? {} : { signal };
  const set = await findTestSet(options);
  const queries = [...set.judgments.keys()].filter((query) => (set.queries.get(query) ?? '').trim() !== '');
  checkFolds(queries.length, folds);
  const workFolder = options.workFolder ?? join(cacheFolder(process.env), 'eval');
  const { in: folder, fields, embedder, models } = options;
  await using index = await openEvalIndex({
    ...call,
    workFolder,
    ...(folder === undefined ? {} : { in: folder }),
    ...(set.corpus === undefined ? {} : { corpus: set.corpus }),
    ...(fields === undefined ? {} : { fields }),
    ...(embedder === undefined ? {} : { embedder }),
    ...(models === undefined ? {} : { models }),
    onProgress: (progress) => onProgress?.({ ...progress, what: 'indexing' }),
  });
  const reranker = index.reranker();
  const choices = fieldChoices(index.manifest()?.fields ?? []);
  const pipelines = pipelinesFor(choices, reranker !== null);
  const path = join(
    workFolder,
    `tune-${keyOf(JSON.stringify([index.manifest(), reranker?.fingerprint, choices, [...set.queries]]))}.jsonl`,
  );
  const journal = await openJournal<Material>(path);
  const materials = new Map<string, Material>();
  try {
    for (const [at, query] of queries.entries()) {
      throwIfStopped(signal);
      onProgress?.({ what: 'scoring', done: at, total: queries.length, unit: 'query' });
      const known = journal.known.get(query);
      const material = known ?? (await materialOf(index, reranker, choices, set.queries.get(query) as string, call));
      if (known === undefined) await journal.add(query, material);
      materials.set(query, material);
    }
  } finally {
    await journal.close();
  }
  const judgments = new Map(queries.map((query) => [query, set.judgments.get(query) as ReadonlyMap<string, number>]));
  const scores = new Float64Array(pipelines.length * queries.length);
  for (const [at, pipeline] of pipelines.entries()) {
    const run = new Map(queries.map((query) => [query, rankingOf(pipeline, materials.get(query) as Material, choices)]));
    scores.set(evaluateRun(run, judgments, [measure]).values[0] as Float64Array, at * queries.length);
  }
  const valuesOf = (at: number): Float64Array => scores.subarray(at * queries.length, (at + 1) * queries.length);
  const meanOf = (values: Float64Array): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  const picked = crossValidate({ scores, configurations: pipelines.length, queries: queries.length, folds, repeats: REPEATS, seed });
  const defaults = reranker === null ? { ...defaultPipeline, reranker: null } : defaultPipeline;
  const start = pipelines.findIndex((one) => one.name === nameOf(defaults));
  if (start < 0) throw new FinetoothError('E_BUG', 'the default pipeline is not among those that are tried. Please report this.');
  const [comparison] = compareAll(
    { name: 'default', values: [valuesOf(start)] },
    [{ name: 'tuned, on queries that had no part in the choice', values: [picked.heldOut] }],
    [measure],
    { seed, resamples, confidence: 0.95 },
  );
  await journal.remove();
  return {
    queries: queries.length,
    measure: measure.name,
    chosen: { ...(pipelines[picked.chosen] as Pipeline), name: 'tuned' },
    tried: pipelines.map((pipeline, at) => ({ pipeline, value: meanOf(valuesOf(at)), folds: picked.choices[at] as number })),
    inSample: picked.inSample,
    heldOut: meanOf(picked.heldOut),
    stability: picked.stability,
    comparison: comparison as Comparison,
    settings: { folds, repeats: REPEATS, seed, resamples },
  };
};
