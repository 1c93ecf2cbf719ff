import { setTimeout as sleep } from 'node:timers/promises';
import { FinetoothError, throwIfStopped } from '../../errors.ts';
import { eitherSignal } from '../../time/either-signal.ts';
import { duration } from '../../wording/numbers.ts';
import { type CircuitBreakerOptions, createCircuitBreaker } from './circuit-breaker.ts';
import { type Asked, failureOf } from './failure.ts';
import { createRateLimiter } from './rate-limiter.ts';

export interface RequestsOptions {
  /** How often a request that failed is sent again, 0 to 9. @default 2 */
  readonly retries?: number;
  /** Requests at the same time, 1 and up. @default 4 */
  readonly concurrency?: number;
  /** Requests that begin within a minute. @default as many as come */
  readonly requestsPerMinute?: number;
  readonly circuitBreaker?: CircuitBreakerOptions;
  /** 0 to 1, for the jitter. @default Math.random */
  readonly random?: () => number;
}

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** On the clock of `performance.now`: everything must be over by then, waiting and retries included. */
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
/** Milliseconds that one answer can hold all others back for: a date that is wrong must not do it for a day. */
const LONGEST_REST = 900_000;

/** Retries with full jitter, one rate limiter, one circuit breaker. Nothing outlives its deadline. */
export function createRequests(asked: Asked, options: RequestsOptions = {}): Requests {
  const { retries = 2, random = Math.random } = options;
  const breaker = createCircuitBreaker(options.circuitBreaker);
  const limiter = createRateLimiter({ concurrency: options.concurrency, requestsPerMinute: options.requestsPerMinute });
  let lastWords = '';
  const checkBreaker = (): void => {
    const rests = breaker.closedIn();
    if (rests > 0)
      throw new FinetoothError(
        'E_VENDOR_DOWN',
        `${asked.name} failed several times in a row: its circuit breaker stays open for another ${duration(rests)}. The last failure: ${lastWords}`,
      );
  };
  return {
    send: async (work, { signal, until, pay }) => {
      const began = performance.now();
      const left = (): number => until - performance.now();
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(new Error('time is up')), Math.max(0, left()));
      const both = eitherSignal(signal, late.signal);
      const over = (): FinetoothError =>
        new FinetoothError(
          'E_DEADLINE',
          `${asked.name} did not answer within ${duration(performance.now() - began)}${lastWords === '' ? '' : `. Before that: ${lastWords}`}`,
        );
      const wait = async (milliseconds: number, why: FinetoothError, asksMs = 0): Promise<void> => {
        if (milliseconds >= left()) {
          const asks =
            asksMs > LONGEST_REST
              ? `It asks to wait ${duration(asksMs)}; no more than ${duration(LONGEST_REST)} of that are observed. `
              : '';
          const retry = `The next retry would be in ${duration(milliseconds)}, after the deadline.`;
          throw new FinetoothError(why.code, `${ended(why.message)} ${asks}${retry}`, { cause: why });
        }
        await sleep(milliseconds, undefined, { signal: both }).catch(() => {});
      };
      try {
        for (let tried = 1; ; tried++) {
          throwIfStopped(signal);
          checkBreaker();
          const held = limiter.wait();
          if (held > 0 && held >= left())
            throw new FinetoothError(
              'E_VENDOR_BUSY',
              `the rate limit of ${asked.name} allows the next request in ${duration(held)}, after the deadline.`,
            );
          let settle: ReturnType<RequestOptions['pay']> | undefined;
          let isSent = false;
          try {
            const result = await limiter.pass(async () => {
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
            const rest = Math.min(LONGEST_REST, failure.afterMs ?? 0);
            if (failure.again && rest > 0) limiter.pause(rest);
            if (!failure.again || tried > retries) throw failure.error;
            const pause = random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (tried - 1));
            await wait(Math.max(rest, pause), failure.error, failure.afterMs);
            if (late.signal.aborted) throw over();
          }
        }
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** A vendor's words with the full stop that they may lack. */
const ended = (sentence: string): string => (/[.!?…]["']?$/.test(sentence) ? sentence : `${sentence}.`);

/** What the work gives, or the signal's reason as soon as it is raised, also where the work does not listen. */
async function raced<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
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
}
