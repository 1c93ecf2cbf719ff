/** `finetooth/browser`: embedding and reranking in a page, in web workers. Nothing here needs Node. */

export { type ErrorCode, errorTable, FinetoothError } from '../errors.ts';
export type { RelevanceLevel } from '../rerank/calibration.ts';
export { type BrowserEmbedder, type BrowserEmbedOptions, createBrowserEmbedder } from './embedder.ts';
export type { BrowserModel } from './model-source.ts';
export type { BrowserModelOptions } from './open-worker.ts';
export {
  type BrowserRerankAnswer,
  type BrowserReranker,
  type BrowserRerankOptions,
  type BrowserRerankResult,
  createBrowserReranker,
} from './reranker.ts';
export {
  type BrowserSearch,
  type BrowserSearchOptions,
  type BrowserSearchParts,
  type BrowserSearchResult,
  createBrowserSearch,
} from './search.ts';
export type { BrowserWorker } from './web.ts';
