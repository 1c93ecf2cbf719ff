/** `finetooth/eval`: measures and collections. Loads no model and no native part. */
export { type Collection, readCollection, readJudgments, readRun } from './collection.ts';
export { type Judgments, meanNdcg, ndcgOfQuery, type RankedRun } from './measures.ts';
