import { describe, expect, it } from 'vitest';
import { documents, numbers } from '../../test/support/number-reranker.ts';
import { rerank } from '../assemble/rerank.ts';
import { firstStageOrder } from '../rerank/parts/first-stage-order.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { cascade } from '../rerank/wrappers/cascade.ts';
import { lazyReranker } from '../rerank/wrappers/lazy.ts';

describe('rerank', () => {
  it('says what ranked each document where not all have the same', async () => {
    const both = cascade([numbers('first'), numbers('second')], { keep: [4, 1] });
    const { results, complete, read } = await rerank('q', documents, { model: both, fields: ['text'], stages: true });
    expect(complete).toBe(true);
    expect(read).toEqual([4, 1]);
    expect(results.map(({ id, rankedBy, stages }) => [id, rankedBy, stages])).toEqual([
      ['d0', 'second', [9, 9]],
      ['d2', 'first', [7, null]],
      ['d1', 'first', [5, null]],
      ['d3', 'first', [1, null]],
    ]);
    const alone = await rerank('q', documents, { model: numbers('one'), fields: ['text'], stages: true });
    expect(alone.results[0]).toEqual({ id: 'd0', document: documents[0], index: 0, relevanceScore: 9, rank: 1, stages: [9] });
    expect(alone.read).toBeUndefined();
  });

  it('tells the reranker the effort of the call, with a deadline too, and to read all where each field is explained', async () => {
    const heard: unknown[] = [];
    const one: Reranker = {
      ...numbers('one'),
      score: async (query, candidates, options) => {
        heard.push(options?.effort);
        return numbers('one').score(query, candidates, options);
      },
    };
    await rerank('q', documents, { model: one, fields: ['text'], effort: 'low' });
    await rerank('q', documents, { model: one, fields: ['text'], effort: 3, deadlineMs: 600_000 });
    await rerank('q', documents, { model: { ...one, keepsDeadline: true }, fields: ['text'], effort: 'high', deadlineMs: 600_000 });
    await rerank('q', documents, { model: one, fields: ['text'] });
    expect(new Set(heard)).toEqual(new Set(['low', 3, 'high', undefined]));
    heard.length = 0;
    await rerank('q', documents, { model: one, fields: ['text'], effort: 'low', explain: true, top: 1 });
    expect(heard).toEqual(['low', 'exhaustive']);
    await expect(rerank('q', documents, { model: one, effort: 'most' as 'low' })).rejects.toThrow('got "most"');
  });

  it('keeps what is likely enough, and refuses to where scores are no probabilities', async () => {
    const sure: Reranker = {
      ...numbers('sure'),
      score: async (_, candidates) => ({
        scores: Float32Array.from(candidates, ({ text }) => Number(text)),
        relevance: Float32Array.from(candidates, ({ text }) => Number(text) / 10),
      }),
    };
    const { results } = await rerank('q', documents, { model: sure, fields: ['text'], minScore: 0.6 });
    expect(results.map(({ id }) => id)).toEqual(['d0', 'd2']);
    expect((await rerank('q', documents, { model: sure, fields: ['text'], minScore: 0 })).results).toHaveLength(4);
    await expect(rerank('q', documents, { model: numbers('raw'), fields: ['text'], minScore: 0.6 })).rejects.toThrow(
      'the scores of "raw" are no probabilities',
    );
    await expect(rerank('q', documents, { model: sure, fields: ['text'], minScore: 2 })).rejects.toThrow('from 0 to 1; got 2');
  });

  it('keeps nothing as likely enough where no score came in time, which is no lack of probabilities', async () => {
    const slow: Reranker = { ...numbers('slow', { relevance: 0.5 }), load: () => new Promise(() => {}) };
    for (const one of [slow, cascade([slow]), lazyReranker('lazy', () => new Promise(() => {}))]) {
      const { results, complete } = await rerank('q', documents, { model: one, fields: ['text'], deadlineMs: 10, minScore: 0.1 });
      expect([complete, results]).toEqual([false, []]);
    }
  });

  it('leaves what a cascade does not rank as it was, at the end', async () => {
    const two = cascade([numbers('first'), numbers('second', { sign: -1 })], { keep: [3, 2] });
    for (const deadlineMs of [undefined, 600_000]) {
      const { results, complete } = await rerank('q', documents, { model: two, fields: ['text'], deadlineMs });
      expect(complete).toBe(true);
      expect(results.map(({ id }) => id)).toEqual(['d2', 'd0', 'd1', 'd3']);
    }
  });

  it('says null of a stage that gave no score', async () => {
    const { results } = await rerank('q', documents, { model: firstStageOrder(), fields: ['text'], stages: true });
    expect(results.map(({ stages }) => stages)).toEqual([[null], [null], [null], [null]]);
  });

  it('refuses what is wrong in an explanation too', async () => {
    const halting: Reranker = {
      fingerprint: 'halting',
      score: async (_, list) => ({ scores: new Float32Array(list[0]?.id === 'text' ? 0 : list.length) }),
    };
    const told = rerank('q', documents, { model: halting, fields: ['text'], explain: true });
    await expect(told).rejects.toMatchObject({ code: 'E_CONTRACT' });
  });

  it('flags an answer that the deadline cut off', async () => {
    const both = cascade([numbers('first'), numbers('slow', { wait: 4000 })], { keep: [4, 2] });
    const { results, complete } = await rerank('q', documents, { model: both, fields: ['text'], deadlineMs: 1000 });
    expect([complete, ...results.map(({ id, rankedBy }) => `${id} ${rankedBy}`)]).toEqual([
      false,
      'd0 first',
      'd2 first',
      'd1 first',
      'd3 first',
    ]);
  });
});
