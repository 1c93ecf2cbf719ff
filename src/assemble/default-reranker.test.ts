import { describe, expect, it } from 'vitest';
import type { BiEncoder } from '../model/bi-encoder.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { cascade } from '../rerank/wrappers/cascade.ts';
import { defaultCascade } from './default-reranker.ts';

const byId = (fingerprint: string, scoreOf: (id: number) => number): Reranker => ({
  fingerprint,
  score: async (_, candidates) => ({ scores: Float32Array.from(candidates, ({ id }) => scoreOf(Number(id))) }),
});
const candidates = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `${i}`, text: `text ${i}` }));
const reranker = cascade(
  [byId('late', (id) => 0.8 - 0.01 * id), byId('logits', (id) => (id % 2 === 0 ? -9 : 5))],
  defaultCascade({ workers: 2 } as BiEncoder),
);
const softplus = (x: number): number => Math.log1p(Math.exp(x));

describe('the default reranker', () => {
  it('weighs late interaction by how it spreads on the collection', async () => {
    const spread = { mean: 0.7, deviation: 0.02, documents: 500 };
    const { scores, spread: from } = await reranker.score('query', candidates(30), { spread });
    expect(from).toBe('collection');
    expect(scores[3]).toBeCloseTo((1.5 * (0.77 - 0.7)) / 0.02 + 2 * softplus(1.5) + 0.25, 4);
  });

  it('takes the spread of the list where no collection is known, whatever the order, and the usual one where the list is short', async () => {
    const list = await reranker.score('query', candidates(30));
    expect(list.spread).toBe('list');
    const reversed = await reranker.score('query', candidates(30).reverse());
    expect([...reversed.scores].reverse()).toEqual([...list.scores]);
    expect((await reranker.score('query', candidates(3))).spread).toBe('usual');
    const alike = cascade([byId('late', () => 0.5), byId('logits', (id) => id)], defaultCascade({ workers: 2 } as BiEncoder));
    const { scores, spread } = await alike.score('query', candidates(30));
    expect([spread, scores.every(Number.isFinite)]).toEqual(['usual', true]);
  });
});
