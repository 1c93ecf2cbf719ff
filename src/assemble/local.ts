import type { Reranker } from '../rerank/reranker.ts';
import { lazyReranker } from '../rerank/wrappers/lazy.ts';
import { packageVersion } from '../wording/package-version.ts';
import { checkLocalOptions, type LocalRankingOptions, type ModelOptions } from './model-options.ts';
import { createRerankerBuilder } from './reranker.ts';

/** The reranker of `search` on this machine, loaded when it is first needed: late interaction, then the bundled cross-encoder over the best ones. */
export function local(options: ModelOptions & LocalRankingOptions = {}): Reranker {
  checkLocalOptions('local', options);
  const { longDocuments, effort, ...models } = options;
  const builder = createRerankerBuilder({ models, settings: { longDocuments, effort } });
  return lazyReranker(`local@${packageVersion()}`, async () => ({ ...(await builder.build('default')), close: builder.close }));
}
