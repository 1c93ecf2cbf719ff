import { describe, expect, it } from 'vitest';
import { meanAndDeviation } from '../math/mean.ts';
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
    const { scores, spread: from } = await reranker.score('query', candidates(60), { spread });
    expect(from).toBe('collection');
    expect(scores[3]).toBeCloseTo((1.5 * (0.77 - 0.7)) / 0.02 + 2 * softplus(1.5) + 0.25, 4);
  });

  it('counts the cross-encoder for more and late interaction for less on a collection wider than usual, to a limit', async () => {
    const scoreFor = async (deviation: number): Promise<number | undefined> =>
      (await reranker.score('query', candidates(60), { spread: { mean: 0.7, deviation, documents: 500 } })).scores[3];
    const late = (deviation: number): number => (1.5 * (0.77 - 0.7)) / deviation;
    const logit = 2 * softplus(1.5) + 0.25;
    expect(await scoreFor(0.045)).toBeCloseTo(late(0.045) + logit, 4);
    expect(await scoreFor(0.06)).toBeCloseTo(0.75 ** 2 * late(0.06) + logit / 0.75, 4);
    expect(await scoreFor(0.15)).toBeCloseTo(0.6 ** 2 * late(0.15) + logit / 0.6, 4);
  });

  it('takes the spread of the list where no collection is known, whatever the order, and the usual one where the list is short', async () => {
    const list = await reranker.score('query', candidates(60));
    expect(list.spread).toBe('list');
    // However wide it is: that says nothing of a collection.
    const { mean, deviation } = meanAndDeviation(Float32Array.from({ length: 60 }, (_, id) => 0.8 - 0.01 * id));
    expect(list.scores[3]).toBeCloseTo((1.5 * (0.77 - mean)) / (1.5 * deviation) + 2 * softplus(1.5) + 0.25, 4);
    const reversed = await reranker.score('query', candidates(60).reverse());
    expect([...reversed.scores].reverse()).toEqual([...list.scores]);
    expect((await reranker.score('query', candidates(3))).spread).toBe('usual');
    const alike = cascade([byId('late', () => 0.5), byId('logits', (id) => id)], defaultCascade({ workers: 2 } as BiEncoder));
    const { scores, spread } = await alike.score('query', candidates(60));
    expect([spread, scores.every(Number.isFinite)]).toEqual(['usual', true]);
  });
});
