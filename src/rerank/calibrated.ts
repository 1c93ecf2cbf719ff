import { type Calibration, relevanceOf } from './calibration.ts';
import type { Reranker } from './reranker.ts';

/**
 * A reranker whose relevance is what somebody fitted for it. Of a cascade the fit is that of the last stage's scores; a candidate that an
 * earlier stage ranked is as likely as its stage says, at most as likely as the ones above it.
 */
export const calibrated = (reranker: Reranker, calibration: Calibration): Reranker => ({
  ...reranker,
  score: async (query, candidates, options) => {
    const given = await reranker.score(query, candidates, options);
    const relevance = relevanceOf(given.scores, calibration);
    const last = (given.stages?.length ?? 1) - 1;
    for (const [i, stage] of given.stage?.entries() ?? []) {
      if (stage === -1) relevance[i] = Number.NaN;
      else if (stage < last) relevance[i] = given.relevance?.[i] ?? 1;
    }
    return { ...given, relevance };
  },
});
