import type { Reranker } from '../reranker.ts';

/** Within which the scores of all of several rerankers stay; undefined where none of them depends on a list. */
export function leastTolerance(rerankers: readonly Pick<Reranker, 'tolerance'>[]): number | undefined {
  const stated = rerankers.flatMap(({ tolerance }) => tolerance ?? []);
  return stated.length === 0 ? undefined : Math.max(...stated);
}
