import { doneWithin, OWN_STOP_MS } from '../../time/time-limit.ts';
import type { Candidate, Reranker, ScoreOptions, Scores } from '../reranker.ts';
import { cascade } from './cascade.ts';

/** What time did not suffice for. */
export const unscored = (count: number): Scores => ({
  scores: new Float32Array(count),
  stage: new Int8Array(count).fill(-1),
  complete: false,
  usage: {},
});

/**
 * Scores within `deadlineMs`, whatever reranker it is: one that does not keep deadlines itself is asked slice by slice, as the only stage of a
 * cascade; one that says it does is told, and what it has given by then is the answer.
 */
export const scoreInTime = async (
  reranker: Reranker,
  query: string,
  candidates: readonly Candidate[],
  options: ScoreOptions = {},
): Promise<Scores> => {
  const { signal, deadlineMs, onScores } = options;
  if (deadlineMs === undefined && onScores === undefined) return reranker.score(query, candidates, options);
  if (reranker.keepsDeadline !== true) return cascade([reranker]).score(query, candidates, options);
  if (deadlineMs === undefined) return reranker.score(query, candidates, options);
  const late = new AbortController();
  let best: Scores | undefined;
  let isOver = false;
  const work = reranker.score(query, candidates, {
    signal: signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]),
    deadlineMs,
    onScores: (scores) => {
      if (isOver) return;
      best = scores;
      onScores?.(scores);
    },
  });
  const isDone = await doneWithin(work, deadlineMs + OWN_STOP_MS);
  if (isDone) return work;
  isOver = true;
  late.abort();
  return best === undefined ? unscored(candidates.length) : { ...best, complete: false };
};
