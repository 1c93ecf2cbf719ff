import { type ReadonlySignal, signal } from '@preact/signals';
import { ApiError, isAbort, isOffline } from '../api/errors.ts';
import { askEvents } from '../api/streams.ts';
import type { Answer, Result } from '../api/types.ts';
import { type Asked, bodyOf } from './request.ts';

/** What is known of the ranking that was asked for last. */
export interface Ranking {
  readonly asked: Asked;
  /** In the order of the first stage. */
  readonly first: readonly Result[];
  /** The best order so far. */
  readonly results: readonly Result[];
  /** Milliseconds from the question to the first stage's results, as the page saw them. */
  readonly firstMs: number;
  /** The same, to the last order. */
  readonly totalMs?: number;
  /** Absent while the order gets sharper. */
  readonly answer?: Answer;
}

export interface RunState {
  /** `asking`: nothing of this question is there yet; `ranking`: the first stage is. */
  readonly status: 'idle' | 'asking' | 'ranking' | 'done' | 'refused' | 'offline' | 'failed';
  /** Of the question before, until the first stage of this one is there. */
  readonly ranking?: Ranking;
  readonly failure?: ApiError;
  /** When it is asked again, as `performance.now()` counts. */
  readonly retryAt?: number;
  /** When it was asked. */
  readonly since: number;
}

export interface Run {
  readonly state: ReadonlySignal<RunState>;
  /** Asks, and cancels what was asked before; nothing is asked without a query. */
  ask(asked: Asked): void;
  /** Asks the same again, at once. */
  again(): void;
}

/** Milliseconds without a key after which a question counts as typed; the first key after a pause asks at once. */
const PAUSE_MS = 60;
/** Milliseconds between two tries to reach a server that is gone: twice as long each time, up to the last. */
const [RETRY_MS, LONGEST_RETRY_MS] = [500, 8000];

/** One pipeline's ranking, as it comes. */
export function createRun(): Run {
  const state = signal<RunState>({ status: 'idle', since: 0 });
  let running: AbortController | undefined;
  let lastAsked: Asked | undefined;
  let lastAt = Number.NEGATIVE_INFINITY;
  const start = (asked: Asked, wait: number): void => {
    running?.abort();
    running = new AbortController();
    lastAsked = asked;
    follow(asked, wait, running.signal, (change) => {
      state.value = { ...state.peek(), ...change };
    });
  };
  return {
    state,
    ask: (asked) => {
      if (asked.query.trim() === '') {
        running?.abort();
        lastAsked = undefined;
        state.value = { status: 'idle', since: 0 };
        return;
      }
      const now = performance.now();
      start(asked, now - lastAt < 4 * PAUSE_MS ? PAUSE_MS : 0);
      lastAt = now;
    },
    again: () => {
      if (lastAsked !== undefined) start(lastAsked, 0);
    },
  };
}

type Change = (change: Partial<RunState>) => void;

/** Asks until there is an answer, a refusal for good, or another question. */
async function follow(asked: Asked, wait: number, signal: AbortSignal, change: Change): Promise<void> {
  let tries = 0;
  try {
    await pause(wait, signal);
    const since = performance.now();
    for (;;) {
      change({ status: 'asking', failure: undefined, retryAt: undefined, since });
      // What it waited before, for a server that was busy or gone, is no part of the time that an answer takes.
      const failure = await rank(asked, performance.now(), signal, change);
      if (failure === undefined) return;
      const retryMs = retryAfter(failure, tries++);
      if (retryMs === undefined) return change({ status: 'failed', failure });
      change({ status: isOffline(failure) ? 'offline' : 'refused', failure, retryAt: performance.now() + retryMs });
      await pause(retryMs, signal, isOffline(failure));
    }
  } catch (error) {
    if (!isAbort(error)) throw error;
  }
}

/** One try; what went wrong, if something did. */
async function rank(asked: Asked, since: number, signal: AbortSignal, change: Change): Promise<ApiError | undefined> {
  let ranking: Ranking | undefined;
  try {
    const json = { ...bodyOf(asked), stream: true, snippets: true, stages: true };
    for await (const { name, data } of askEvents('v1/search', { json, signal })) {
      const took = performance.now() - since;
      if (name === 'results') {
        const { results } = data as { readonly results: readonly Result[] };
        ranking = ranking === undefined ? { asked, first: results, results, firstMs: took } : { ...ranking, results };
        change({ status: 'ranking', ranking });
      }
      if (name === 'answer') {
        const answer = data as Answer;
        const first = ranking?.first ?? [];
        ranking = { asked, first, results: answer.results, firstMs: ranking?.firstMs ?? took, totalMs: took, answer };
        change({ status: 'done', ranking });
      }
    }
    return ranking?.answer === undefined ? new ApiError('OFFLINE', 'The answer ended before its end.', 0) : undefined;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

/** Milliseconds after which asking again may help; undefined: it does not. */
export function retryAfter(failure: ApiError, tries: number): number | undefined {
  if (isOffline(failure)) return Math.min(RETRY_MS * 2 ** tries, LONGEST_RETRY_MS);
  if (failure.status !== 429 && failure.status !== 503) return undefined;
  return failure.retryAfter === undefined ? undefined : Math.max(failure.retryAfter * 1000, RETRY_MS);
}

/** Waits so many milliseconds, or until the browser says that it is online again. */
export function pause(ms: number, signal: AbortSignal, untilOnline = false): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      removeEventListener('online', end);
      signal.removeEventListener('abort', end);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (untilOnline) addEventListener('online', end);
    if (signal.aborted) end();
  });
}
