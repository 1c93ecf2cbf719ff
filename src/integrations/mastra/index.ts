/** `finetooth/mastra`: relevance scores, a vector store and embedding models for Mastra. */

export { embeddingModel } from './embedding-model.ts';
export {
  type QueryResult,
  type RelevanceScorer,
  type RelevanceScorerOptions,
  type RerankCallOptions,
  type RerankedResult,
  relevanceScorer,
} from './relevance.ts';
export { FinetoothVector, type FinetoothVectorOptions } from './vector.ts';
export type { VectorPlaces } from './vector-places.ts';
