import { setTimeout as sleep } from 'node:timers/promises';
import { FinetoothError, throwIfStopped } from '../../errors.ts';
import { duration } from '../../text/numbers.ts';
import { type BreakerOptions, createBreaker } from './breaker.ts';
import { type Asked, failureOf } from './failure.ts';
import { createTurnstile } from './turnstile.ts';

export interface RequestsOptions {
  /** Tries of one request, the first included, 1 to 10. @default 3 */
  readonly tries?: number;
  /** Requests at the same time, 1 and up. @default 4 */
  readonly together?: number;
  /** Requests that begin within a minute. @default as many as come */
  readonly perMinute?: number;
  readonly breaker?: BreakerOptions;
  /** 0 to 1, for the jitter. @default Math.random */
  readonly random?: () => number;
}

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** On the clock of `performance.now`: everything must be over by then, waiting and trying again included. */
  readonly until: number;
  /** Before each try; throws where there is no money for it. What it returns hears how the try ended: with what result, or whether it may be billed. */
  readonly pay: () => (outcome: 'free' | 'perhaps') => void;
}

/** All requests to one model of one vendor. */
export interface Requests {
  /**
   * Sends until it succeeds, may not succeed, or time is up. `tooLarge`: a smaller request may succeed. Throws E_STOPPED, E_DEADLINE, E_BUDGET and
   * the E_VENDOR errors.
   */
  send<Result>(
    work: (signal: AbortSignal) => Promise<Result>,
    options: RequestOptions,
  ): Promise<{ readonly result: Result } | { readonly tooLarge: FinetoothError }>;
}

/** Milliseconds before the second try; it doubles with each. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 8_000;
/** What one answer can hold all others back for: a date that is wrong must not do it for a day. */
const LONGEST_REST = 900_000;

/** What the work gives, or the signal's reason as soon as it is raised, also where the work does not listen. */
const raced = async <Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> => {
  let give = (): void => {};
  const raised = new Promise<never>((_, reject) => {
    give = () => reject(signal.reason);
    if (signal.aborted) give();
    signal.addEventListener('abort', give, { once: true });
  });
  try {
    return await Promise.race([work, raised]);
  } finally {
    signal.removeEventListener('abort', give);
    work.catch(() => {});
    raised.catch(() => {});
  }
};

/** Retries with full jitter, one line, one breaker. Nothing outlives its deadline. */
export const createRequests = (asked: Asked, options: RequestsOptions = {}): Requests => {
  const { tries = 3, random = Math.random } = options;
  const breaker = createBreaker(options.breaker);
  const turnstile = createTurnstile({
    together: options.together,
    perMinute: options.perMinute,
  });
  let lastWords = '';
  const checkBreaker = (): void => {
    const rests = breaker.closedIn();
    if (rests > 0)
      throw new FinetoothError(
        'E_VENDOR_DOWN',
        `${asked.name} failed several times in a row and is left alone for another ${duration(rests)}. The last time: ${lastWords}`,
      );
  };
  return {
    send: async (work, { signal, until, pay }) => {
      const began = performance.now();
      const left = (): number => until - performance.now();
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(new Error('time is up')), Math.max(0, left()));
      const both = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
      const over = (): FinetoothError =>
        new FinetoothError(
          'E_DEADLINE',
          `${asked.name} did not answer within ${duration(performance.now() - began)}${lastWords === '' ? '' : `. Before that: ${lastWords}`}`,
        );
      const wait = async (milliseconds: number, why: FinetoothError): Promise<void> => {
        if (milliseconds >= left())
          throw new FinetoothError(
            why.code,
            `${why.message} It should be asked again in ${duration(milliseconds)}, and there is less time than that.`,
            { cause: why },
          );
        await sleep(milliseconds, undefined, { signal: both }).catch(() => {});
      };
      try {
        for (let tried = 1; ; tried++) {
          throwIfStopped(signal);
          checkBreaker();
          const line = turnstile.wait();
          if (line > 0 && line >= left())
            throw new FinetoothError(
              'E_VENDOR_BUSY',
              `${asked.name} may be asked again in ${duration(line)}, and there is less time than that.`,
            );
          let settle: ReturnType<RequestOptions['pay']> | undefined;
          let isSent = false;
          try {
            const result = await turnstile.pass(async () => {
              checkBreaker();
              settle = pay();
              breaker.begin();
              isSent = true;
              return raced(work(both), both);
            }, both);
            breaker.succeeded();
            return { result };
          } catch (thrown) {
            if (signal?.aborted || late.signal.aborted) {
              settle?.(isSent ? 'perhaps' : 'free');
              throwIfStopped(signal);
              if (isSent) breaker.failed();
              throw over();
            }
            const failure = failureOf(thrown, asked);
            settle?.(failure.perhapsBilled ? 'perhaps' : 'free');
            if (!isSent) throw failure.error;
            lastWords = failure.error.message;
            if (failure.down) breaker.failed();
            else breaker.succeeded();
            if (failure.tooLarge) return { tooLarge: failure.error };
            if (failure.afterMs !== undefined && failure.again) turnstile.pause(Math.min(LONGEST_REST, failure.afterMs));
            if (!failure.again || tried >= tries) throw failure.error;
            await wait(Math.max(failure.afterMs ?? 0, random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (tried - 1))), failure.error);
            if (late.signal.aborted) throw over();
          }
        }
      } finally {
        clearTimeout(timer);
      }
    },
  };
};
