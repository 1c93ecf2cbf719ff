import type { Scores } from './reranker.ts';

/** Which of several stages gave a candidate its score, from 0: the last one that scored it; -1: none, since time was up. */
export function stageOf({ scores, stages }: Scores, candidate: number): number {
  if (Number.isNaN(scores[candidate])) return -1;
  return Math.max(0, stages?.findLastIndex((stage) => !Number.isNaN(stage.scores[candidate])) ?? 0);
}
