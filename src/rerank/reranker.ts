import type { CallOptions, Usage } from '../types.ts';

/** What a reranker may read of a candidate. */
export interface Candidate {
  readonly text: string;
  readonly id?: string;
}

/** `scores` [count], finite, higher is better; beside it only what the caller cannot know. */
export interface Scores {
  readonly scores: Float32Array;
  /** [count] Tokens left out of each candidate because the model's window was full; absent when none were. */
  readonly cut?: Uint32Array;
  /** What the call used; absent when nobody counted. */
  readonly usage?: Usage;
}

/** A second stage: query and candidates to scores. A candidate's score does not depend on the other candidates. */
export interface Reranker {
  /** Model, weights and form of the score. */
  readonly fingerprint: string;
  /** One finite score per candidate, in input order. Sorting and cutting are the caller's. */
  score(query: string, candidates: readonly Candidate[], options?: CallOptions): Promise<Scores>;
  /** Frees what the reranker holds; later calls are refused. */
  close?(): Promise<void>;
}
