import type { Reranker } from '../../src/index.ts';

/** Texts that are numbers, in the order of a first stage. */
export const documents = ['9', '5', '7', '1'].map((text, i) => ({ id: `d${i}`, document: { text }, score: 0.9 - i / 10 }));

/** Scores a text by the number in it; `relevance` as told. */
export const numbers = (
  name: string,
  { sign = 1, relevance, wait = 0 }: { sign?: number; relevance?: number; wait?: number } = {},
): Reranker => ({
  fingerprint: name,
  score: async (_, candidates) => {
    await new Promise((resolve) => setTimeout(resolve, wait));
    return {
      scores: Float32Array.from(candidates, ({ text }) => sign * Number(text)),
      relevance: relevance === undefined ? undefined : new Float32Array(candidates.length).fill(relevance),
    };
  },
});
