import { decorate } from '../../wording/decorate.ts';
import { type Calibration, relevanceOf } from '../calibration.ts';
import { checkedScore } from '../checked-calls.ts';
import type { Reranker, Scores } from '../reranker.ts';
import { stageOf } from '../stage-of.ts';
import { changeLeaves, composed, isComposed } from './composed.ts';

/**
 * A reranker whose relevance is what somebody fitted for it. Of a cascade the fit is that of the last stage's scores; a candidate that an
 * earlier stage ranked is as likely as its stage says, at most as likely as the ones above it.
 */
export function calibrated(reranker: Reranker, calibration: Calibration): Reranker {
  const read = (given: Scores): Scores => {
    const relevance = relevanceOf(given.scores, calibration);
    const last = (given.stages?.length ?? 1) - 1;
    for (const i of relevance.keys()) {
      const stage = stageOf(given, i);
      if (stage >= 0 && stage < last) relevance[i] = given.relevance?.[i] ?? 1;
    }
    return { ...given, relevance };
  };
  const score: Reranker['score'] = checkedScore(async (query, candidates, options = {}) => {
    const { onScores } = options;
    const heard = onScores === undefined ? {} : { onScores: (scores: Scores) => onScores(read(scores)) };
    return read(await reranker.score(query, candidates, { ...options, ...heard }));
  });
  const made = decorate(reranker, { calibration, score });
  // With other parts inside it is still read by the same fit.
  return isComposed(reranker) ? composed(made, (change) => calibrated(changeLeaves(reranker, change), calibration)) : made;
}
