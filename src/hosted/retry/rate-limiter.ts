import { setTimeout as sleep } from 'node:timers/promises';

export interface RateLimiterOptions {
  /** Requests at the same time, 1 and up. @default 4 */
  readonly concurrency?: number;
  /** Requests that begin within a minute, 1 and up. @default as many as come */
  readonly requestsPerMinute?: number;
  readonly clock?: () => number;
}

/** Lets in so many at the same time and so many per minute, in the order of their coming. */
export interface RateLimiter {
  /** Waits for its turn and does the work. Rejects with the signal's reason when that is raised before. */
  pass<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result>;
  /** Milliseconds until the next may begin, those who stand in line not counted. */
  wait(): number;
  /** Lets no one in for so many milliseconds: the vendor asked for it. */
  pause(milliseconds: number): void;
}

const MINUTE = 60_000;

export function createRateLimiter({
  concurrency = 4,
  requestsPerMinute,
  clock = () => performance.now(),
}: RateLimiterOptions = {}): RateLimiter {
  let inside = 0;
  let notBefore = Number.NEGATIVE_INFINITY;
  const begun: number[] = [];
  const line: (() => void)[] = [];
  const waitNow = (): number => {
    const now = clock();
    while (begun.length > 0 && (begun[0] as number) <= now - MINUTE) begun.shift();
    const forMinute =
      requestsPerMinute === undefined || begun.length < requestsPerMinute
        ? 0
        : (begun[begun.length - requestsPerMinute] as number) + MINUTE - now;
    return Math.max(0, notBefore - now, forMinute);
  };
  const leave = (): void => {
    inside--;
    line.shift()?.();
  };
  const enter = async (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (inside >= concurrency)
      await new Promise<void>((resolve, reject) => {
        const turn = (): void => {
          signal.removeEventListener('abort', give);
          resolve();
        };
        const give = (): void => {
          const at = line.indexOf(turn);
          if (at >= 0) line.splice(at, 1);
          reject(signal.reason);
        };
        line.push(turn);
        signal.addEventListener('abort', give, { once: true });
      });
    inside++;
    try {
      for (let wait = waitNow(); wait > 0; wait = waitNow()) {
        await sleep(Math.ceil(wait), undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    } catch (error) {
      leave();
      throw error;
    }
    if (requestsPerMinute !== undefined) begun.push(clock());
  };
  return {
    pass: async (work, signal) => {
      await enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
    wait: waitNow,
    pause: (milliseconds) => {
      notBefore = Math.max(notBefore, clock() + milliseconds);
    },
  };
}
