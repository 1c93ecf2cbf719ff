import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stagesOf } from '../../../test/support/stages-of.ts';
import { memoryScores } from '../../cache/scores.ts';
import type { Effort } from '../effort.ts';
import type { Candidate, Reranker, Scores } from '../reranker.ts';
import { cachedIn } from './cached.ts';
import { type CascadeOptions, cascade } from './cascade.ts';
import { changeLeaves } from './composed.ts';

/** Scores a text by the number in it, times `sign`, after `wait` milliseconds a candidate. */
const numbers = (name: string, { sign = 1, wait = 0 }: { sign?: number; wait?: number } = {}) => {
  const calls: string[][] = [];
  const reranker: Reranker = {
    fingerprint: name,
    score: async (_, candidates, { signal } = {}) => {
      calls.push(candidates.map(({ id }) => id as string));
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait * candidates.length));
      signal?.throwIfAborted();
      return { scores: Float32Array.from(candidates, ({ text }) => sign * Number(text)), usage: { tokens: candidates.length } };
    },
  };
  return { reranker, calls };
};

const candidates = (count: number): Candidate[] =>
  Array.from({ length: count }, (_, i) => ({ id: `d${String(i).padStart(2, '0')}`, text: String(i) }));

const orderOf = (given: Scores): number[] => {
  const [stages, { scores }] = [stagesOf(given) as number[], given];
  return [...scores.keys()].sort(
    (a, b) => (stages[b] as number) - (stages[a] as number) || (scores[b] as number) - (scores[a] as number) || b - a,
  );
};

describe('a cascade', () => {
  it('lets each stage rank the best of the one before, which stay above the rest', async () => {
    const [first, second] = [numbers('first'), numbers('second', { sign: -1 })];
    const given = await cascade([first.reranker, second.reranker], { keep: [10, 3] }).score('q', candidates(12));
    expect(first.calls).toEqual([candidates(10).map(({ id }) => id)]);
    expect(second.calls).toEqual([['d09', 'd08', 'd07']]);
    expect(orderOf(given).slice(0, 5)).toEqual([7, 8, 9, 6, 5]);
    expect(stagesOf(given)).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 1, 1, -1, -1]);
    expect(given.stages?.map(({ name, scores }) => [name, scores[9], scores[0]])).toEqual([
      ['first', 9, 0],
      ['second', -9, Number.NaN],
    ]);
    expect(given.complete).toBe(true);
    expect(given.usage).toEqual({ tokens: 13 });
  });

  it('combines a score with the one before it, and says how likely each is', async () => {
    const promotion = {
      name: 'max(own, 0) + before',
      over: () => ({ combine: (own: number, before: number) => Math.max(own, 0) + before }),
    };
    const sure = { slope: 1, intercept: 0 };
    const one = cascade([numbers('first').reranker, numbers('second', { sign: -1 }).reranker], {
      keep: [100, 3],
      combine: [undefined, promotion],
      calibrations: [{ slope: 0.1, intercept: -1 }, sure],
    });
    expect(one.fingerprint).toBe('cascade(first of 100 > second max(own, 0) + before of 3)');
    const { scores, relevance } = await one.score('q', candidates(5));
    expect([...scores]).toEqual([0, 1, 2, 3, 4]);
    expect(relevance?.[4]).toBeCloseTo(1 / (1 + Math.exp(-4)), 6);
    expect(relevance?.[0]).toBeCloseTo(1 / (1 + Math.exp(1)), 6);
  });

  it('breaks ties by id, whatever order the candidates come in', async () => {
    const same = candidates(6).map(({ id }) => ({ id: id as string, text: '1' }));
    for (const list of [same, same.toReversed()]) {
      const second = numbers('second');
      await cascade([numbers('first').reranker, second.reranker], { keep: [6, 2] }).score('q', list);
      expect(second.calls[0]?.toSorted()).toEqual(['d04', 'd05']);
    }
  });

  it('does not wait longer for a model that is not loaded yet', async () => {
    let loaded = (): void => {};
    const loading = new Promise<void>((resolve) => {
      loaded = resolve;
    });
    const second: Reranker = { ...numbers('second').reranker, load: () => loading };
    const one = cascade([numbers('first').reranker, second]);
    const early = await one.score('q', candidates(4), { deadlineMs: 30 });
    expect([early.complete, ...stagesOf(early)]).toEqual([false, 0, 0, 0, 0]);
    loaded();
    const later = await one.score('q', candidates(4), { deadlineMs: 1000 });
    expect([later.complete, ...stagesOf(later)]).toEqual([true, 1, 1, 1, 1]);
  });

  it('ranks nothing where there is no time at all', async () => {
    const given = await cascade([numbers('first').reranker]).score('q', candidates(3), { deadlineMs: 0 });
    expect(stagesOf(given)).toEqual([-1, -1, -1]);
    expect(given.complete).toBe(false);
  });

  it('tells of every sharper order', async () => {
    const seen: number[] = [];
    const one = cascade([numbers('first').reranker, numbers('second', { wait: 3 }).reranker], { keep: [100, 20] });
    const given = await one.score('q', candidates(30), {
      deadlineMs: 10_000,
      onScores: (scores) => {
        expect(scores.complete).toBe(false);
        seen.push(stagesOf(scores).filter((one) => one === 1).length);
      },
    });
    expect(given.complete).toBe(true);
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  it('stops when it is told to', async () => {
    const stopper = new AbortController();
    const one = cascade([numbers('first', { wait: 5 }).reranker]);
    const work = one.score('q', candidates(4), { signal: stopper.signal });
    stopper.abort();
    await expect(work).rejects.toMatchObject({ code: 'E_STOPPED', cause: stopper.signal.reason });
  });

  it('lets its stages be changed, and closes them', async () => {
    const closed: string[] = [];
    const stage = (name: string): Reranker => ({ ...numbers(name).reranker, close: async () => void closed.push(name) });
    const changed = changeLeaves(cascade([stage('a'), stage('b')], { keep: [5, 2] }), (one) => stage(`new ${one.fingerprint}`));
    expect(changed.fingerprint).toBe('cascade(new a of 5 > new b of 2)');
    await changed.close?.();
    expect(closed.toSorted()).toEqual(['new a', 'new b']);
  });

  it('refuses what is not a cascade, and a stage that breaks its promise', async () => {
    expect(() => cascade([])).toThrow('at least one stage');
    expect(() => cascade([numbers('a').reranker], { keep: [0] })).toThrow('from 1 on; got 0');
    expect(() => cascade([numbers('a').reranker], { keep: [3, 3] })).toThrow('1 whole number from 1 on; got 3, 3');
    const broken: Reranker = { fingerprint: 'broken', score: async () => ({ scores: new Float32Array(1) }) };
    await expect(cascade([broken]).score('q', candidates(2))).rejects.toMatchObject({ code: 'E_CONTRACT' });
    const odd: Reranker = { fingerprint: 'odd', score: async () => ({ scores: Float32Array.of(Number.NaN) }) };
    await expect(cascade([odd]).score('q', candidates(1))).rejects.toThrow('not finite');
  });
});

describe('a cascade by effort', () => {
  const readings = {
    low: { first: 2, step: 1, most: 4, price: 0.2 },
    normal: { first: 4, step: 2, most: 12, price: 0.01 },
    high: { first: 6, step: 4, most: 20, price: 0.001 },
    exhaustive: { first: Number.POSITIVE_INFINITY, step: 1, most: Number.POSITIVE_INFINITY, price: 0 },
  };
  const known = { slope: 0, weight: 100, deviation: 0.5, relevance: (own: number) => (own > 0 ? 1 : 0) };
  const sum = { name: 'sum', over: () => ({ combine: (own: number, before: number) => own + before }) };
  /** `own`: what the second stage gives the candidate with this number. */
  const made = (
    own: (number: number) => number = () => -9,
    { effort, ...changes }: Partial<Reranker> & Pick<CascadeOptions, 'effort'> = {},
  ) => {
    const calls: string[][] = [];
    const second: Reranker = {
      fingerprint: 'second',
      score: async (_, list) => {
        calls.push(list.map(({ id }) => id as string));
        return { scores: Float32Array.from(list, ({ text }) => own(Number(text))), usage: { tokens: list.length } };
      },
      ...changes,
    };
    const options = { efforts: [undefined, { readings, known }], combine: [undefined, sum], effort };
    return { reranker: cascade([numbers('first').reranker, second], options), calls };
  };
  const ids = (from: number, count: number): string[] =>
    candidates(from + 1)
      .toReversed()
      .slice(0, count)
      .map(({ id }) => id as string);
  /** Each is better than the one before it, which the first stage has above it. */
  const rising = (number: number): number => 3 * (40 - number);

  it('stops where nothing more is expected to change the first ten, and says that it is complete', async () => {
    const { reranker, calls } = made();
    const given = await reranker.score('q', candidates(40));
    expect(calls).toEqual([ids(39, 4)]);
    expect(given.complete).toBe(true);
    expect(given.stages?.[1]?.scores.filter((score) => !Number.isNaN(score))).toHaveLength(4);
    expect(given.usage).toEqual({ tokens: 44 });
    // What was not read stays below what was, in the order of the stage before.
    expect(orderOf(given)).toEqual(
      candidates(40)
        .map((_, i) => i)
        .toReversed(),
    );
  });

  it('goes on while there is something to gain, up to the most, in slices of one step', async () => {
    const { reranker, calls } = made(rising);
    await reranker.score('q', candidates(40));
    expect(calls.map(({ length }) => length)).toEqual([4, 2, 2, 2, 2]);
    expect(calls.flat()).toEqual(ids(39, 12));
  });

  it('reads less at low, more at high, all at exhaustive, and so many as a number says, asked at once', async () => {
    const read = async (effort: Effort, own?: typeof rising): Promise<number[]> => {
      const { reranker, calls } = made(own);
      await reranker.score('q', candidates(40), { effort });
      return calls.map(({ length }) => length);
    };
    expect(await read('low')).toEqual([2]);
    expect(await read('high', rising)).toEqual([6, 4, 4, 4, 2]);
    expect(await read('exhaustive')).toEqual([40]);
    expect(await read(7)).toEqual([7]);
    expect(await read(100)).toEqual([40]);
    expect(await read(1)).toEqual([1]);
  });

  it('takes the effort of the call before its own, and its own where the call says nothing', async () => {
    const { reranker, calls } = made(undefined, { effort: 3 });
    await reranker.score('q', candidates(40));
    await reranker.score('q', candidates(40), { effort: 5 });
    expect(calls.map(({ length }) => length)).toEqual([3, 5]);
    expect(() => made(undefined, { effort: 0 })).toThrow(
      'effort must be one of low, normal, high, exhaustive, or a whole number from 1 to 10000; got 0',
    );
    expect(() => made(undefined, { effort: 'hihg' as Effort })).toThrow('got "hihg"');
  });

  it('gives the same answer when the scores come from a cache, where nothing is read', async () => {
    for (const own of [undefined, rising, (number: number) => (number > 33 && number < 37 ? 6 : -9)]) {
      const { reranker, calls } = made(own);
      const kept = cachedIn(memoryScores(1000), reranker);
      const [fresh, again] = [await kept.score('q', candidates(40)), await kept.score('q', candidates(40))];
      expect(again.scores).toEqual(fresh.scores);
      const withoutTimes = ({ stages = [] }: Scores) => stages.map(({ name, scores }) => ({ name, scores }));
      expect(withoutTimes(again)).toEqual(withoutTimes(fresh));
      expect(new Set(calls.flat()).size).toBe(calls.flat().length);
    }
  });

  it('asks a stage once that is asked once for a list, or has its price for each call', async () => {
    for (const second of [{ kind: 'listwise' }, { pricedPerCall: true }] as const) {
      const { reranker, calls } = made(undefined, second);
      await reranker.score('q', candidates(40));
      expect(calls.map(({ length }) => length)).toEqual([12]);
    }
  });

  it('tells of each slice, each time with a whole order', async () => {
    const { reranker } = made(rising);
    const heard: Scores[] = [];
    const given = await reranker.score('q', candidates(40), { onScores: (scores) => heard.push(scores) });
    const readIn = ({ stages }: Scores): number => stages?.[1]?.scores.filter((score) => !Number.isNaN(score)).length ?? 0;
    expect(heard.map(readIn)).toEqual([0, 4, 6, 8, 10]);
    expect(heard.every(({ complete, scores }) => complete === false && scores.every((score) => !Number.isNaN(score)))).toBe(true);
    expect(readIn(given)).toBe(12);
  });

  it('has one fingerprint whatever the effort, since its scores are the same', () => {
    const names = [made(), made(undefined, { effort: 'low' })].map(({ reranker }) => reranker.fingerprint);
    expect(names).toEqual(Array(2).fill('cascade(first of all > second sum of at most 12)'));
  });
});

describe('a cascade with a deadline', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());
  /** What the work gives when so much time has passed: it never ends where it takes longer. */
  const atTime = async (milliseconds: number, work: Promise<Scores>): Promise<Scores> => {
    await vi.advanceTimersByTimeAsync(milliseconds);
    return work;
  };

  it('gives the best so far when time is up, the likeliest winners first', async () => {
    const [first, second] = [numbers('first'), numbers('second', { wait: 5 })];
    const one = cascade([first.reranker, second.reranker], { keep: [100, 40] });
    await atTime(1000, one.score('q', candidates(50), { deadlineMs: 1000 }));
    second.calls.length = 0;
    const given = await atTime(60, one.score('q', candidates(50), { deadlineMs: 60 }));
    expect(given.complete).toBe(false);
    const read = second.calls.flat();
    expect(read).toEqual(
      candidates(50)
        .toReversed()
        .slice(0, read.length)
        .map(({ id }) => id),
    );
    // 12 of 5 ms are exactly the time there is, and one that ends with it may be late.
    expect(read.length).toBeGreaterThanOrEqual(10);
    expect(read.length).toBeLessThanOrEqual(12);
    expect(stagesOf(given).filter((stage) => stage === 1)).toHaveLength(read.length);
  });

  it('answers in time although a slice takes longer than it ever did, and lets that one go', async () => {
    let wait = 1;
    let stopped = 0;
    const second: Reranker = {
      fingerprint: 'second',
      score: async (_, list, { signal } = {}) => {
        signal?.addEventListener('abort', () => stopped++);
        await new Promise((resolve) => setTimeout(resolve, wait * list.length));
        return { scores: new Float32Array(list.length) };
      },
    };
    const one = cascade([numbers('first').reranker, second], { keep: [100, 10] });
    await atTime(1000, one.score('q', candidates(10), { deadlineMs: 1000 }));
    expect(stopped).toBe(0);
    wait = 5000;
    const given = await atTime(50, one.score('q', candidates(10), { deadlineMs: 50 }));
    expect([given.complete, stopped]).toEqual([false, 1]);
    expect(stagesOf(given).every((stage) => stage === 0)).toBe(true);
  });
});
