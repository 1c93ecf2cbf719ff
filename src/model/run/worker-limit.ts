/** Requests of each phase, for each worker: enough that one slow one decides nothing. */
const REQUESTS = 4;
/** Fewer workers must be so many times as fast: a chance difference must not leave processors idle. */
const CLEARLY = 1.15;
/** With fewer workers, there is nothing between one and all that could be better. */
const LEAST_WORKERS = 4;
/** Requests that must wait for each worker: only then is the time that of the work, and no one waits for a measurement. */
const WAITING = 2;

/** How many workers of a pool work at the same time. */
export interface WorkerLimit {
  now(): number;
  /** After a request was answered. `work`: how much it was, in any unit; `waiting`: requests that have not begun. */
  answered(work: number, waiting: number): void;
}

/**
 * Threads by measurement, not by the number of processors: where two processors share a core, half as many workers can be faster. All of
 * them work at first; during the first long job half of them are tried, for as many requests, and the faster way stays.
 */
export function createWorkerLimit(size: number, clock: () => number = () => performance.now()): WorkerLimit {
  const half = Math.ceil(size / 2);
  const rates: number[] = [];
  let limit = size;
  let [requests, work, since]: [number, number, number | undefined] = [0, 0, undefined];
  let settled = size < LEAST_WORKERS;
  return {
    now: () => limit,
    answered: (amount, waiting) => {
      if (settled) return;
      if (waiting < WAITING * size) {
        // The job is too short, or at its end: what was counted of this phase says nothing.
        [requests, work, since] = [0, 0, undefined];
        return;
      }
      if (since === undefined) {
        // The first answer of a phase was begun in the one before.
        since = clock();
        return;
      }
      work += amount;
      if (++requests < REQUESTS * size) return;
      rates.push(work / Math.max(1e-9, clock() - since));
      [requests, work, since] = [0, 0, undefined];
      const [all, fewer] = rates;
      if (fewer === undefined) limit = half;
      else {
        settled = true;
        limit = fewer > (all as number) * CLEARLY ? half : size;
      }
    },
  };
}
