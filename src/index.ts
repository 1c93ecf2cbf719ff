/** The public surface: everything that is exported is listed here by name. */

export { readCalibration, withCalibration } from './assemble/calibration-file.ts';
export type { OpenIndexOptions } from './assemble/check-open-index.ts';
export { hosted, hostedEmbedder } from './assemble/hosted.ts';
export { local } from './assemble/local.ts';
export type { ModelFileOptions, ModelOptions, ModelRunOptions } from './assemble/model-options.ts';
export { defaultModel, openModel } from './assemble/models.ts';
export { openIndex } from './assemble/open-index.ts';
export { readPipelines, searchOptionsOf } from './assemble/pipelines.ts';
export { readPrices } from './assemble/price-file.ts';
export { readIndex } from './assemble/read-index.ts';
export { type NamedRerankers, openCrossEncoderReranker } from './assemble/reranker.ts';
export { cachedEmbedder, type VectorCacheOptions } from './embed/cached.ts';
export type { Embedder } from './embed/embedder.ts';
export { localEmbedder } from './embed/local.ts';
export { type ErrorCode, errorTable, FinetoothError } from './errors.ts';
export { documentTest } from './filter/document-test.ts';
export type { FieldCondition, FieldType, FieldTypes, Filter, FilterFields, FilterParts, FlatFilter } from './filter/filter.ts';
export type { EmbeddingModel, RerankingModel } from './hosted/ai-sdk.ts';
export type { HostedOptions } from './hosted/model.ts';
export { type Budget, createBudget } from './hosted/money/budget.ts';
export type { PriceTable } from './hosted/money/cost.ts';
export type { LanguageModel } from './hosted/vendor.ts';
export type { Price } from './hosted/vendor-model.ts';
export { byScore, compareIds } from './math/order.ts';
export type { BiEncoder } from './model/bi-encoder.ts';
export type { ModelEntry } from './model/catalog/model-entry.ts';
export { createModelSessions, type ModelSessions } from './model/run/sessions.ts';
export { measureRuns, type Stopwatch } from './model/run/stopwatch.ts';
export { type ReadOptions, readDocuments } from './read/read.ts';
export type { Reader } from './read/reader.ts';
export { parseDocument } from './read/record.ts';
export type { Source } from './read/source.ts';
export type { Calibration, CalibrationFile, RelevanceLevel } from './rerank/calibration.ts';
export type { Explanation, StageExplanation, TokenMatches } from './rerank/explanation.ts';
export { crossEncoder } from './rerank/parts/cross-encoder.ts';
export { firstStageOrder } from './rerank/parts/first-stage-order.ts';
export type { LanguageModelOptions } from './rerank/parts/language-model.ts';
export { lateInteraction } from './rerank/parts/late-interaction.ts';
export type { Candidate, Reranker, RerankerFailure, ScoreOptions, Scores, SpreadSource } from './rerank/reranker.ts';
export type { RerankerPart, RerankerPlan, RerankerSettings } from './rerank/reranker-plan.ts';
export { scoreInTime } from './rerank/score-in-time.ts';
export { type CacheOptions, cached } from './rerank/wrappers/cached.ts';
export { type CascadeOptions, type Combination, cascade } from './rerank/wrappers/cascade.ts';
export { type FallbackOptions, fallback } from './rerank/wrappers/fallback.ts';
export { titled } from './rerank/wrappers/titled.ts';
export type { AddOptions, AddReport } from './search/add.ts';
export type { SearchAnswer, Timings } from './search/answer.ts';
export type { CreateOptions } from './search/create-options.ts';
export { type FuseOptions, type Fusion, fuse } from './search/fuse.ts';
export type { FirstStage, RerankDocument, RerankOptions, SearchOptions } from './search/options.ts';
export { type Orderable, type OrderedCandidate, orderCandidates } from './search/order.ts';
export { defaultPipeline, type Pipeline, parsePipelines } from './search/pipeline.ts';
export { type RerankAnswer, rerank } from './search/rerank.ts';
export type { Provenance, RankedResult, ResultGroup, SearchResult } from './search/results.ts';
export { search } from './search/search.ts';
export type { IndexStatus, SearchIndex } from './search/search-index.ts';
export { type Facet, type FacetCounter, type FacetOptions, type FacetValue, facetCounter } from './store/facets.ts';
export { lanceStore } from './store/lancedb/lancedb.ts';
export { memoryStore } from './store/memory.ts';
export type { PostgresStoreOptions } from './store/postgres/options.ts';
export { postgresStore } from './store/postgres/postgres.ts';
export { type QdrantStoreOptions, qdrantStore } from './store/qdrant/qdrant.ts';
export {
  type Entry,
  type EntryField,
  type HitField,
  type Manifest,
  type Store,
  type StoreCapabilities,
  type StoreQuery,
  type StoreStats,
  typesIn,
} from './store/store.ts';
export { textOf } from './text/recipe.ts';
export type {
  CallOptions,
  Document,
  Embedded,
  EmbeddedPassage,
  FieldValue,
  Hit,
  Origin,
  Progress,
  ReadDocument,
  ScoreSpread,
  Truncated,
  Usage,
  Vectors,
} from './types.ts';
