import type { Reranker } from '../rerank/reranker.ts';
import { cached } from '../rerank/wrappers/cached.ts';

export interface KeptScores {
  /** The reranker with its scores kept. */
  around(reranker: Reranker): Reranker;
  /** Closes the folder; the rerankers stay open. */
  close(): Promise<void>;
}

/** Scores of any number of rerankers in one folder; without a folder they are kept nowhere. */
export const keptScores = (at: string | undefined): KeptScores => {
  const made: Reranker[] = [];
  return {
    around: (reranker) => {
      if (at === undefined) return reranker;
      const { close: _, ...open } = reranker;
      const one = cached(open, { at });
      made.push(one);
      return one;
    },
    close: async () => {
      await Promise.all(made.map((one) => one.close?.()));
    },
  };
};
