/** Decides when a pool of workers gets more of them. */
export interface PoolGrowth {
  /** The first worker has its model: milliseconds that it took to load. */
  loaded(milliseconds: number): void;
  /** After every change of the queue: requests that no worker has taken. */
  waiting(requests: number): void;
  /** No worker is added any more. */
  stop(): void;
}

/**
 * A single question needs one worker, and a second one would take the processor that the first loads its model on. So more are started only once
 * requests have waited without a break for as long as loading takes: whoever is wrong about it, by starting too late or in vain, loses no more than that.
 *
 * @param grow starts workers, as many as requests wait, at most
 */
export function createPoolGrowth(grow: (requests: number) => void): PoolGrowth {
  let loadMs: number | undefined;
  let now = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const look = (): void => {
    if (now === 0 || stopped) {
      clearTimeout(timer);
      timer = undefined;
    } else if (loadMs !== undefined)
      timer ??= setTimeout(() => {
        timer = undefined;
        grow(now);
        look();
      }, loadMs).unref();
  };
  return {
    loaded: (milliseconds) => {
      loadMs = milliseconds;
      look();
    },
    waiting: (requests) => {
      now = requests;
      look();
    },
    stop: () => {
      stopped = true;
      look();
    },
  };
}
