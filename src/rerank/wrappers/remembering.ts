import { memoryScores } from '../../cache/scores.ts';
import type { Reranker } from '../reranker.ts';
import { withStore } from './cached.ts';

/**
 * Scores each text of one query once, however many lists it is in, with token vectors or without: lists may hold other passages of a document. Make one for each query; candidates
 * need ids. Tokens and money are of what this call scored. Of a cascade every stage remembers.
 */
export function remembering(reranker: Reranker): Reranker {
  let stages = 0;
  return withStore(reranker, memoryScores(Number.POSITIVE_INFINITY), () => {
    const stage = stages++;
    return (_, { id, text, title }, { list, instruction } = {}) => JSON.stringify([stage, list, instruction, id, text, title?.text]);
  });
}
