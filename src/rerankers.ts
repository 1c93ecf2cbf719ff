/** `finetooth/rerankers`: what rerankers are made of and put into, for whoever puts one together, or writes one. */

export { readCalibration, withCalibration } from './assemble/calibration-file.ts';
export type { NamedRerankers } from './assemble/reranker.ts';
export { byScore, compareIds } from './math/order.ts';
export type { Calibration, CalibrationFile } from './rerank/calibration.ts';
export { crossEncoder } from './rerank/parts/cross-encoder.ts';
export { firstStageOrder } from './rerank/parts/first-stage-order.ts';
export { lateInteraction } from './rerank/parts/late-interaction.ts';
export type { Candidate, ScoreOptions, Scores } from './rerank/reranker.ts';
export { scoreInTime } from './rerank/score-in-time.ts';
export { type CacheOptions, cached } from './rerank/wrappers/cached.ts';
export { type CascadeOptions, type Combination, cascade } from './rerank/wrappers/cascade.ts';
export { type FallbackOptions, fallback } from './rerank/wrappers/fallback.ts';
export { titled } from './rerank/wrappers/titled.ts';
export { type FuseOptions, type Fusion, fuse } from './search/fuse.ts';
export { type Orderable, type OrderedCandidate, orderCandidates } from './search/order.ts';
