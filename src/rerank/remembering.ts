import type { Reranker } from './reranker.ts';

/**
 * Scores each document of one query once, however many lists it is in: a candidate's score does not depend on its list. Make one for each
 * query; candidates need ids. Tokens and money are of what was scored anew.
 */
export const remembering = (reranker: Reranker): Reranker => {
  const known = new Map<string, number>();
  return {
    fingerprint: reranker.fingerprint,
    score: async (query, candidates, options) => {
      const fresh = candidates.filter(({ id }) => !known.has(id as string));
      const given = fresh.length === 0 ? { scores: new Float32Array(0) } : await reranker.score(query, fresh, options);
      // A wrong count goes through as it is, to where it is refused.
      if (given.scores.length !== fresh.length) return given;
      for (const [at, { id }] of fresh.entries()) known.set(id as string, given.scores[at] as number);
      const scores = Float32Array.from(candidates, ({ id }) => known.get(id as string) as number);
      return given.usage === undefined ? { scores } : { scores, usage: given.usage };
    },
  };
};
