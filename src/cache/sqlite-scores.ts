import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { FinetoothError } from '../errors.ts';
import type { KnownScore, ScoreStore } from './scores.ts';
import { sqliteTable } from './sqlite-table.ts';

/** Written into the file; another number is another layout. */
const FORMAT = 1;

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

/** In a folder, for any number of processes. Throws as `sqliteTable`, and E_CACHE_DAMAGED for a score that changed. */
export const sqliteScores = (folder: string, maxEntries: number): ScoreStore => {
  const path = join(folder, 'scores.sqlite');
  const columns = ['score real', 'relevance real', 'cut integer', 'first integer', 'last integer', 'checksum integer'];
  const table = sqliteTable({ path, format: FORMAT, table: 'scores', columns, maxEntries, what: 'a score cache' });
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
      table.attempt(() =>
        keys.map((key) => {
          const row = table.find(key) as Row | undefined;
          return row === undefined ? undefined : knownOf(key, row);
        }),
      ),
    put: (entries) =>
      table.write(
        entries.map(([key, known]) => {
          const { score, relevance, cut, span } = known;
          return [key, score, relevance ?? null, cut, span?.[0] ?? null, span?.[1] ?? null, checksumOf(key, known)];
        }),
      ),
    close: table.close,
  };
};
