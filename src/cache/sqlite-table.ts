import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { StatementSync } from 'node:sqlite';
import { diskErrorOf, FinetoothError, messageOf } from '../errors.ts';

export interface TableOptions {
  /** The file. */
  readonly path: string;
  /** Written into the file; another number is another layout. A file of an older one gets the columns that it lacks, empty. */
  readonly format: number;
  /** The table's name, and what its rows have beside `at`, which numbers them, and `key`, which is unique. */
  readonly table: string;
  readonly columns: readonly string[];
  /** Rows that are cached; the oldest go first. */
  readonly maxEntries: number;
  /** What the file is called in errors: `a score cache`. */
  readonly what: string;
}

/** One table in one file, for any number of processes. */
export interface SqliteTable {
  /** The row of a key as it was stored; undefined where there is none. */
  find(key: string): unknown;
  /** All of them or none; replaces what stood under the same key. The values are those of the columns, in their order. */
  write(rows: readonly (readonly [key: string, ...values: (number | null | Uint8Array)[]])[]): void;
  /** Does the work with SQLite's errors as ours. */
  attempt<T>(work: () => T): T;
  close(): void;
}

/** Milliseconds that a process waits for another one that writes. */
const LONGEST_WAIT_MS = 10_000;

/** Share that goes when the table is full, oldest first, so that not every write has to make room. */
const EVICTED = 0.1;

/**
 * SQLite with a write-ahead log, so that a killed process leaves the file as its last whole write did. Throws E_CACHE_DAMAGED for a file that is
 * none of ours, E_LOCKED, E_DISK_FULL, and E_USAGE for a folder that cannot be written to.
 */
export function sqliteTable({ path, format: wanted, table, columns, maxEntries, what }: TableOptions): SqliteTable {
  // Loaded on first use: the module is part of Node, and older versions of it warn when it is loaded.
  const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite') as typeof import('node:sqlite');
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw error instanceof FinetoothError ? error : errorOf(error, path, what);
    }
  };
  const database = attempt(() => {
    mkdirSync(dirname(path), { recursive: true });
    return new DatabaseSync(path, { timeout: LONGEST_WAIT_MS });
  });
  const names = columns.map((column) => column.split(' ')[0]).join(', ');
  const prepare = (): readonly [StatementSync, StatementSync, StatementSync, StatementSync] => {
    database.exec('pragma journal_mode = wal; pragma synchronous = normal');
    const { user_version: format } = database.prepare('pragma user_version').get() as { user_version: number };
    if (format > wanted || format < 0)
      throw new FinetoothError('E_CACHE_DAMAGED', `${path} has the format ${format}; this version reads ${wanted}. Delete it.`);
    if (format < wanted) {
      database.exec(`begin immediate;
        create table if not exists ${table} (at integer primary key, key text unique, ${columns.join(', ')})`);
      const there = new Set(
        database
          .prepare(`select name from pragma_table_info('${table}')`)
          .all()
          .map(({ name }) => name),
      );
      // Another process may have done it since the format was read.
      const missing = columns.filter((column) => !there.has(column.split(' ')[0] as string));
      for (const column of missing) database.exec(`alter table ${table} add column ${column}`);
      database.exec(`pragma user_version = ${wanted}; commit`);
    }
    return [
      database.prepare(`select ${names} from ${table} where key = ?`),
      database.prepare(`insert or replace into ${table} (key, ${names}) values (?${', ?'.repeat(columns.length)})`),
      // New rows stand at the end, and the oldest go: between the two there are no more rows than this. Counting them would read them all.
      database.prepare(`select (select max(at) from ${table}) as newest, (select min(at) from ${table}) as oldest`),
      database.prepare(`delete from ${table} where at <= ?`),
    ];
  };
  let open = true;
  const close = (): void => {
    if (open) database.close();
    open = false;
  };
  const [find, write, ends, evict] = (() => {
    try {
      return attempt(prepare);
    } catch (error) {
      close();
      throw error;
    }
  })();
  return {
    attempt,
    find: (key) => find.get(key),
    write: (rows) =>
      attempt(() => {
        database.exec('begin immediate');
        try {
          for (const row of rows) write.run(...row);
          const { newest, oldest } = ends.get() as { readonly newest: number; readonly oldest: number };
          if (newest - oldest >= maxEntries) evict.run(newest - Math.floor(maxEntries * (1 - EVICTED)));
          database.exec('commit');
        } catch (error) {
          try {
            database.exec('rollback');
          } catch {
            // Of some errors, a full disk for one, SQLite has taken everything back itself.
          }
          throw error;
        }
      }),
    close,
  };
}

/** What SQLite's result codes (https://www.sqlite.org/rescode.html) mean for a cache; the lowest byte is the primary code. */
function errorOf(error: unknown, path: string, what: string): unknown {
  const { errcode } = error as { readonly errcode?: number };
  const cause = { cause: error };
  const why = messageOf(error);
  const primary = (errcode ?? 0) & 0xff;
  if (errcode === 778 || primary === 13)
    return new FinetoothError('E_DISK_FULL', `cannot write to ${path}: ${why}. Make room, or leave the cache out.`, cause);
  if (primary === 5 || primary === 6)
    return new FinetoothError(
      'E_LOCKED',
      `another process has written to ${path} for ${LONGEST_WAIT_MS / 1000} s (${why}). Try again.`,
      cause,
    );
  if ([1, 10, 11, 26].includes(primary))
    return new FinetoothError('E_CACHE_DAMAGED', `${path} is not ${what} or is damaged (${why}). Delete it.`, cause);
  const known = diskErrorOf(error, path);
  return known instanceof FinetoothError
    ? known
    : new FinetoothError('E_USAGE', `nothing can be cached in ${dirname(path)} (${why}). Name a folder that you may write to.`, cause);
}
