import { dot, meanMaxSim } from '../math/vectors.ts';
import type { BiEncoder } from '../model/bi-encoder.ts';
import type { Reranker } from './reranker.ts';

/**
 * Late interaction on the weights of a bi-encoder: no second model.
 *
 * score = (cosine + MaxSim) / 2, in [-1, 1]. The cosine is that of the first stage (query with the model's prefix); MaxSim is the
 * mean over the query's tokens, without prefix and special tokens, of the best cosine with a token of the candidate.
 * Both have the same spread on passages (standard deviation .06 on TREC DL 2019 and 2021), so the plain mean weighs them alike
 * and, unlike standardising within the list, gives a candidate the same score whatever else is in it.
 */
export const lateInteraction = (encoder: BiEncoder): Reranker => ({
  fingerprint: `late-interaction-1(${encoder.fingerprint})`,
  score: async (query, candidates, options = {}) => {
    const size = encoder.files.entry.dimensions;
    const texts = candidates.map((candidate) => candidate.text);
    const [asked, words, read] = await Promise.all([
      encoder.encode([query], { ...options, prefix: 'query' }),
      encoder.encode([query], { ...options, prefix: 'none', withTokens: true }),
      encoder.encode(texts, { ...options, prefix: 'document', withTokens: true }),
    ]);
    const queryTokens = { rows: words.tokenVectors, from: 0, to: words.tokenOffsets[1] as number };
    const scores = Float32Array.from(texts, (_, i) => {
      const cosine = dot(asked.vectors, 0, read.vectors, i * size, size);
      const tokens = { rows: read.tokenVectors, from: read.tokenOffsets[i] as number, to: read.tokenOffsets[i + 1] as number };
      return (cosine + meanMaxSim(queryTokens, tokens, size)) / 2;
    });
    let tokens = 0;
    for (const part of [asked, words, read]) for (const count of part.tokens) tokens += count;
    return { scores, usage: { tokens }, ...(read.cut.some((count) => count > 0) ? { cut: read.cut } : {}) };
  },
  close: () => encoder.close(),
});
