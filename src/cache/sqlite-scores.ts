import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { diskErrorOf, FinetoothError, messageOf } from '../errors.ts';
import type { KnownScore, ScoreStore } from './scores.ts';

/** Written into the file; another number is another layout. */
const FORMAT = 1;
/** Milliseconds that a process waits for another one that writes. */
const PATIENCE_MS = 10_000;
/** Share that goes when the cache is full, oldest first, so that not every write has to make room. */
const EVICTED = 0.1;

interface Row {
  readonly score: number;
  readonly relevance: number | null;
  readonly cut: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly checksum: number;
}

/** SQLite notices a broken page, not a number that changed inside of one. */
const checksumOf = (key: string, { score, relevance, cut, span }: KnownScore): number =>
  crc32(JSON.stringify([key, score, relevance ?? null, cut, span ?? null]));

/** What SQLite's result codes (https://www.sqlite.org/rescode.html) mean for a cache; the lowest byte is the primary code. */
const errorOf = (error: unknown, path: string): unknown => {
  const { errcode } = error as { readonly errcode?: number };
  const cause = { cause: error };
  const why = messageOf(error);
  const primary = (errcode ?? 0) & 0xff;
  if (errcode === 778 || primary === 13)
    return new FinetoothError('E_DISK_FULL', `cannot write to ${path}: ${why}. Make room, or leave the score cache out.`, cause);
  if (primary === 5 || primary === 6)
    return new FinetoothError('E_LOCKED', `another process has written to ${path} for ${PATIENCE_MS / 1000} s (${why}). Try again.`, cause);
  if ([1, 10, 11, 26].includes(primary))
    return new FinetoothError('E_CACHE_DAMAGED', `${path} is not a score cache or is damaged (${why}). Delete it.`, cause);
  const known = diskErrorOf(error, path);
  return known instanceof FinetoothError
    ? known
    : new FinetoothError('E_USAGE', `scores cannot be kept in ${path} (${why}). Name a folder that you may write to.`, cause);
};

/**
 * In a folder, for any number of processes: SQLite with a write-ahead log, so that a killed process leaves the file as its last whole write
 * did. Throws E_CACHE_DAMAGED for a file that is none of ours or that changed, E_LOCKED, E_DISK_FULL, and E_USAGE for a folder that cannot be
 * written to.
 */
export const sqliteScores = (folder: string, maxEntries: number): ScoreStore => {
  // Loaded on first use: the module is part of Node, and older versions of it warn when it is loaded.
  const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite') as typeof import('node:sqlite');
  const path = join(folder, 'scores.sqlite');
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw error instanceof FinetoothError ? error : errorOf(error, path);
    }
  };
  const database = attempt(() => {
    mkdirSync(folder, { recursive: true });
    return new DatabaseSync(path, { timeout: PATIENCE_MS });
  });
  const prepare = (): readonly [StatementSync, StatementSync, StatementSync, StatementSync] => {
    database.exec('pragma journal_mode = wal; pragma synchronous = normal');
    const { user_version: format } = database.prepare('pragma user_version').get() as { user_version: number };
    if (format !== 0 && format !== FORMAT)
      throw new FinetoothError('E_CACHE_DAMAGED', `${path} has the format ${format}; this version reads ${FORMAT}. Delete it.`);
    if (format === 0)
      database.exec(`begin immediate;
        create table if not exists scores
          (at integer primary key, key text unique, score real, relevance real, cut integer, first integer, last integer, checksum integer);
        pragma user_version = ${FORMAT};
        commit`);
    return [
      database.prepare('select score, relevance, cut, first, last, checksum from scores where key = ?'),
      database.prepare('insert or replace into scores (key, score, relevance, cut, first, last, checksum) values (?, ?, ?, ?, ?, ?, ?)'),
      // New rows stand at the end, and the oldest go: between the two there are no more rows than this. Counting them would read them all.
      database.prepare('select (select max(at) from scores) as newest, (select min(at) from scores) as oldest'),
      database.prepare('delete from scores where at <= ?'),
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
  const knownOf = (key: string, { score, relevance, cut, first, last, checksum }: Row): KnownScore => {
    const known: KnownScore = {
      score,
      cut,
      ...(relevance === null ? {} : { relevance }),
      ...(first === null || last === null ? {} : { span: [first, last] as const }),
    };
    if (checksumOf(key, known) === checksum) return known;
    throw new FinetoothError('E_CACHE_DAMAGED', `${path} is damaged: a score in it is not what was stored. Delete it.`);
  };
  return {
    get: (keys) =>
      attempt(() =>
        keys.map((key) => {
          const row = find.get(key) as Row | undefined;
          return row === undefined ? undefined : knownOf(key, row);
        }),
      ),
    put: (entries) =>
      attempt(() => {
        database.exec('begin immediate');
        try {
          for (const [key, known] of entries) {
            const { score, relevance, cut, span } = known;
            write.run(key, score, relevance ?? null, cut, span?.[0] ?? null, span?.[1] ?? null, checksumOf(key, known));
          }
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
};
