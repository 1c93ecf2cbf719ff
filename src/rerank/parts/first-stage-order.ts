import { checkedScore } from '../checked-calls.ts';
import type { Reranker } from '../reranker.ts';

/** What an answer names when no one reranked. */
export const firstStageName = 'first-stage';

/**
 * Leaves the candidates as they came: the last resort of a fallback, where an answer that no one reranked is better than none. It is flagged.
 *
 * @example
 * import { createReranker, rerank } from 'finetooth';
 * import { fallback, firstStageOrder } from 'finetooth/rerankers';
 *
 * const model = fallback([createReranker('cohere:rerank-v3.5'), firstStageOrder()]); // without COHERE_API_KEY
 * const { results, complete } = await rerank('bats', ['Wheat rose.', 'Bats hunt by echo.'], { model });
 * console.log(results[0].document, complete); // Wheat rose. false
 */
export const firstStageOrder = (): Reranker => ({
  fingerprint: firstStageName,
  kind: 'listwise',
  score: checkedScore(async (_, candidates) => ({
    scores: new Float32Array(candidates.length).fill(Number.NaN),
    complete: false,
    rankedBy: firstStageName,
    usage: {},
  })),
});
