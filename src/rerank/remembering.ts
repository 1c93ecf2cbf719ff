import { memoryScores } from '../cache/scores.ts';
import { withStore } from './cached.ts';
import type { Reranker } from './reranker.ts';

/**
 * Scores each document of one query once, however many lists it is in, with token vectors or without. Make one for each query; candidates
 * need ids. Tokens and money are of what was scored anew. Of a cascade every stage remembers.
 */
export const remembering = (reranker: Reranker): Reranker =>
  reranker.mapStages === undefined
    ? withStore(
        reranker,
        memoryScores(Number.POSITIVE_INFINITY),
        () =>
          (_, { id }, list) =>
            list === undefined ? (id as string) : `${list} ${id}`,
      )
    : reranker.mapStages(remembering);
