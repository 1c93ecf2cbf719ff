import { join } from 'node:path';
import { FinetoothError, throwIfStopped } from '../errors.ts';
import { evaluateRun } from '../eval/measures/evaluation.ts';
import { parseMeasure } from '../eval/measures/measure.ts';
import { compareAll } from '../eval/report/compare.ts';
import type { Comparison } from '../eval/report/report.ts';
import { keyOf, openJournal } from '../eval/systems/journal.ts';
import { crossValidate } from '../eval/tune/cross-validate.ts';
import { checkFolds } from '../eval/tune/folds.ts';
import { meanOf } from '../math/mean.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { remembering } from '../rerank/wrappers/remembering.ts';
import { checkQuery } from '../search/check.ts';
import { fuseHybrid } from '../search/fuse.ts';
import { defaultPipeline, type Pipeline } from '../search/pipeline.ts';
import { plan } from '../search/plan.ts';
import { type Ranked, rankCandidates } from '../search/rank.ts';
import { findLists } from '../search/retrieve.ts';
import type { SearchIndex } from '../search/search-index.ts';
import { withTitle } from '../search/title.ts';
import { weighWords } from '../search/weigh-words.ts';
import type { CallOptions } from '../types.ts';
import { checkOptions, type OptionChecks, text, whole } from '../wording/check-options.ts';
import { drawChecks, findTestSet, type JudgedOptions, judgedChecks, judgedQueries, workFolderOf } from './eval-data.ts';
import { openEvalIndex } from './eval-index.ts';

/** Data and index as for `evaluate`. */
export interface TuneOptions extends JudgedOptions {
  /** What is made as large as possible. @default nDCG@10 */
  readonly measure?: string;
  /** 2 to 100. @default 5 */
  readonly folds?: number;
  readonly seed?: number;
  readonly resamples?: number;
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

const tuneChecks: OptionChecks<TuneOptions> = { ...judgedChecks, ...drawChecks, measure: text, folds: whole(2, 100) };

const CANDIDATES = [10, 25, 50, 100];
type FirstStagePlan = Pick<Pipeline, 'firstStage' | 'fusion' | 'linearWeight'>;
/** The cheapest first. */
const FIRST_STAGES: readonly FirstStagePlan[] = [
  { firstStage: 'bm25' },
  { firstStage: 'dense' },
  { firstStage: 'hybrid', fusion: 'linear', linearWeight: plan.linearWeight.default },
  { firstStage: 'hybrid', fusion: 'linear', linearWeight: 0.3 },
  { firstStage: 'hybrid', fusion: 'rrf' },
];
const DEEPEST = 100;
const REPEATS = 10;

/** Rerankers that are tried, the cheapest first, and what the words may weigh beside each: on the scale of its scores, of which one is a logit. */
const TRIED = {
  'late-interaction': [0.0005, 0.0015, 0.005],
  default: [0.02, 0.05, 0.1],
} as const;
type Tried = keyof typeof TRIED;

/** What every pipeline answers to one query: places in `ids`, best first. */
interface Material {
  readonly ids: readonly string[];
  /** [pipeline] */
  readonly rankings: readonly (readonly number[])[];
}

/**
 * Picks first stage, fusion and its weight, number of candidates, reranker, its fields and what words weigh in it by cross-validation, and says whether the gain over the
 * default is more than noise. Work that a kill cut off is taken up where it was. Throws E_USAGE for fewer than 10 judged queries.
 */
export async function tune(options: TuneOptions): Promise<TuneReport> {
  checkOptions('tune', options, tuneChecks);
  const { signal, folds = 5, seed = 20, resamples = 10_000, onProgress } = options;
  const measure = parseMeasure(options.measure ?? 'nDCG@10');
  const call: CallOptions = { signal };
  const set = await findTestSet(options);
  const queries = judgedQueries(set);
  checkFolds(queries.length, folds);
  await using index = await openEvalIndex(options, set.corpus);
  const choices = fieldChoices(index.manifest()?.fields ?? []);
  const rerankers = new Map<Tried, Reranker>();
  for (const name of index.reranker() === null ? [] : (Object.keys(TRIED) as Tried[]))
    rerankers.set(name, await index.rerankerNamed([name]));
  const pipelines = pipelinesFor(choices, [...rerankers.keys()]);
  const path = join(
    workFolderOf(options),
    `tune-${keyOf(JSON.stringify([index.manifest(), [...rerankers.values()].map(({ fingerprint }) => fingerprint), pipelines, [...set.queries]]))}.jsonl`,
  );
  const journal = await openJournal<Material>(path);
  const materials = new Map<string, Material>();
  try {
    for (const [at, query] of queries.entries()) {
      throwIfStopped(signal);
      onProgress?.({ what: 'scoring', done: at, total: queries.length, unit: 'query' });
      const known = journal.known.get(query);
      const material = known ?? (await materialOf(index, rerankers, pipelines, set.queries.get(query) as string, call));
      if (known === undefined) await journal.add(query, material);
      materials.set(query, material);
    }
  } finally {
    await journal.close();
  }
  const judgments = new Map(queries.map((query) => [query, set.judgments.get(query) as ReadonlyMap<string, number>]));
  const scores = new Float64Array(pipelines.length * queries.length);
  for (const at of pipelines.keys()) {
    const run = new Map(
      queries.map((query) => {
        const { ids, rankings } = materials.get(query) as Material;
        const ranking = rankings[at] as readonly number[];
        return [query, { ids: ranking.map((place) => ids[place] as string), scores: ranking.map((_, place) => -place) }];
      }),
    );
    scores.set(evaluateRun(run, judgments, [measure]).values[0] as Float64Array, at * queries.length);
  }
  const valuesOf = (at: number): Float64Array => scores.subarray(at * queries.length, (at + 1) * queries.length);
  const picked = crossValidate({ scores, configurations: pipelines.length, queries: queries.length, folds, repeats: REPEATS, seed });
  const defaults = rerankers.size === 0 ? { ...defaultPipeline, reranker: null } : defaultPipeline;
  const start = pipelines.findIndex((one) => one.name === nameOf(defaults));
  if (start < 0)
    throw new FinetoothError('E_BUG', 'the default pipeline is not among those that are tried. This is a mistake of finetooth.');
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
}

/** Fields that the reranker may read: all of the index, or one alone. */
const fieldChoices = (fields: readonly string[]): readonly (readonly string[])[] => [
  fields,
  ...(fields.length > 1 ? fields.map((one) => [one]) : []),
];

/** Everything that is tried, the cheapest first: among equals the earlier wins. `rerankers`: names, the cheapest first. */
function pipelinesFor(choices: readonly (readonly string[])[], rerankers: readonly Tried[]): Pipeline[] {
  const named = (pipeline: Omit<Pipeline, 'name'>): Pipeline => ({ ...pipeline, name: nameOf(pipeline) });
  const alone = FIRST_STAGES.map((first) => named({ ...first, candidates: defaultPipeline.candidates, reranker: null }));
  const reranked = rerankers.flatMap((reranker) =>
    CANDIDATES.flatMap((candidates) =>
      FIRST_STAGES.flatMap((first) => {
        const plain = { ...first, candidates, reranker: [reranker] };
        return [
          named(plain),
          ...TRIED[reranker].map((wordsWeight) => named({ ...plain, wordsWeight })),
          ...choices.slice(1).map((rankFields) => named({ ...plain, rankFields })),
        ];
      }),
    ),
  );
  return [...alone, ...reranked];
}

/** Both lists are retrieved once, and each document is scored once by each reranker and choice of fields, whatever lists it is in. */
async function materialOf(
  index: SearchIndex,
  rerankers: ReadonlyMap<Tried, Reranker>,
  pipelines: readonly Pipeline[],
  query: string,
  call: CallOptions,
): Promise<Material> {
  checkQuery(query);
  const asked = { ...call, firstStage: 'hybrid', candidates: DEEPEST, tokens: false, byOther: true } as const;
  const { dense = [], bm25 = [] } = await findLists(index, query, asked);
  const ids = [...new Set([...dense, ...bm25].map(({ id }) => id))];
  const placeOf = new Map(ids.map((id, place) => [id, place]));
  const words = new Map([
    ...dense.map(({ id, other }) => [id, other?.score] as const),
    ...bm25.map(({ id, score }) => [id, score] as const),
  ]);
  const remembered = new Map<string, Reranker>();
  const known = new Map<string, Promise<Ranked>>();
  const rankings: number[][] = [];
  for (const pipeline of pipelines) {
    const { firstStage, candidates, reranker, rankFields, wordsWeight = 0 } = pipeline;
    const depth = reranker === null ? DEEPEST : candidates;
    const [byVector, byWords] = [dense.slice(0, depth), bm25.slice(0, depth)];
    const alone = firstStage === 'dense' ? byVector : byWords;
    const found = firstStage === 'hybrid' ? fuseHybrid(byVector, byWords, depth, pipeline) : alone;
    const hits = found.map((hit) => ({ ...hit, bm25: words.get(hit.id) }));
    let order: readonly { readonly id: string }[] = hits;
    if (reranker !== null) {
      const name = reranker[0] as Tried;
      const key = JSON.stringify([name, rankFields]);
      const one = remembered.get(key) ?? remembering(rerankers.get(name) as Reranker);
      remembered.set(key, one);
      // Passages and titles are those of the fields that the index was made from.
      const rankable = hits.map((hit) => (rankFields === undefined ? withTitle(hit, index.manifest()) : { ...hit, passage: undefined }));
      const list = JSON.stringify([key, hits.map(({ id }) => id)]);
      const { fields = [], spread } = index.manifest() ?? {};
      const options = rankFields === undefined ? { ...call, spread } : call;
      const ranked = known.get(list) ?? rankCandidates(one, query, rankable, rankFields ?? fields, options);
      known.set(list, ranked);
      order = weighWords(await ranked, hits, wordsWeight).order;
    }
    rankings.push(order.map(({ id }) => placeOf.get(id) as number));
  }
  return { ids, rankings };
}

const nameOf = (pipeline: Omit<Pipeline, 'name'>): string => {
  const { firstStage, fusion, linearWeight, candidates, reranker, rankFields, wordsWeight = 0 } = pipeline;
  return [
    firstStage === 'hybrid' ? ['hybrid', fusion, linearWeight].filter((part) => part !== undefined).join(' ') : firstStage,
    ...(reranker === null
      ? []
      : [`${candidates} reranked by ${reranker.join(', ')}${rankFields === undefined ? '' : ` from ${rankFields.join(',')}`}`]),
    ...(wordsWeight === 0 ? [] : [`words ${wordsWeight}`]),
  ].join(', ');
};
