import { describe, expect, it } from 'vitest';
import { documents, numbers } from '../../test/support/number-reranker.ts';
import { cascade } from '../rerank/wrappers/cascade.ts';
import { rankCandidates } from './rank.ts';

describe('rankCandidates', () => {
  it('never says that a document is more relevant than the one above it', async () => {
    const both = cascade([numbers('first', { relevance: 0.75 }), numbers('second', { sign: -1, relevance: 0.25 })], { keep: [4, 2] });
    const { order } = await rankCandidates(both, 'q', documents, ['text']);
    expect(order.map(({ id, score, stage, relevance }) => [id, score, stage, relevance])).toEqual([
      ['d2', -7, 1, 0.25],
      ['d0', -9, 1, 0.25],
      ['d1', 5, 0, 0.25],
      ['d3', 1, 0, 0.25],
    ]);
  });

  it('leaves what no reranker came to in time as the first stage had it', async () => {
    const { order, complete } = await rankCandidates(numbers('slow', { wait: 2000 }), 'q', documents, ['text'], { deadlineMs: 20 });
    expect(complete).toBe(false);
    expect(order.map(({ id, relevance, stage }) => [id, relevance, stage])).toEqual(documents.map(({ id, score }) => [id, score, -1]));
  });

  it('tells of each sharper order', async () => {
    const seen: string[][] = [];
    const both = cascade([numbers('first'), numbers('second', { sign: -1 })], { keep: [4, 2] });
    const { order } = await rankCandidates(both, 'q', documents, ['text'], {
      onOrder: ({ order: now }) => seen.push(now.map(({ id }) => id)),
    });
    expect(seen).toEqual([['d0', 'd2', 'd1', 'd3']]);
    expect(order.map(({ id }) => id)).toEqual(['d2', 'd0', 'd1', 'd3']);
  });
});
