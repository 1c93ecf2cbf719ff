import type { Reranker } from '../reranker.ts';

/** What all of several rerankers note of every answer, each sentence once. */
export function notesOf(rerankers: readonly Pick<Reranker, 'notes'>[]): readonly string[] | undefined {
  const all = new Set(rerankers.flatMap(({ notes = [] }) => notes));
  return all.size === 0 ? undefined : [...all];
}
