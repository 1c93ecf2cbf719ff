import { join } from 'node:path';
import { FinetoothError, throwIfStopped } from '../errors.ts';
import type { JudgmentSet } from '../eval/judgment-file.ts';
import { evaluateRun } from '../eval/measures/evaluation.ts';
import type { Judgments } from '../eval/measures/judged-ranking.ts';
import { checkJudgments } from '../eval/measures/judgments.ts';
import { type Measure, parseMeasure } from '../eval/measures/measure.ts';
import { compareAll } from '../eval/report/compare.ts';
import type { Comparison } from '../eval/report/report.ts';
import { keyOf, openJournal } from '../eval/systems/journal.ts';
import { crossValidate } from '../eval/tune/cross-validate.ts';
import { checkFolds } from '../eval/tune/folds.ts';
import { meanOf } from '../math/mean.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { defaultPipeline, type Pipeline } from '../search/pipeline.ts';
import type { SearchIndex } from '../search/search-index.ts';
import type { CallOptions } from '../types.ts';
import { checkOptions, type OptionChecks, text, truth, whole } from '../wording/check-options.ts';
import { drawChecks, type FoundSet, findTestSet, type JudgedOptions, judgedChecks, judgedQueries, workFolderOf } from './eval-data.ts';
import { openEvalIndex, stateOf } from './eval-index.ts';
import { rankTried, type TriedRankings } from './rank-tried.ts';
import { nameOfTried, type TriedReranker, triedPipelines, triedRerankers } from './tried-pipelines.ts';

/** Data and index as for `evaluate`. */
export interface TuneOptions extends JudgedOptions {
  /** What is made as large as possible. @default nDCG@10 */
  readonly measure?: string;
  /** 2 to 100. @default 5 */
  readonly folds?: number;
  readonly seed?: number;
  readonly resamples?: number;
  /** Try no more than 25 candidates, and all fields together alone: a fraction of the time. @default false */
  readonly quick?: boolean;
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
  /** Whether the choice is worth making, a sentence. */
  readonly advice: string;
  readonly settings: { readonly folds: number; readonly repeats: number; readonly seed: number; readonly resamples: number };
}

const tuneChecks: OptionChecks<TuneOptions> = { ...judgedChecks, ...drawChecks, measure: text, folds: whole(2, 100), quick: truth };

const REPEATS = 10;

/**
 * Picks first stage, fusion and its weight, number of candidates, reranker, its fields and what words weigh in it by cross-validation, and says whether the gain over the
 * default is more than noise. Work that a kill cut off is taken up where it was. Throws E_USAGE for fewer than 10 judged queries.
 *
 * @example
 * import { tune } from 'finetooth/tasks';
 *
 * const { chosen, advice, heldOut } = await tune({ data: './films', quick: true });
 * console.log(chosen, advice, heldOut); // heldOut: what the choice is worth on new queries
 */
export async function tune(options: TuneOptions = {}): Promise<TuneReport> {
  checkOptions('tune', options, tuneChecks);
  let opened: SearchIndex | undefined;
  try {
    return await tuneFound(
      options,
      () => findTestSet(options),
      async ({ corpus }) => {
        opened = await openEvalIndex(options, corpus);
        return { index: opened };
      },
    );
  } finally {
    await opened?.close();
  }
}

/** The same over an index that is open, of judgments that are at hand. Throws as `tune` does. */
export async function tuneJudged(
  { in: index, ...options }: Omit<TuneOptions, 'in'> & { readonly in: SearchIndex },
  { queries, judgments }: JudgmentSet,
): Promise<TuneReport> {
  checkOptions('tune', options, tuneChecks);
  checkJudgments(judgments, 'what was judged');
  return tuneFound(
    options,
    async () => ({ queries, judgments, files: [] }),
    async () => ({ index, state: await stateOf(index) }),
  );
}

async function tuneFound(
  options: TuneOptions,
  find: () => Promise<FoundSet>,
  open: (set: FoundSet) => Promise<{ readonly index: SearchIndex; readonly state?: string }>,
): Promise<TuneReport> {
  const { signal, folds = 5, seed = 20, resamples = 10_000, quick = false, onProgress } = options;
  const measure = parseMeasure(options.measure ?? 'nDCG@10');
  const call: CallOptions = { signal };
  const set = await find();
  const queries = judgedQueries(set);
  checkFolds(queries.length, folds);
  const { index, state } = await open(set);
  const rerankers = new Map<TriedReranker, Reranker>();
  for (const name of index.reranker() === null ? [] : triedRerankers) rerankers.set(name, await index.rerankerNamed([name]));
  const pipelines = triedPipelines(index.manifest()?.fields ?? [], [...rerankers.keys()], { quick });
  const path = join(
    workFolderOf(options),
    `tune-${keyOf(JSON.stringify([index.manifest(), state, [...rerankers.values()].map(({ fingerprint }) => fingerprint), pipelines, [...set.queries]]))}.jsonl`,
  );
  const journal = await openJournal<TriedRankings>(path);
  const materials = new Map<string, TriedRankings>();
  try {
    for (const [at, query] of queries.entries()) {
      throwIfStopped(signal);
      onProgress?.({ what: 'scoring', done: at, total: queries.length, unit: 'query' });
      const known = journal.known.get(query);
      const material = known ?? (await rankTried(index, rerankers, pipelines, set.queries.get(query) as string, call));
      if (known === undefined) await journal.add(query, material);
      materials.set(query, material);
    }
  } finally {
    await journal.close();
  }
  const scores = scoresOf(pipelines.length, materials, set.judgments, measure);
  const valuesOf = (at: number): Float64Array => scores.subarray(at * queries.length, (at + 1) * queries.length);
  const picked = crossValidate({ scores, configurations: pipelines.length, queries: queries.length, folds, repeats: REPEATS, seed });
  const defaults = rerankers.size === 0 ? { ...defaultPipeline, reranker: null } : defaultPipeline;
  const start = pipelines.findIndex((one) => one.name === nameOfTried(defaults));
  if (start < 0)
    throw new FinetoothError('E_BUG', 'the default pipeline is not among those that are tried. This is a mistake of finetooth.');
  const [comparison] = compareAll(
    { name: 'default', values: [valuesOf(start)] },
    [{ name: 'tuned, on queries that had no part in the choice', values: [picked.heldOut] }],
    [measure],
    { seed, resamples, confidence: 0.95 },
  );
  await journal.remove();
  const chosen = { ...(pipelines[picked.chosen] as Pipeline), name: 'tuned' };
  return {
    queries: queries.length,
    measure: measure.name,
    chosen,
    tried: pipelines.map((pipeline, at) => ({ pipeline, value: meanOf(valuesOf(at)), folds: picked.choices[at] as number })),
    inSample: picked.inSample,
    heldOut: meanOf(picked.heldOut),
    stability: picked.stability,
    comparison: comparison as Comparison,
    advice: adviceOf(comparison as Comparison, chosen),
    settings: { folds, repeats: REPEATS, seed, resamples },
  };
}

function adviceOf({ verdict }: Comparison, chosen: Pipeline): string {
  if (verdict === 'helps') return 'The gain is real: use the tuned pipeline.';
  if (verdict === 'hurts') return 'The choice does not carry over to other queries: keep the default.';
  return chosen.reranker === null
    ? 'What is gained over the default is noise; the chosen pipeline is cheaper, which may be reason enough.'
    : 'What is gained over the default is noise: keep the default, or judge more queries.';
}

/** [pipelines × queries] Values of the measure. */
function scoresOf(pipelines: number, materials: ReadonlyMap<string, TriedRankings>, judgments: Judgments, measure: Measure): Float64Array {
  const queries = [...materials.keys()];
  const judged = new Map(queries.map((query) => [query, judgments.get(query) as ReadonlyMap<string, number>]));
  const scores = new Float64Array(pipelines * queries.length);
  for (let at = 0; at < pipelines; at++) {
    const run = new Map(
      [...materials].map(([query, { ids, rankings }]) => {
        const ranking = rankings[at] as readonly number[];
        return [query, { ids: ranking.map((place) => ids[place] as string), scores: ranking.map((_, place) => -place) }];
      }),
    );
    scores.set(evaluateRun(run, judged, [measure]).values[0] as Float64Array, at * queries.length);
  }
  return scores;
}
