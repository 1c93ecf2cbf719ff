import { mergeScores, type ScoredPart } from './merge-scores.ts';
import type { Scores } from './reranker.ts';
import type { Reading } from './stage-effort.ts';

/** A list that a stage reads from its beginning on. */
export interface SlicedList {
  readonly count: number;
  /** Scores of the candidates from one place up to another; `onScores` hears of all of them. */
  ask(from: number, to: number, onScores: (scores: Scores) => void): Promise<Scores>;
  /** Expected of each of the next so many, by the scores so far: [read], NaN where there is none. */
  gain(own: readonly number[], next: number): number;
  /** [count] Hears scores as they sharpen. */
  readonly onScores?: (scores: Scores) => void;
}

/** [count] Reads while it is worth its price, NaN from there on. Whether it goes on depends on scores alone, never on the time that they took. */
export async function readInSlices({ count, ask, gain, onScores }: SlicedList, { first, step, price }: Reading): Promise<Scores> {
  const parts: ScoredPart[] = [];
  for (let from = 0; from < count; ) {
    const to = Math.min(count, from + (from === 0 ? first : step));
    const { scores: own } = mergeScores(parts, count, false);
    if (from > 0 && gain([...own.subarray(0, from)], to - from) < price) break;
    const places = Array.from({ length: to - from }, (_, row) => from + row);
    const given = await ask(from, to, (now) => onScores?.(mergeScores([...parts, { places, given: now }], count, false)));
    if (places.length === count) return given;
    parts.push({ places, given });
    if (given.complete === false) return mergeScores(parts, count, false);
    if (to < count) onScores?.(mergeScores(parts, count, false));
    from = to;
  }
  return mergeScores(parts, count, true);
}
