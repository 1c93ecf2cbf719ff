import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FinetoothError } from '../../errors.ts';
import { rankCandidates } from '../../search/rank.ts';
import { sigmoid } from '../calibration.ts';
import type { Reranker } from '../reranker.ts';
import { cached } from './cached.ts';
import { calibrated } from './calibrated.ts';
import { cascade } from './cascade.ts';
import { chunked } from './chunked.ts';
import { fallback } from './fallback.ts';
import { lazyReranker } from './lazy.ts';
import { remembering } from './remembering.ts';

const DOCUMENTS = 40;
const EACH_MS = 25;
const DEADLINE_MS = 110;
const documents = Array.from({ length: DOCUMENTS }, (_, i) => ({ id: `d${i}`, document: { text: `text ${i}` } }));

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** When each call was made, by the fake clock; a slow scorer hears no signal. */
let calls: number[] = [];
const slow = (more: Partial<Reranker> = {}): Reranker => ({
  fingerprint: 'slow@1',
  score: async (_, candidates) => {
    calls.push(performance.now());
    await sleep(EACH_MS * candidates.length);
    return { scores: Float32Array.from(candidates, (__, i) => i) };
  },
  ...more,
});
const lazy = (inner: Reranker, wait = 0): Reranker =>
  lazyReranker('lazy@1', async () => {
    if (wait > 0) await sleep(wait);
    return inner;
  });
const failing: Reranker = {
  fingerprint: 'failing@1',
  score: async () => {
    throw new FinetoothError('E_VENDOR_DOWN', 'out of order');
  },
};
const whole = async (_: string, texts: readonly string[]) => texts.map((text) => [[0, text.length] as const]);
const deaf = (inner: Reranker): Reranker => ({ ...inner, score: (query, candidates) => slow().score(query, candidates) });

const makers: Readonly<Record<string, () => Reranker>> = {
  'a function': slow,
  'one that is best asked once': () => slow({ pricedPerCall: true }),
  'one whose scores hold for a list': () => slow({ kind: 'listwise' }),
  'one whose model takes long to load': () => slow({ load: () => sleep(10_000) }),
  'one that says it keeps deadlines and does not': () => slow({ keepsDeadline: true }),
  'a lazy one': () => lazy(slow()),
  'a lazy one that takes long to open': () => lazy(slow(), 10_000),
  'a lazy one whose model takes long to load': () => lazy(slow({ load: () => sleep(10_000) })),
  'a lazy one in a lazy one': () => lazy(lazy(slow())),
  'a lazy cascade': () => lazy(cascade([slow(), slow()])),
  'a fallback': () => fallback([slow()]),
  'a fallback of lazy ones': () => fallback([lazy(slow()), lazy(slow())]),
  'a fallback whose first one fails': () => fallback([failing, lazy(slow())]),
  'a fallback whose first one takes long to open': () => fallback([lazy(slow(), 10_000), slow()]),
  'a cached one': () => cached(slow()),
  'a cached lazy one': () => cached(lazy(slow())),
  'a cached fallback of lazy ones': () => cached(fallback([failing, lazy(slow())])),
  'a lazy cached one': () => lazy(cached(slow())),
  'a calibrated lazy one': () => calibrated(lazy(slow()), sigmoid),
  'a remembering lazy one': () => remembering(lazy(slow())),
  'one that reads in parts': () => chunked(slow(), whole),
  'a lazy one that reads in parts': () => lazy(chunked(slow(), whole)),
  'a cascade': () => cascade([slow(), slow()]),
  'a cascade of lazy ones': () => cascade([lazy(slow()), lazy(slow())]),
  'a cascade of a fallback': () => cascade([fallback([lazy(slow())]), slow()]),
  'a cascade of cascades': () => cascade([cascade([slow(), slow()]), slow()]),
  'a lazy one, decorated': () => ({ ...lazy(slow()), fingerprint: 'mine@1', score: (...asked) => lazy(slow()).score(...asked) }),
  'a lazy one, decorated, that drops its options': () => deaf(lazy(slow())),
  'a cascade, decorated, that drops its options': () => deaf(cascade([slow(), slow()])),
  'a cached one, decorated, that drops its options': () => deaf(cached(slow())),
};

describe('a deadline', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    calls = [];
  });
  afterEach(() => void vi.useRealTimers());

  it.each(Object.entries(makers))('holds for %s', async (_, make) => {
    const started = performance.now();
    let given: Awaited<ReturnType<typeof rankCandidates>> | undefined;
    const work = rankCandidates(make(), 'q', documents, ['text'], { deadlineMs: DEADLINE_MS }).then((ranked) => {
      given = ranked;
    });
    await vi.advanceTimersByTimeAsync(DEADLINE_MS + 10);
    expect(given?.complete, 'the answer is there').toBe(false);
    expect(given?.order).toHaveLength(DOCUMENTS);
    // Whatever was begun before may go on; nothing else begins, even when all the time in the world passes.
    await vi.advanceTimersByTimeAsync(60_000);
    await work;
    expect(calls.filter((at) => at > started + DEADLINE_MS)).toEqual([]);
  });

  it.each(Object.entries(makers))('that is far away changes nothing for %s', async (_, make) => {
    const work = rankCandidates(make(), 'q', documents, ['text'], { deadlineMs: 600_000 });
    await vi.advanceTimersByTimeAsync(120_000);
    const { complete, order } = await work;
    expect(complete).toBe(true);
    expect(order.every(({ stage }) => stage >= 0)).toBe(true);
  });

  it.each([
    'a lazy one',
    'a fallback of lazy ones',
    'a cached lazy one',
    'a lazy one in a lazy one',
    'a cascade of a fallback',
  ])('leaves %s what it had scored by then', async (name) => {
    const work = rankCandidates((makers[name] as () => Reranker)(), 'q', documents, ['text'], { deadlineMs: DEADLINE_MS });
    await vi.advanceTimersByTimeAsync(DEADLINE_MS + 10);
    const { order } = await work;
    const scored = order.filter(({ stage }) => stage >= 0).length;
    expect(scored).toBeGreaterThan(0);
    expect(scored).toBeLessThan(DOCUMENTS);
  });
});
