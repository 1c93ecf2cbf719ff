import type { Scores } from '../../src/index.ts';
import { stageOf } from '../../src/rerank/stage-of.ts';

/** [count] Which stage gave each candidate its score, from 0; -1: none. */
export const stagesOf = (given: Scores): number[] => Array.from(given.scores, (_, i) => stageOf(given, i));
