import { FinetoothError, messageOf, throwIfStopped } from '../../errors.ts';
import { addUsage, afterUsage, usageOf } from '../../rerank/usage.ts';
import type { CallOptions, Progress, Usage } from '../../types.ts';
import type { Failure } from '../report/report.ts';
import type { Journal } from './journal.ts';
import type { System, SystemAnswer } from './system.ts';

export interface SystemRun {
  /** By query id. */
  readonly answers: ReadonlyMap<string, SystemAnswer>;
  readonly failures: readonly Failure[];
  /** What hosted models used for the queries that failed. */
  readonly lost?: Usage;
}

export interface RunOptions extends CallOptions {
  /** Keeps every answer at once and gives back those of a run that was killed. */
  readonly journal?: Journal<SystemAnswer>;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Asks a system every query, one after the other, so that the times are those of one user. A query that fails is listed and the others go
 * on; when all of them fail there is nothing to report and the first error is thrown.
 */
export async function runSystemOver(
  system: System,
  queries: readonly string[],
  textOf: (query: string) => string | undefined,
  options: RunOptions = {},
): Promise<SystemRun> {
  const { journal, onProgress, signal } = options;
  const answers = new Map<string, SystemAnswer>();
  const failures: Failure[] = [];
  let firstError: unknown;
  /** Of this run, not of the one whose answers are known. */
  let spent: Usage = {};
  let lost: Usage = {};
  for (const [at, query] of queries.entries()) {
    throwIfStopped(signal);
    onProgress?.({ done: at, total: queries.length, unit: 'query' });
    const known = journal?.known.get(query);
    if (known !== undefined) {
      answers.set(query, known);
      continue;
    }
    try {
      const text = textOf(query);
      if (text === undefined) throw new FinetoothError('E_INPUT_FORMAT', `the judged query "${query}" has no text among the queries.`);
      const answer = await system.answer(query, text, { signal });
      spent = addUsage(spent, answer.usage);
      await journal?.add(query, answer);
      answers.set(query, answer);
    } catch (error) {
      // A stop, a full disk and a spent budget end the run; everything else is one query's misfortune.
      if (error instanceof FinetoothError && ['E_STOPPED', 'E_DISK_FULL', 'E_BUDGET'].includes(error.code))
        throw afterUsage(error, addUsage(spent, lost));
      throwIfStopped(signal);
      firstError ??= error;
      lost = addUsage(lost, usageOf(error));
      failures.push({ query, message: messageOf(error) });
    }
  }
  if (answers.size === 0 && failures.length > 0)
    throw firstError instanceof FinetoothError && lost.requests !== undefined ? firstError.withUsage(lost) : firstError;
  return { answers, failures, lost };
}
