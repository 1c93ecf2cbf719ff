import type { Reranker } from '../reranker.ts';

/**
 * The reranker with every one that it is made of changed, or changed itself where it is made of none. One that somebody decorated
 * (`{ ...cascade, score }`) is whole: its own `score` is asked, and never what it was made of.
 */
export const rebuild = (reranker: Reranker, change: (part: Reranker) => Reranker): Reranker =>
  reranker.composition?.score === reranker.score ? reranker.composition.map((part) => rebuild(part, change)) : change(reranker);
