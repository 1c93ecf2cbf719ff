import { FinetoothError, throwIfStopped } from '../errors.ts';
import { type Example, fitCalibration, type Method } from '../eval/calibration/fit.ts';
import { type Reliability, reliabilityOf, type Stated } from '../eval/calibration/reliability.ts';
import { type Calibration, type CalibrationFile, probabilityOf } from '../rerank/calibration.ts';
import { isReranker, type Reranker } from '../rerank/reranker.ts';
import { stageOf } from '../rerank/stage-of.ts';
import type { FirstStage } from '../search/options.ts';
import { plan } from '../search/plan.ts';
import { checkOf } from '../search/plan-checks.ts';
import { search } from '../search/search.ts';
import type { CallOptions } from '../types.ts';
import { checkOptions, either, type OptionChecks, oneOf, texts, whole } from '../wording/check-options.ts';
import { findTestSet, type JudgedOptions, judgedChecks, judgedQueries } from './eval-data.ts';
import { openEvalIndex } from './eval-index.ts';

/** Candidates of a list that the default's cross-encoder reads for a fit: which ones are pairs must not depend on what their scores are. */
const READ = 20;

/** Data and index as for `evaluate`. */
export interface CalibrateOptions extends JudgedOptions {
  /** Names as in pipelines, or a reranker of your own. @default default */
  readonly reranker?: readonly string[] | Reranker;
  readonly firstStage?: FirstStage;
  /** Candidates of each query, 1 to 10,000. @default 25 */
  readonly candidates?: number;
  /** The minimum relevant grade. @default 1 */
  readonly relevantFrom?: number;
  /** @default platt */
  readonly method?: Method;
}

export interface CalibrateReport {
  readonly queries: number;
  /** Scored pairs, and how many of them are relevant. A candidate without a judgment counts as not relevant. */
  readonly pairs: number;
  readonly relevant: number;
  /** On queries that had no part in the fit, each in turn one of five groups. */
  readonly heldOut: Reliability;
  /** The same of the relevance that the reranker states itself; absent where it states none. */
  readonly before?: Reliability;
  readonly file: CalibrationFile;
}

const calibrateChecks: OptionChecks<CalibrateOptions> = {
  ...judgedChecks,
  reranker: either('a list of names, or a reranker', texts, isReranker),
  firstStage: checkOf(plan.firstStage),
  candidates: checkOf(plan.candidates),
  relevantFrom: whole(1, 1000),
  method: oneOf(['platt', 'isotonic']),
};

const FOLDS = 5;

interface Scored extends Example {
  readonly relevance: number | undefined;
}

/**
 * Fits the probability of relevance to a reranker's scores on judged queries, and measures the fit on queries that had no part in it.
 * Throws E_JUDGMENTS when there is too little to fit on.
 *
 * @example
 * import { writeFile } from 'node:fs/promises';
 * import { calibrate } from 'finetooth/tasks';
 *
 * const { file, heldOut } = await calibrate({ data: './films' });
 * console.log(heldOut.calibrationError); // of the stated probabilities, on queries that had no part in the fit
 * await writeFile('calibration.json', JSON.stringify(file));
 */
export async function calibrate(options: CalibrateOptions = {}): Promise<CalibrateReport> {
  checkOptions('calibrate', options, calibrateChecks);
  const { method = 'platt' } = options;
  const { lists, fingerprint } = await scoredPairs(options);
  if (lists.length < FOLDS)
    throw new FinetoothError('E_JUDGMENTS', `a fit that can be checked needs at least ${FOLDS} judged queries; there are ${lists.length}.`);
  const examples = lists.flat();
  const calibration = fitCalibration(examples, method);
  const heldOut = Array.from({ length: FOLDS }, (_, fold) => {
    const [inside, outside] = [lists.filter((_, i) => i % FOLDS === fold).flat(), lists.filter((_, i) => i % FOLDS !== fold).flat()];
    return statedBy(fitCalibration(outside, method), inside);
  }).flat();
  const own = examples.flatMap(({ relevance, relevant }) => (relevance === undefined ? [] : [{ probability: relevance, relevant }]));
  const relevant = examples.filter((one) => one.relevant).length;
  return {
    queries: lists.length,
    pairs: examples.length,
    relevant,
    heldOut: reliabilityOf(heldOut),
    before: own.length < examples.length ? undefined : reliabilityOf(own),
    file: {
      format: 'finetooth-calibration-1',
      reranker: fingerprint,
      method,
      calibration,
      fittedOn: { queries: lists.length, pairs: examples.length, relevant },
    },
  };
}

/** What the last stage scored, query by query. */
async function scoredPairs(
  options: CalibrateOptions,
): Promise<{ readonly lists: readonly (readonly Scored[])[]; readonly fingerprint: string }> {
  const { signal, firstStage, candidates, relevantFrom = 1, onProgress } = options;
  const call: CallOptions = { signal };
  const set = await findTestSet(options);
  const queries = judgedQueries(set);
  await using index = await openEvalIndex(options, set.corpus);
  const { reranker = ['default'] } = options;
  const one = 'score' in reranker ? reranker : await index.rerankerNamed(reranker);
  const lists: Scored[][] = [];
  for (const [at, query] of queries.entries()) {
    throwIfStopped(signal);
    onProgress?.({ what: 'scoring', done: at, total: queries.length, unit: 'query' });
    const given: Scored[] = [];
    const grades = set.judgments.get(query);
    const recording: Reranker = {
      ...one,
      score: async (text, list, scoring) => {
        const scores = await one.score(text, list, scoring);
        const last = (scores.stages?.length ?? 1) - 1;
        for (const [i, { id }] of list.entries())
          if (stageOf(scores, i) === last)
            given.push({
              score: scores.scores[i] as number,
              relevant: (grades?.get(id as string) ?? 0) >= relevantFrom,
              relevance: scores.relevance?.[i],
            });
        return scores;
      },
    };
    await search(index, set.queries.get(query) as string, {
      ...call,
      candidates,
      top: 1,
      collapse: 'off',
      firstStage,
      effort: READ,
      reranker: recording,
    });
    lists.push(given);
  }
  return { lists, fingerprint: one.fingerprint };
}

const statedBy = (calibration: Calibration, examples: readonly Example[]): Stated[] =>
  examples.map(({ score, relevant }) => ({ probability: probabilityOf(score, calibration), relevant }));
