import type { Reranker } from '../rerank/reranker.ts';
import { isReranker } from '../rerank/reranker.ts';
import type { RerankerPart } from '../rerank/reranker-plan.ts';
import { lazyReranker } from '../rerank/wrappers/lazy.ts';
import { checkQuery } from '../search/check.ts';
import { checkRerankCall } from '../search/check-call.ts';
import type { RerankDocument, RerankOptions } from '../search/options.ts';
import { type RerankAnswer, rerankWith } from '../search/rerank.ts';
import { fingerprintOfParts, nameOfParts } from './create-reranker.ts';
import { createRerankerBuilder, type RerankerBuilder } from './reranker.ts';

/** Models that were named, for as long as the process lives; none of them keeps it alive. */
let shared: RerankerBuilder | undefined;

/**
 * Puts documents in order, the best first: texts, objects of any type, or `{ id, document }`. Each result has `index`, `relevanceScore` and `document`,
 * which is what was given. The default reranker is on this machine; it is opened by the first call and shared by all.
 *
 * @example
 * import { rerank } from 'finetooth';
 *
 * const { results } = await rerank('how do bats find their way', ['Wheat rose.', 'Bats hunt by echo.'], { top: 1 });
 * console.log(results[0].document); // Bats hunt by echo.
 *
 * @throws E_USAGE for what it does not take, E_QUERY for a query without a word, E_FIELD when no document has a field that is named, or one that
 * holds words, E_STOPPED when `signal` is raised, and what opening and asking the model throw
 */
export async function rerank<T extends RerankDocument>(
  query: string,
  documents: readonly T[],
  options: RerankOptions<T> = {},
): Promise<RerankAnswer<T>> {
  checkRerankCall(query, documents, options);
  checkQuery(query);
  const { model = 'default', fields, ...asked } = options;
  const answer = await rerankWith(rerankerOf(model), query, documents, { ...asked, rankFields: fields });
  return { ...answer, results: answer.results.map((one) => ({ ...one, document: documents[one.index] as T })) };
}

/** One that is at hand is asked as it is; of names the parts are opened once, within the deadline of whoever asks. */
function rerankerOf(model: RerankerPart | readonly RerankerPart[]): Reranker {
  if (isReranker(model) === undefined) return model as Reranker;
  shared ??= createRerankerBuilder();
  const builder = shared;
  return lazyReranker(fingerprintOfParts(model), () => builder.build(model), nameOfParts(model));
}
