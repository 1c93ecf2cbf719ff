import type { Reranker } from '../rerank/reranker.ts';
import { lazyReranker } from '../rerank/wrappers/lazy.ts';
import { packageVersion } from '../wording/package-version.ts';
import { checkRankingOptions, type ModelOptions, type RankingOptions } from './model-options.ts';
import { createRerankerBuilder } from './reranker.ts';

/** The reranker of `search` on this machine, loaded when it is first needed: late interaction, then the bundled cross-encoder over the best 20. */
export function local(options: ModelOptions & RankingOptions = {}): Reranker {
  checkRankingOptions('local', options);
  const { longDocuments, ...models } = options;
  const builder = createRerankerBuilder({ models, settings: { longDocuments } });
  return lazyReranker(`local@${packageVersion()}`, async () => ({ ...(await builder.build('default')), close: builder.close }));
}
