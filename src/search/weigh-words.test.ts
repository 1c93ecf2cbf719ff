import { describe, expect, it } from 'vitest';
import { documents, numbers } from '../../test/support/number-reranker.ts';
import { FinetoothError } from '../errors.ts';
import { fallback } from '../rerank/wrappers/fallback.ts';
import { rankCandidates } from './rank.ts';

const weighed = documents.map((one, at) => ({ ...one, bm25: [0, 1, 2, 40][at] }));

describe('weighWords', () => {
  it('tells each sharper order with the words, and adds nothing of weight 0', async () => {
    const plain = await rankCandidates(numbers('one'), 'q', weighed, ['text']);
    expect(plain.order.map(({ id }) => id)).toEqual(['d0', 'd2', 'd1', 'd3']);
    const { order } = await rankCandidates(numbers('one'), 'q', weighed, ['text'], { wordsWeight: 1 });
    const scoreIn = (all: typeof order, id: string) => all.find((one) => one.id === id)?.score as number;
    expect(order[0]?.id).toBe('d3');
    for (const { id, bm25 = 0 } of weighed) expect(scoreIn(order, id)).toBe(scoreIn(plain.order, id) + bm25);
  });

  it('leaves the order of a fallback, whose scores are on another scale, and says so', async () => {
    const failing = { ...numbers('failing'), score: () => Promise.reject(new FinetoothError('E_VENDOR_DOWN', 'away')) };
    const chain = fallback([failing, numbers('backup')]);
    const { order, notes } = await rankCandidates(chain, 'q', weighed, ['text'], { wordsWeight: 1 });
    expect(order.map(({ id }) => id)).toEqual(['d0', 'd2', 'd1', 'd3']);
    expect(notes).toEqual([expect.stringContaining('the fallback ranked without them')]);
  });
});
