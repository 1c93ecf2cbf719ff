import { checkedScore } from '../checked-calls.ts';
import type { Reranker } from '../reranker.ts';

/** What an answer names when no one reranked. */
export const firstStageName = 'first-stage';

/** Leaves the candidates as they came: the last resort of a fallback, where an answer that no one reranked is better than none. It is flagged. */
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
