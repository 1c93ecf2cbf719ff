import type { Reranker } from './reranker.ts';

interface Known {
  readonly score: number;
  readonly relevance: number | undefined;
  readonly cut: number;
}

/**
 * Scores each document of one query once, however many lists it is in: a candidate's score does not depend on its list. Make one for each
 * query; candidates need ids. Tokens and money are of what was scored anew. Of a cascade every stage remembers.
 */
export const remembering = (reranker: Reranker): Reranker => {
  if (reranker.mapStages !== undefined) return reranker.mapStages(remembering);
  const known = new Map<string, Known>();
  return {
    fingerprint: reranker.fingerprint,
    score: async (query, candidates, options) => {
      const fresh = candidates.filter(({ id }) => !known.has(id as string));
      const given = fresh.length === 0 ? { scores: new Float32Array(0) } : await reranker.score(query, fresh, options);
      // A wrong count goes through as it is, to where it is refused.
      if (given.scores.length !== fresh.length) return given;
      for (const [at, { id }] of fresh.entries())
        known.set(id as string, { score: given.scores[at] as number, relevance: given.relevance?.[at], cut: given.cut?.[at] ?? 0 });
      const all = candidates.map(({ id }) => known.get(id as string) as Known);
      return {
        scores: Float32Array.from(all, ({ score }) => score),
        ...(all.some(({ relevance }) => relevance === undefined)
          ? {}
          : { relevance: Float32Array.from(all, ({ relevance }) => relevance as number) }),
        ...(all.some(({ cut }) => cut > 0) ? { cut: Uint32Array.from(all, ({ cut }) => cut) } : {}),
        ...(given.usage === undefined ? {} : { usage: given.usage }),
      };
    },
  };
};
