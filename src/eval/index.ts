/** `finetooth/eval`: measures, significance, collections and reports. Loads no model and no native part. */
export { checkCollection } from './checks/check-collection.ts';
export type { CollectionChecks } from './checks/findings.ts';
export { type Collection, readCollection, readCorpus, readTestSet, type TestSet, type TestSetOptions } from './collection.ts';
export { type Evaluation, evaluateRun, type MeasureOptions, meanOf } from './measures/evaluation.ts';
export type { Columns, DocumentId, Grades, JudgedRanking, Judgments, RankedList, RankedRun } from './measures/judged-ranking.ts';
export { readJudgments } from './measures/judgments.ts';
export { defaultMeasures, type Measure, parseMeasure, parseMeasures } from './measures/measure.ts';
export { measureOf } from './measures/measures.ts';
export { RBO_DEPTH, RBO_PERSISTENCE, rankBiasedOverlap } from './measures/rank-biased-overlap.ts';
export { evaluateFile, type RunList, readRun } from './measures/run-file.ts';
export { toHtml } from './render/html.ts';
export { toMarkdown } from './render/markdown.ts';
export { plotsOf, type ReportPlot } from './render/plots.ts';
export { toText } from './render/text.ts';
export { type Chance, compareAll, type Side } from './report/compare.ts';
export { checkGates, type Gate, parseGate } from './report/gate.ts';
export { readReport } from './report/read-report.ts';
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
