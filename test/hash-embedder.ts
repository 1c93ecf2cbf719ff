import type { Embedder } from '../src/index.ts';

/** Numbers in a vector. */
export const SIZE = 16;

/** Deterministic vectors without a model, so that a run is many commits in a second. */
export const hashEmbedder = (pauseMs = 0): Embedder => ({
  fingerprint: 'hash@1',
  dimensions: SIZE,
  embed: async (texts) => {
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const data = new Float32Array(texts.length * SIZE);
    texts.forEach((text, row) => {
      for (let i = 0; i < SIZE; i++)
        data[row * SIZE + i] = Math.sin((text.length + 1) * (i + 1)) + (text.charCodeAt(i % Math.max(1, text.length)) || 1) / 500;
      const length = Math.hypot(...data.subarray(row * SIZE, (row + 1) * SIZE));
      for (let i = 0; i < SIZE; i++) data[row * SIZE + i] = (data[row * SIZE + i] as number) / length;
    });
    return { data, dimensions: SIZE, count: texts.length };
  },
});
