/** Holds parts of your own to their contracts, with the runner of Node; vitest and jest take the same cases: `it(name, run)`. */
import { describe, it } from 'node:test';
import type { Embedder, Reranker } from 'finetooth';
import { embedderContract, rerankerContract } from 'finetooth/contracts';

const byLength: Reranker = {
  fingerprint: 'by-length@1',
  score: async (_, candidates) => ({ scores: Float32Array.from(candidates, ({ text }) => text.length) }),
};

const angles: Embedder = {
  fingerprint: 'angles@1',
  dimensions: 2,
  embed: async (texts) => ({
    data: Float32Array.from(texts.flatMap(({ length }) => [Math.cos(length), Math.sin(length)])),
    dimensions: 2,
    count: texts.length,
  }),
};

describe('a reranker of mine', () => {
  for (const { name, run } of rerankerContract(() => byLength)) it(name, run);
});
describe('an embedder of mine', () => {
  for (const { name, run } of embedderContract(() => angles)) it(name, run);
});
