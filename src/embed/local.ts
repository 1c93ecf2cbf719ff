import type { BiEncoder } from '../model/bi-encoder.ts';
import type { Embedder } from './embedder.ts';

/** An embedder over a local bi-encoder: its prefixes for queries and documents, its pooling, vectors of length 1. */
export const localEmbedder = (encoder: BiEncoder): Embedder => ({
  fingerprint: encoder.fingerprint,
  dimensions: encoder.files.entry.dimensions,
  embed: async (texts, role, options = {}) => {
    const { vectors, tokens, cut } = await encoder.encode(texts, { ...options, prefix: role });
    const result = { data: vectors, dimensions: encoder.files.entry.dimensions, count: texts.length, tokens };
    return cut.some((count) => count > 0) ? { ...result, cut } : result;
  },
  warm: () => encoder.ready,
  close: () => encoder.close(),
});
