import type { Reranker } from '../reranker.ts';

type Change = (part: Reranker) => Reranker;

/** How a reranker that is made of rerankers is made with other ones, by the function that scores: whoever decorates it has another. */
const made = new WeakMap<Reranker['score'], (change: Change) => Reranker>();

/** Remembers how this reranker is made from its parts, so that `cached` reaches the parts of one that a caller put together. */
export function composed(reranker: Reranker, map: (change: Change) => Reranker): Reranker {
  made.set(reranker.score, map);
  return reranker;
}

/** Whether the reranker is made of others, and no one decorated its `score`. */
export function isComposed({ score }: Reranker): boolean {
  return made.has(score);
}

/**
 * The reranker with every one that it is made of changed, or changed itself where it is made of none. One that somebody decorated
 * (`{ ...cascade, score }`) is whole: its own `score` is asked, and never what it was made of.
 */
export function changeLeaves(reranker: Reranker, change: Change): Reranker {
  return made.get(reranker.score)?.((part) => changeLeaves(part, change)) ?? change(reranker);
}
