import type { Result } from '../api/types.ts';

/** A document that is worth judging, and where each list has it, from 1. */
export interface Candidate {
  readonly result: Result;
  readonly ranks: readonly (number | undefined)[];
}

/** The first `depth` of each list, each document once: in the order of the first list, then what only the others have. */
export function poolOf(lists: readonly (readonly Result[])[], depth: number): readonly Candidate[] {
  const found = new Map<string, Result>();
  for (const list of lists) for (const result of list.slice(0, depth)) found.set(result.id, found.get(result.id) ?? result);
  const places = lists.map((list) => new Map(list.map(({ id }, at) => [id, at + 1])));
  return [...found.values()].map((result) => ({ result, ranks: places.map((ranks) => ranks.get(result.id)) }));
}

/** An order that tells nothing of who found a document and how high: the same for the same seed, and one that joins moves no other. */
export function blindOrder(candidates: readonly Candidate[], seed: number, query: string): readonly Candidate[] {
  const keyed = candidates.map((candidate) => ({ candidate, key: hashOf(`${seed}\n${query}\n${candidate.result.id}`) }));
  return keyed.sort((a, b) => a.key - b.key || (a.candidate.result.id < b.candidate.result.id ? -1 : 1)).map(({ candidate }) => candidate);
}

/** 32 bits: FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), then the finaliser of MurmurHash3, so that ids that differ in their end lie apart. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
