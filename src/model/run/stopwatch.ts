import { AsyncLocalStorage } from 'node:async_hooks';
import { callback, checkArguments } from '../../wording/check-options.ts';

/** Where the time of the model runs of one piece of work went: sums over its runs, milliseconds. */
export interface Stopwatch {
  runs: number;
  /** Waiting for a worker. */
  queued: number;
  /** Texts to tokens. */
  tokenised: number;
  /** In a worker, tokenising apart. */
  inferred: number;
}

const watching = new AsyncLocalStorage<Stopwatch>();

/**
 * Does the work and measures every model run that it starts, however deep inside.
 *
 * @example
 * import { rerank } from 'finetooth';
 * import { measureRuns } from 'finetooth/embedders';
 *
 * const [{ results }, { runs, inferred }] = await measureRuns(() => rerank('bats', ['Bats hunt by echo.']));
 * console.log(results.length, runs > 0, inferred > 0); // 1 true true
 */
export async function measureRuns<Result>(work: () => Promise<Result>): Promise<readonly [Result, Stopwatch]> {
  checkArguments('measureRuns(() => search(index, query))', { work: [work, callback] });
  const watch: Stopwatch = { runs: 0, queued: 0, tokenised: 0, inferred: 0 };
  return [await watching.run(watch, work), watch];
}

/** Of the work that is going on, where somebody measures it. */
export const currentStopwatch = (): Stopwatch | undefined => watching.getStore();
