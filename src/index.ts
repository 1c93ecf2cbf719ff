/** `finetooth`: what a program needs on its first day. Everything that is exported is listed here by name. Parts and what they are made of: `rerankers.ts`, `embedders.ts`, `stores.ts`, `hosted.ts`. */

export type { OpenIndexOptions } from './assemble/check-open-index.ts';
export { createEmbedder } from './assemble/create-embedder.ts';
export { type CreateRerankerOptions, createReranker } from './assemble/create-reranker.ts';
export type { ModelFileOptions, ModelOptions, ModelRunOptions } from './assemble/model-options.ts';
export { openIndex } from './assemble/open-index.ts';
export { readPipelines, searchOptionsOf } from './assemble/pipelines.ts';
export { rerank } from './assemble/rerank.ts';
export type { Embedder } from './embed/embedder.ts';
export type { SparseEmbedder } from './embed/sparse.ts';
export { type ErrorCode, errorTable, FinetoothError } from './errors.ts';
export type { FieldCondition, FieldType, FieldTypes, Filter, FilterFields, FilterParts, FlatFilter } from './filter/filter.ts';
export type { EmbeddingModel, RerankingModel } from './hosted/ai-sdk.ts';
export type { PrecisionChoice } from './model/catalog/precision.ts';
export type { PrecisionChosen } from './model/choose-precision.ts';
export { type ReadOptions, readDocuments } from './read/read.ts';
export type { Reader } from './read/reader.ts';
export type { Source } from './read/source.ts';
export type { RelevanceLevel } from './rerank/calibration.ts';
export type { Explanation, StageExplanation, TokenMatches, TokenWeight } from './rerank/explanation.ts';
export type { Reranker, RerankerFailure, SpreadSource } from './rerank/reranker.ts';
export type { RerankerPart, RerankerPlan, RerankerSettings } from './rerank/reranker-plan.ts';
export type { AddOptions, AddReport } from './search/add.ts';
export type { SearchAnswer, Timings } from './search/answer.ts';
export type { CreateOptions } from './search/create-options.ts';
export type { FieldOf, FirstStage, RerankDocument, RerankOptions, SearchOptions } from './search/options.ts';
export type { RerankAnswer } from './search/rerank.ts';
export type { Provenance, RankedResult, RerankResult, ResultGroup, SearchResult } from './search/results.ts';
export { search } from './search/search.ts';
export type { IndexStatus, SearchIndex } from './search/search-index.ts';
export type { Facet, FacetOptions, FacetValue } from './store/facets.ts';
export type { Store } from './store/store.ts';
export type {
  CallOptions,
  Document,
  FieldValue,
  Json,
  Progress,
  ReadDocument,
  ScoreSpread,
  SparseVector,
  Stored,
  Truncated,
  Usage,
  Vectors,
} from './types.ts';
