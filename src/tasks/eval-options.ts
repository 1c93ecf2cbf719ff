import type { NamedRerankers } from '../assemble/reranker.ts';
import type { FieldTypes } from '../filter/filter.ts';
import { isPipeline, type Pipeline } from '../search/pipeline.ts';
import { indexPlan } from '../search/plan.ts';
import { checkOf } from '../search/plan-checks.ts';
import type { SearchIndex } from '../search/search-index.ts';
import { either, list, type OptionChecks, part, record, text, texts, truth } from '../wording/check-options.ts';
import { listOf } from '../wording/check-shapes.ts';
import { drawChecks, type JudgedOptions, judgedChecks } from './eval-data.ts';

export interface EvaluateOptions extends Omit<JudgedOptions, 'in'> {
  /** Runs that someone else made, each an entry of the report. */
  readonly runs?: readonly string[];
  /** @default `comparedPipelines` when there are no runs */
  readonly pipelines?: readonly Pipeline[];
  /** A file of `finetooth calibrate` for every pipeline that reranks and names none. @default what is known of each reranker */
  readonly calibration?: string;
  /** Rerankers that rank when that of a pipeline cannot, for every pipeline that reranks and names none. @default none */
  readonly fallback?: readonly string[];
  /** A query for which a fallback would rank fails instead. @default false */
  readonly strict?: boolean;
  /** A folder of cached scores, see `cached`. What is found there is not scored again: times and tokens are then not those of scoring. */
  readonly scoreCache?: string;
  /** Candidates from this run instead of a first stage of our own. */
  readonly firstStageRun?: string;
  /** Rerankers of your own, by the name that the pipelines use for them. They are not closed. */
  readonly rerankers?: NamedRerankers;
  /** An index that exists, by its folder or opened by you (then it is not closed), instead of one made of the documents of `data`. */
  readonly in?: string | SearchIndex<never>;
  /** Types of the fields that filters ask: of the index that is made of `data`, and of the documents of a run. @default inferred; over a run none */
  readonly types?: FieldTypes;
  /** ir-measures names with commas between; the first is the primary one. @default defaultMeasures */
  readonly measures?: string;
  /** Numbers of candidates in the cut-off table, 1 to 10,000; none for no table. @default 10, 25, 50, 100 */
  readonly cutOffs?: readonly number[];
  /** Leave out judged queries without a relevant document. @default false */
  readonly dropEmpty?: boolean;
  /** Such as `nDCG@10 >= 0.62`, see docs/evaluation.md. */
  readonly gates?: readonly string[];
  /** The name of one of the pipelines, or the path of an earlier report in JSON. @default the first entry */
  readonly baseline?: string;
  /** 0 to 4,294,967,295. @default 20 */
  readonly seed?: number;
  /** Resamples of every interval and test, 100 to 1,000,000. @default 10,000 */
  readonly resamples?: number;
  /** Look for leaks and near-duplicates between queries and documents. @default true */
  readonly checks?: boolean;
}

export const evaluateChecks: OptionChecks<EvaluateOptions> = {
  ...judgedChecks,
  ...drawChecks,
  in: either('the folder of an index, or what openIndex gives', text, part('an index', ['manifest', 'embedder', 'reranker'])),
  runs: texts,
  pipelines: listOf('a list of pipelines', isPipeline),
  calibration: text,
  fallback: texts,
  strict: truth,
  scoreCache: text,
  firstStageRun: text,
  rerankers: record,
  types: checkOf(indexPlan.types),
  measures: text,
  cutOffs: list,
  dropEmpty: truth,
  gates: texts,
  baseline: text,
  checks: truth,
};
