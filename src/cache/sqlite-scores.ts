import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { StatementSync } from 'node:sqlite';
import { diskErrorOf, FinetoothError, messageOf } from '../errors.ts';
import type { KnownScore, ScoreStore } from './scores.ts';

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
}

/** sqlite's primary result codes for a file that is damaged (11, SQLITE_CORRUPT) or none of its own (26, SQLITE_NOTADB). */
const damaged = new Set([11, 26]);

/**
 * In a folder, for any number of processes: SQLite with a write-ahead log, so that a killed process leaves the file as its last whole write
 * did. Throws E_CACHE_DAMAGED for a file that is none of ours.
 */
export const sqliteScores = (folder: string, maxEntries: number): ScoreStore => {
  // Loaded on first use: the module is part of Node, and older versions of it warn when it is loaded.
  const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite') as typeof import('node:sqlite');
  const path = join(folder, 'scores.sqlite');
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (damaged.has((error as { errcode?: number }).errcode ?? 0)) {
        throw new FinetoothError('E_CACHE_DAMAGED', `${path} is not a score cache or is damaged (${messageOf(error)}). Delete it.`, {
          cause: error,
        });
      }
      throw diskErrorOf(error, path);
    }
  };
  const database = attempt(() => {
    mkdirSync(folder, { recursive: true });
    const opened = new DatabaseSync(path, { timeout: PATIENCE_MS });
    opened.exec(`pragma journal_mode = wal; pragma synchronous = normal;
      create table if not exists scores (at integer primary key, key text unique, score real, relevance real, cut integer, first integer, last integer)`);
    return opened;
  });
  const [find, write, count, evict]: readonly StatementSync[] = attempt(() =>
    [
      'select score, relevance, cut, first, last from scores where key = ?',
      'insert or replace into scores (key, score, relevance, cut, first, last) values (?, ?, ?, ?, ?, ?)',
      'select count(*) as entries from scores',
      'delete from scores where at in (select at from scores order by at limit ?)',
    ].map((sql) => database.prepare(sql)),
  ) as [StatementSync, StatementSync, StatementSync, StatementSync];
  const knownOf = ({ score, relevance, cut, first, last }: Row): KnownScore => ({
    score,
    cut,
    ...(relevance === null ? {} : { relevance }),
    ...(first === null || last === null ? {} : { span: [first, last] as const }),
  });
  let open = true;
  return {
    get: (keys) =>
      attempt(() =>
        keys.map((key) => {
          const row = find?.get(key) as Row | undefined;
          return row === undefined ? undefined : knownOf(row);
        }),
      ),
    put: (entries) =>
      attempt(() => {
        database.exec('begin immediate');
        try {
          for (const [key, { score, relevance, cut, span }] of entries)
            write?.run(key, score, relevance ?? null, cut, span?.[0] ?? null, span?.[1] ?? null);
          const { entries: held } = count?.get() as { entries: number };
          if (held > maxEntries) evict?.run(held - Math.floor(maxEntries * (1 - EVICTED)));
          database.exec('commit');
        } catch (error) {
          database.exec('rollback');
          throw error;
        }
      }),
    close: () => {
      if (open) database.close();
      open = false;
    },
  };
};
