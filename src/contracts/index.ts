/** `finetooth/contracts`: what the parts of a search promise, as cases for any test runner. For people who write parts of their own. */

export { type StoreContractOptions, storeContract } from '../store/contract/contract.ts';
export type { ContractCase, Make } from './contract-case.ts';
export { embedderContract } from './embedder.ts';
export { type ReaderSample, readerContract } from './reader.ts';
export { rerankerContract, rerankerWrapperContract } from './reranker.ts';
