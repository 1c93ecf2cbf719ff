/** `finetooth/ai-sdk`: models in this process for the Vercel AI SDK. */

export type { EmbedderPart } from '../lazy-embedder.ts';
export type { FinetoothEmbeddingOptions } from './embedding.ts';
export { createFinetooth, type FinetoothProvider, type FinetoothProviderOptions, finetooth } from './provider.ts';
export type { FinetoothRerankingOptions } from './reranking.ts';
export type { FinetoothEmbeddingModel, FinetoothRerankingModel } from './specification.ts';
