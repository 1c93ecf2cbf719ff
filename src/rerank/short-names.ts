import { decorate } from '../wording/decorate.ts';
import type { Reranker } from './reranker.ts';

/** The reranker under the name by which it was asked for, which answers tell beside its fingerprint. Nothing is kept or fitted by it. */
export function named(name: string, reranker: Reranker): Reranker {
  return decorate(reranker, { names: new Map([...(reranker.names ?? []), [reranker.fingerprint, name]]) });
}

/** The names of all of them, and of their parts. */
export const namesOfAll = (rerankers: readonly Reranker[]): ReadonlyMap<string, string> =>
  new Map(rerankers.flatMap(({ names = [] }) => [...names]));

/**
 * Says of a fingerprint, or of several that are joined by " > ", by which names they were asked for: `default > cohere:rerank-v3.5`. What has no name, as
 * a reranker of the caller's own, is called by its fingerprint.
 */
export function shortNames(rerankers: readonly Reranker[]): (fingerprint: string) => string {
  const names = namesOfAll(rerankers);
  // A cascade holds the fingerprints of its stages: the longest that fits is the one that is meant.
  const longestFirst = [...names.keys()].sort((a, b) => b.length - a.length).map((one) => one.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  if (longestFirst.length === 0) return (fingerprint) => fingerprint;
  const known = new RegExp(longestFirst.join('|'), 'g');
  return (fingerprint) => fingerprint.replace(known, (one) => names.get(one) as string);
}
