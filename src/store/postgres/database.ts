import { setTimeout as delay } from 'node:timers/promises';
import { FinetoothError, throwIfStopped } from '../../errors.ts';
import { failureOf, isPassing } from './failures.ts';
import { connectPool, type PostgresPool, type RunsAt } from './pool.ts';

export type Row = Readonly<Record<string, unknown>>;
/** Asks one statement within a transaction. */
export type Ask = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

export interface TransactionOptions<T> {
  /** What it does, for errors: `write to`. */
  readonly what: string;
  /** A snapshot that does not change, and nothing is written. */
  readonly isReading?: boolean;
  /** It lasts as long as whoever takes what it gives. */
  readonly isStream?: boolean;
  /** Statements that it begins with; the rows of the last are handed to the work. They take no parameters. */
  readonly first: readonly string[];
  readonly signal?: AbortSignal;
  /** Where the server fell away as it was told to commit: what comes of both tries. @default that of the second */
  readonly settle?: (again: T, inDoubt: T) => T;
}

export interface Database {
  transaction<T>(options: TransactionOptions<T>, work: (ask: Ask, first: readonly Row[]) => Promise<T>): Promise<T>;
  /** One statement outside of any transaction: VACUUM and the like. */
  alone(text: string): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** A server that is restarted is waited for so long, by who reads and by who writes. */
const READ_AGAIN_MS = 15_000;
const WRITE_AGAIN_MS = 120_000;
/** Until it has answered once, the address may just be wrong. */
const FIRST_MS = 2000;
const LONGEST_PAUSE_MS = 2000;

/**
 * Transactions on a pool. All that they set holds for them alone, and no statement has a name, so that a pooler in transaction mode may stand between. What
 * a broken connection or a conflict ended before it was acknowledged is done again; a signal ends what runs at the server.
 */
export function connectDatabase(options: {
  readonly pool?: PostgresPool;
  readonly connectionString?: string;
  readonly connections: number;
  readonly shown: string;
}): Database {
  const pool = connectPool(options);
  const { shown } = options;
  let hasAnswered = false;

  const once = async <T>(
    { isReading = false, isStream = false, first, signal }: TransactionOptions<T>,
    work: (ask: Ask, first: readonly Row[]) => Promise<T>,
    committing: (result: T) => void,
  ): Promise<T> => {
    throwIfStopped(signal);
    const connection = await pool.acquire(isStream);
    hasAnswered = true;
    let isBroken = false;
    const stop = signal && stopper(signal, (where) => pool.cancel(where));
    try {
      const begin = isReading ? 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' : 'BEGIN ISOLATION LEVEL READ COMMITTED';
      const ask: Ask = async (text, values) => {
        const rows = rowsOf(await (stop === undefined ? connection.query(text, values) : stop.race(connection.query(text, values))));
        throwIfStopped(signal);
        return rows;
      };
      const place = signal === undefined ? [] : ['SELECT pg_backend_pid() AS pid, now()::text AS since'];
      if (stop !== undefined) {
        const [told] = await ask([begin, ...place].join('; '));
        stop.runs(told as never);
      }
      const result = await work(ask, await ask([...(stop === undefined ? [begin] : []), ...first].join('; ')));
      committing(result);
      await connection.query('COMMIT');
      return result;
    } catch (error) {
      isBroken = signal?.aborted === true || isPassing(error);
      if (!isBroken)
        await connection.query('ROLLBACK').catch(() => {
          isBroken = true;
        });
      throw error;
    } finally {
      stop?.end();
      connection.release(isBroken);
    }
  };

  const transaction: Database['transaction'] = async <T>(
    asked: TransactionOptions<T>,
    work: (ask: Ask, first: readonly Row[]) => Promise<T>,
  ): Promise<T> => {
    const { what, isReading, signal, settle = (again: T) => again } = asked;
    let inDoubt: { readonly result: T } | undefined;
    const since = performance.now();
    for (let tries = 0; ; tries++) {
      let committing: { readonly result: T } | undefined;
      try {
        const result = await once(asked, work, (done) => {
          committing = { result: done };
        });
        return inDoubt === undefined ? result : settle(result, inDoubt.result);
      } catch (error) {
        throwIfStopped(signal);
        inDoubt = committing ?? inDoubt;
        const longest = !hasAnswered ? FIRST_MS : isReading ? READ_AGAIN_MS : WRITE_AGAIN_MS;
        const pause = Math.min(LONGEST_PAUSE_MS, 20 * 2 ** tries) * (0.5 + Math.random() / 2);
        if (!isPassing(error) || performance.now() - since + pause > longest) throw failureOf(error, { what, shown });
        await delay(pause, undefined, { signal }).catch(() => throwIfStopped(signal));
      }
    }
  };

  return {
    transaction,
    alone: async (text) => {
      const connection = await pool.acquire().catch((error) => {
        throw failureOf(error, { what: 'use', shown });
      });
      let isBroken = false;
      try {
        return rowsOf(await connection.query(text));
      } catch (error) {
        isBroken = isPassing(error);
        throw failureOf(error, { what: 'use', shown });
      } finally {
        connection.release(isBroken);
      }
    },
    close: () => pool.close(),
  };
}

/** Of several statements in one text `pg` gives the results of each. */
function rowsOf(result: unknown): readonly Row[] {
  const last = (Array.isArray(result) ? result.at(-1) : result) as { readonly rows?: readonly Row[] } | undefined;
  return last?.rows ?? [];
}

/** Lets go of who waits as soon as a signal is raised, and tells the server to stop. */
function stopper(signal: AbortSignal, cancel: (where: RunsAt) => void) {
  let where: RunsAt | undefined;
  let refuse: (error: unknown) => void = () => {};
  const stopped = new Promise<never>((_, reject) => {
    refuse = reject;
  });
  stopped.catch(() => {});
  const onAbort = (): void => {
    if (where !== undefined) cancel(where);
    refuse(new FinetoothError('E_STOPPED', 'stopped before the work was done', { cause: signal.reason }));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    runs: (at: RunsAt): void => {
      where = at;
    },
    race: <T>(asked: Promise<T>): Promise<T> => {
      asked.catch(() => {});
      return Promise.race([asked, stopped]);
    },
    end: (): void => signal.removeEventListener('abort', onAbort),
  };
}
