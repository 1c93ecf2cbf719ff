/** `finetooth/eval` as a bundler for browsers takes it: all but what reads files and what draws. */
export { checkCollection } from './checks/check-collection.ts';
export type { CollectionChecks } from './checks/findings.ts';
export { type Evaluation, evaluateRun, type MeasureOptions, meanOf } from './measures/evaluation.ts';
export type { Columns, DocumentId, Grades, JudgedRanking, Judgments, RankedList, RankedRun } from './measures/judged-ranking.ts';
export { defaultMeasures, type Measure, parseMeasure, parseMeasures } from './measures/measure.ts';
export { measureOf } from './measures/measures.ts';
export { RBO_DEPTH, RBO_PERSISTENCE, rankBiasedOverlap } from './measures/rank-biased-overlap.ts';
export { toMarkdown } from './render/markdown.ts';
export { toText } from './render/text.ts';
export { type Chance, compareAll, type Side } from './report/compare.ts';
export { checkGates, type Gate, parseGate } from './report/gate.ts';
export type {
  Comparison,
  CutOff,
  Estimate,
  EvalReport,
  Failure,
  GateResult,
  Headroom,
  Latency,
  Move,
  Overlap,
  PipelineReport,
  QueryChange,
  Stage,
} from './report/report.ts';
export { type BootstrapOptions, bootstrapIntervals, type Interval } from './significance/bootstrap.ts';
export { holm } from './significance/holm.ts';
export { type RandomisationOptions, randomisationTest } from './significance/randomisation.ts';
export { powerAssumption, type VerdictInput, verdictOf } from './significance/verdict.ts';
export { type CrossValidateOptions, type CrossValidation, crossValidate } from './tune/cross-validate.ts';
