import type { Reranker } from '../rerank/reranker.ts';
import type { RerankerSettings } from '../rerank/reranker-plan.ts';
import { lazyReranker } from '../rerank/wrappers/lazy.ts';
import { packageVersion } from '../wording/package-version.ts';
import { checkLocalOptions } from './check-open-index.ts';
import type { ModelOptions } from './models.ts';
import { createRerankerBuilder } from './reranker.ts';

/** The reranker of `search` on this machine, loaded when it is first needed: late interaction, then the bundled cross-encoder over the best 20. */
export function local(options: ModelOptions & Pick<RerankerSettings, 'longDocuments'> = {}): Reranker {
  checkLocalOptions(options);
  const { longDocuments, ...models } = options;
  const builder = createRerankerBuilder({ models, settings: { longDocuments } });
  return lazyReranker(`local@${packageVersion()}`, async () => ({ ...(await builder.build('default')), close: builder.close }));
}
