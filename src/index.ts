/** The public surface: everything that is exported is listed here by name. */

export { type CalibrateOptions, type CalibrateReport, calibrate } from './config/calibrate.ts';
export { type CalibrationFile, readCalibration, withCalibration } from './config/calibration-file.ts';
export type { EvaluateOptions } from './config/eval-options.ts';
export { comparedPipelines, evaluate } from './config/evaluate.ts';
export { type Budget, createBudget, hosted, hostedEmbedder } from './config/hosted.ts';
export { local } from './config/local.ts';
export { type OpenIndexOptions, openIndex } from './config/open-index.ts';
export {
  cascade,
  createModelSessions,
  crossEncoder,
  defaultModel,
  lanceStore,
  lateInteraction,
  localEmbedder,
  type ModelOptions,
  memoryStore,
  openCrossEncoderReranker,
  openModel,
} from './config/parts.ts';
export { readPipelines, searchOptionsOf } from './config/pipelines.ts';
export { readPrices } from './config/price-file.ts';
export { type ListedProvider, listProviders, type ProvidersOptions } from './config/providers.ts';
export type { NamedRerankers } from './config/rerankers.ts';
export { type TuneOptions, type TuneReport, tune } from './config/tune.ts';
export { cachedEmbedder, type VectorCacheOptions } from './embed/cached.ts';
export type { Embedder } from './embed/embedder.ts';
export { type ErrorCode, errorTable, FinetoothError } from './errors.ts';
export type { EmbeddingModel, RerankingModel } from './hosted/ai-sdk.ts';
export type { HostedOptions } from './hosted/model.ts';
export type { Price, PriceTable } from './hosted/money/cost.ts';
export type { LanguageModel } from './hosted/vendor.ts';
export { byScore, compareIds } from './math/order.ts';
export type { BiEncoder } from './model/bi-encoder.ts';
export type { ModelEntry } from './model/model-entry.ts';
export type { ModelSessions } from './model/sessions.ts';
export { type ReadOptions, readDocuments } from './read/read.ts';
export { type CacheOptions, cached } from './rerank/cached.ts';
export type { Calibration } from './rerank/calibration.ts';
export type { CascadeOptions, Combination } from './rerank/cascade.ts';
export type { Explanation, StageExplanation, TokenMatches } from './rerank/explanation.ts';
export { type FallbackOptions, fallback } from './rerank/fallback.ts';
export { firstStageOrder } from './rerank/first-stage-order.ts';
export type { LanguageModelOptions } from './rerank/language-model.ts';
export type { Candidate, PassedOver, Reranker, ScoreOptions, Scores } from './rerank/reranker.ts';
export type { AddOptions, AddReport, CreateOptions } from './search/add.ts';
export type { FieldCondition, Filter } from './search/filter.ts';
export { fuse } from './search/fuse.ts';
export { defaultPipeline, type Pipeline, parsePipelines } from './search/pipeline.ts';
export { type Provenance, type RankedResult, type RerankAnswer, type RerankDocument, type RerankOptions, rerank } from './search/rank.ts';
export { type FirstStage, type SearchAnswer, type SearchOptions, type SearchResult, search, type Timings } from './search/search.ts';
export type { SearchIndex } from './search/search-index.ts';
export type { Entry, Manifest, Probe, Store, StoreStatus } from './store/store.ts';
export { textOf } from './text/recipe.ts';
export type { CallOptions, Document, FieldValue, Hit, Progress, ReadDocument, Usage, Vectors } from './types.ts';
