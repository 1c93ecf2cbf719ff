/** `finetooth/eval`: measures, significance, collections and reports. Loads no model and no native part. */
export { type Collection, readCollection, readTestSet, type TestSet, type TestSetOptions } from './collection.ts';
export { type EvaluateOptions, type Evaluation, evaluateRun, meanOf } from './evaluation.ts';
export type { Columns, DocumentId, Grades, JudgedRanking, Judgments, RankedList, RankedRun } from './judged-ranking.ts';
export { readJudgments } from './judgments.ts';
export { defaultMeasures, type Measure, parseMeasure, parseMeasures } from './measure.ts';
export { measureOf } from './measures.ts';
export { evaluateFile, type RunList, readRun } from './run-file.ts';
