import { stageOf } from '../../src/rerank/stage-of.ts';
import type { Scores } from '../../src/rerankers.ts';

/** [count] Which stage gave each candidate its score, from 0; -1: none. */
export const stagesOf = (given: Scores): number[] => Array.from(given.scores, (_, i) => stageOf(given, i));
