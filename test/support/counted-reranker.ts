import type { Reranker } from '../../src/index.ts';
import type { Candidate } from '../../src/rerankers.ts';

export interface CountedReranker extends Reranker {
  /** What each call was asked for. */
  readonly calls: { readonly query: string; readonly texts: readonly string[]; readonly exact: boolean | undefined }[];
  readonly closed: () => boolean;
}

/** Scores by the words of the query that a text has, and remembers what it was asked. */
export function countedReranker(change: Partial<Reranker> = {}, fingerprint = 'shared-words@1'): CountedReranker {
  const calls: CountedReranker['calls'] = [];
  let isClosed = false;
  const score = (query: string, { text }: Candidate): number =>
    query
      .toLowerCase()
      .split(/\W+/)
      .filter((word) => text.toLowerCase().includes(word)).length;
  return {
    fingerprint,
    score: async (query, candidates, options) => {
      calls.push({ query, texts: candidates.map(({ text }) => text), exact: options?.exact });
      return { scores: Float32Array.from(candidates, (one) => score(query, one)) };
    },
    close: async () => {
      isClosed = true;
    },
    ...change,
    calls,
    closed: () => isClosed,
  };
}
