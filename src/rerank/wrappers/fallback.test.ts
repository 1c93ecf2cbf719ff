import { describe, expect, it } from 'vitest';
import { rerank } from '../../assemble/rerank.ts';
import { FinetoothError } from '../../errors.ts';
import { firstStageOrder } from '../parts/first-stage-order.ts';
import type { Reranker } from '../reranker.ts';
import { cached } from './cached.ts';
import { cascade } from './cascade.ts';
import { fallback } from './fallback.ts';
import { lazyReranker } from './lazy.ts';

const list = Array.from({ length: 6 }, (_, i) => ({ id: `d${i}`, text: 'x'.repeat(i + 1) }));
const documents = list.map(({ id, text }) => ({ id, document: { text } }));

const lengths = (fingerprint = 'lengths@1'): Reranker & { asked: number } => {
  const one = {
    fingerprint,
    asked: 0,
    score: async (_: string, candidates: readonly { readonly text: string }[]) => {
      one.asked++;
      return { scores: Float32Array.from(candidates, ({ text }) => text.length), usage: { tokens: 1 } };
    },
  };
  return one;
};
const failing = (code: 'E_VENDOR_DOWN' | 'E_KEY' | 'E_USAGE' | 'E_STOPPED' = 'E_VENDOR_DOWN', fingerprint = 'broken@1'): Reranker => ({
  fingerprint,
  score: async () => {
    throw new FinetoothError(code, `${fingerprint} is out of order`);
  },
});
const ranking = { fields: ['text'] };

describe('a fallback', () => {
  it('lets the first one rank, and names it', async () => {
    const answer = await rerank('q', documents, { model: fallback([lengths('first@1'), lengths('second@1')]), ...ranking });
    expect(answer.rankedBy).toBe('first@1');
    expect(answer.passedOver).toBeUndefined();
    expect(answer.results[0]?.id).toBe('d5');
  });

  it('lets the next one rank the whole list, and says why', async () => {
    const chain = fallback([failing('E_KEY', 'a@1'), failing('E_VENDOR_DOWN', 'b@1'), lengths()]);
    expect(chain.fingerprint).toBe('fallback(a@1 | b@1 | lengths@1)');
    const answer = await rerank('q', documents, { model: chain, ...ranking });
    expect(answer).toMatchObject({
      rankedBy: 'lengths@1',
      complete: true,
      passedOver: [
        { reranker: 'a@1', code: 'E_KEY', why: 'a@1 is out of order' },
        { reranker: 'b@1', code: 'E_VENDOR_DOWN', why: 'b@1 is out of order' },
      ],
    });
  });

  it('fails with every reason when nobody can', async () => {
    const error = await rerank('q', documents, { model: fallback([failing('E_KEY', 'a@1'), failing()]), ...ranking }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      code: 'E_VENDOR_DOWN',
      message: 'none of 2 rerankers could rank. a@1 is out of order Then: broken@1 is out of order',
    });
    expect(() => fallback([])).toThrow('at least one');
  });

  it('that is strict throws what the first one throws', async () => {
    const next = lengths();
    await expect(rerank('q', documents, { model: fallback([failing(), next], { strict: true }), ...ranking })).rejects.toMatchObject({
      code: 'E_VENDOR_DOWN',
    });
    expect(next.asked).toBe(0);
  });

  it("does not hide a caller's mistake or a caller's stop", async () => {
    for (const code of ['E_USAGE', 'E_STOPPED'] as const)
      await expect(rerank('q', documents, { model: fallback([failing(code), lengths()]), ...ranking })).rejects.toMatchObject({ code });
  });

  it('keeps the order of the first stage where that was chosen, and flags it', async () => {
    const answer = await rerank('q', documents, { model: fallback([failing(), firstStageOrder()]), ...ranking });
    expect(answer).toMatchObject({ rankedBy: 'first-stage', complete: false, calibrated: false });
    expect(answer.results.map(({ id }) => id)).toEqual(list.map(({ id }) => id));
    expect(answer.results.every(({ rankedBy }) => rankedBy === null)).toBe(true);
    await expect(
      rerank('q', documents, { model: fallback([failing(), firstStageOrder()]), ...ranking, minScore: 0.5 }),
    ).rejects.toMatchObject({
      code: 'E_USAGE',
    });
  });

  it('is asked in one call, whatever the deadline, so that two never rank one list', async () => {
    let calls = 0;
    const moody: Reranker = {
      fingerprint: 'moody@1',
      pricedPerCall: true,
      score: async (_, candidates) => {
        calls++;
        if (calls % 2 === 0) throw new FinetoothError('E_VENDOR_DOWN', 'every other time');
        return { scores: new Float32Array(candidates.length) };
      },
    };
    for (let round = 0; round < 4; round++) {
      const answer = await rerank('q', documents, { model: fallback([moody, lengths()]), ...ranking, deadlineMs: 5000 });
      expect(answer.rankedBy).toBe(round % 2 === 0 ? 'moody@1' : 'lengths@1');
    }
    expect(calls).toBe(4);
  });

  it('inside a cascade gives its stage its name, and leaves the stage before standing when nobody ranked', async () => {
    const two = cascade([lengths('first@1'), fallback([failing(), lengths('second@1')])], { keep: [6, 3] });
    const answer = await rerank('q', documents, { model: two, ...ranking });
    expect(answer.rankedBy).toBe('first@1 > second@1');
    expect(answer.passedOver).toHaveLength(1);
    const open = cascade([lengths('first@1'), fallback([failing(), firstStageOrder()])], { keep: [6, 3] });
    const partial = await rerank('q', documents, { model: open, ...ranking });
    expect(partial.complete).toBe(false);
    expect(partial.results.map(({ id }) => id)).toEqual(['d5', 'd4', 'd3', 'd2', 'd1', 'd0']);
    expect(partial.results.every(({ rankedBy }) => rankedBy === 'first@1')).toBe(true);
  });

  it('keeps scores apart by who gave them', async () => {
    const [good, next] = [lengths('good@1'), lengths('next@1')];
    let isDown = true;
    const sometimes: Reranker = { ...good, score: (...given) => (isDown ? failing().score(...given) : good.score(...given)) };
    const kept = cached(fallback([sometimes, next]));
    expect((await rerank('q', documents, { model: kept, ...ranking })).rankedBy).toBe('next@1');
    expect((await rerank('q', documents, { model: kept, ...ranking })).rankedBy).toBe('next@1');
    expect(next.asked).toBe(1);
    isDown = false;
    expect((await rerank('q', documents, { model: kept, ...ranking })).rankedBy).toBe('good@1');
    isDown = true;
    expect((await rerank('q', documents, { model: kept, ...ranking })).rankedBy).toBe('good@1');
    expect([good.asked, next.asked]).toEqual([1, 1]);
  });
});

it('scores that hold for one list are kept for that list alone', async () => {
  let asked = 0;
  const places: Reranker = {
    fingerprint: 'places@1',
    kind: 'listwise',
    score: async (_, candidates) => {
      asked++;
      return { scores: Float32Array.from(candidates, (_one, i) => candidates.length - i) };
    },
  };
  const kept = cached(places);
  expect([...(await kept.score('q', list)).scores]).toEqual([6, 5, 4, 3, 2, 1]);
  expect([...(await kept.score('q', list)).scores]).toEqual([6, 5, 4, 3, 2, 1]);
  expect(asked).toBe(1);
  expect([...(await kept.score('q', list.slice(2))).scores]).toEqual([4, 3, 2, 1]);
  expect(asked).toBe(2);
});

it('a lazy reranker is opened when it is needed, and again when it could not be', async () => {
  let opened = 0;
  const lazy = lazyReranker('lazy@1', async () => {
    if (++opened === 1) throw new FinetoothError('E_MODEL_MISSING', 'not yet');
    return cascade([lengths('a@1'), lengths('b@1')]);
  });
  expect(opened).toBe(0);
  await expect(lazy.score('q', list)).rejects.toThrow('not yet');
  const answer = await rerank('q', documents, { model: lazy, ...ranking, deadlineMs: 5000 });
  expect([opened, answer.results[0]?.id, answer.complete]).toEqual([2, 'd5', true]);
  const kept = cached(lazy);
  expect((await kept.score('q', list)).stages).toHaveLength(2);
  await lazy.load?.();
  await lazy.close?.();
  await expect(lazy.score('q', list)).rejects.toMatchObject({ code: 'E_STOPPED' });
  const unopened = lazyReranker('lazy@1', async () => Promise.reject(new Error('opened by close')));
  await unopened.close?.();
});
