import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stagesOf } from '../../test/support/stages-of.ts';
import type { Candidate, Reranker, ScoreOptions, Scores } from './reranker.ts';
import { scoreInTime } from './score-in-time.ts';

const EACH_MS = 10;
const list = (count: number): Candidate[] => Array.from({ length: count }, (_, i) => ({ id: `d${i}`, text: String(i) }));

/** Scores a text by the number in it, `EACH_MS` a text, and says beside it what `more` gives. */
const numbers = (more: (texts: readonly number[]) => Partial<Scores> = () => ({}), wait = EACH_MS) => {
  const calls: number[] = [];
  const reranker: Reranker = {
    fingerprint: 'numbers@1',
    score: async (_, candidates) => {
      calls.push(candidates.length);
      await new Promise((resolve) => setTimeout(resolve, wait * candidates.length));
      const texts = candidates.map(({ text }) => Number(text));
      return { scores: Float32Array.from(texts), usage: { tokens: texts.length }, ...more(texts) };
    },
  };
  return { reranker, calls };
};

describe('scoreInTime', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());
  const within = async (milliseconds: number, work: Promise<Scores>): Promise<Scores> => {
    await vi.advanceTimersByTimeAsync(milliseconds);
    return work;
  };

  it('gives what one call would give, although it asks in slices', async () => {
    const more = (texts: readonly number[]): Partial<Scores> => ({
      relevance: Float32Array.from(texts, (text) => text / 100),
      truncatedTokens: Uint32Array.from(texts, (text) => text % 3),
      queryTruncatedTokens: Uint32Array.from(texts, (text) => text % 2),
      spans: texts.map((text) => (text % 4 === 0 ? undefined : ([text, text + 1] as const))),
    });
    const [whole, sliced] = [numbers(more), numbers(more)];
    const one = await within(1000, scoreInTime(whole.reranker, 'q', list(30)));
    const other = await within(1000, scoreInTime(sliced.reranker, 'q', list(30), { deadlineMs: 600_000 }));
    expect(whole.calls).toEqual([30]);
    expect(sliced.calls.length).toBeGreaterThan(3);
    const { complete, ...rest } = other;
    expect(rest).toEqual(one);
    expect([complete, ...new Set(stagesOf(other))]).toEqual([true, 0]);
  });

  it.each([true, false])('hands on all that it was told beside the time, to one that keeps deadlines itself: %s', async (keepsDeadline) => {
    const told: ScoreOptions[] = [];
    const reranker: Reranker = {
      fingerprint: 'listener@1',
      keepsDeadline,
      score: async (_, candidates, options = {}) => {
        told.push(options);
        return { scores: new Float32Array(candidates.length) };
      },
    };
    const options: ScoreOptions = {
      effort: 'low',
      instruction: 'by colour',
      spread: { mean: 0.6, deviation: 0.1, documents: 200 } as never,
    };
    await within(1000, scoreInTime(reranker, 'q', list(30), options));
    await within(1000, scoreInTime(reranker, 'q', list(30), { ...options, deadlineMs: 600_000 }));
    expect(told.length).toBeGreaterThan(1);
    for (const one of told) expect(one).toMatchObject(options);
  });

  it('leaves out what slices that give nothing but scores would leave out', async () => {
    const { relevance, truncatedTokens, spans } = await within(
      1000,
      scoreInTime(numbers().reranker, 'q', list(30), { deadlineMs: 600_000 }),
    );
    expect([relevance, truncatedTokens, spans]).toEqual([undefined, undefined, undefined]);
  });

  it('begins no slice that would not be done in time, and keeps the ones that were', async () => {
    const { reranker, calls } = numbers();
    const given = await within(100, scoreInTime(reranker, 'q', list(30), { deadlineMs: 95 }));
    const done = calls.reduce((sum, count) => sum + count, 0);
    expect([given.complete, done]).toEqual([false, 9]);
    expect(stagesOf(given)).toEqual(list(30).map((_, i) => (i < done ? 0 : -1)));
    expect([...given.scores.slice(0, done)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('calls it no lack of probabilities when nothing came in time', async () => {
    const late = await within(
      100,
      scoreInTime({ ...numbers().reranker, load: () => new Promise(() => {}) }, 'q', list(3), { deadlineMs: 50 }),
    );
    expect([late.complete, ...stagesOf(late)]).toEqual([false, -1, -1, -1]);
    expect(late.relevance).toHaveLength(3);
  });

  it('hears an abort between slices, although the reranker does not', async () => {
    const stopper = new AbortController();
    const { reranker, calls } = numbers();
    const work = scoreInTime(reranker, 'q', list(30), { deadlineMs: 10_000, signal: stopper.signal });
    const refused = expect(work).rejects.toMatchObject({ code: 'E_STOPPED' });
    await vi.advanceTimersByTimeAsync(25);
    stopper.abort();
    await vi.advanceTimersByTimeAsync(1000);
    await refused;
    expect(calls.length).toBeLessThan(4);
  });

  it('takes what one that keeps deadlines had told by then', async () => {
    const telling: Reranker = {
      fingerprint: 'telling@1',
      keepsDeadline: true,
      score: async (_, candidates, { onScores } = {}) => {
        onScores?.({ scores: new Float32Array(candidates.length).fill(7) });
        return new Promise(() => {});
      },
    };
    const { scores, complete } = await within(60, scoreInTime(telling, 'q', list(2), { deadlineMs: 50 }));
    expect([complete, ...scores]).toEqual([false, 7, 7]);
  });
});
