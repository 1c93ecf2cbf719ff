import { createRequire } from 'node:module';
import type { Reranker } from '../rerank/reranker.ts';
import { lazyReranker } from '../rerank/wrappers/lazy.ts';
import { type ModelOptions, openModel } from './parts.ts';
import { rerankerShelf } from './rerankers.ts';

/** The reranker of `search` on this machine, loaded when it is first needed: late interaction, then the bundled cross-encoder over the best 20. */
export const local = (options: ModelOptions = {}): Reranker => {
  const { version } = createRequire(import.meta.url)('finetooth/package.json') as { version: string };
  return lazyReranker(`local@${version}`, () => rerankerShelf(() => openModel(undefined, options), options).get('default'));
};
