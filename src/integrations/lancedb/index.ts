/** `finetooth/lancedb`: a reranker for the hybrid queries of `@lancedb/lancedb`. */

export type { RecordBatchLike } from './arrow.ts';
export { type HybridReranker, type HybridRerankerOptions, hybridReranker } from './hybrid-reranker.ts';
