import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { FinetoothError } from '../errors.ts';
import type { KnownScore, ScoreStore } from './scores.ts';
import { sqliteTable } from './sqlite-table.ts';

/** Written into the file; another number is another layout. */
const FORMAT = 2;

interface Row {
  readonly score: number;
  readonly relevance: number | null;
  readonly cut: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly checksum: number;
  readonly query_truncated_tokens: number;
}

/** In a folder, for any number of processes. Throws as `sqliteTable`, and E_CACHE_DAMAGED for a score that changed. */
export function sqliteScores(folder: string, maxEntries: number): ScoreStore {
  const path = join(folder, 'scores.sqlite');
  const before = ['score real', 'relevance real', 'cut integer', 'first integer', 'last integer', 'checksum integer'];
  const columns = [...before, 'query_truncated_tokens integer'];
  const table = sqliteTable({ path, format: FORMAT, table: 'scores', columns, maxEntries, what: 'a score cache' });
  const knownOf = (key: string, row: Row): KnownScore => {
    const { score, relevance, cut: truncatedTokens, first, last, checksum, query_truncated_tokens: queryTruncatedTokens } = row;
    const known: KnownScore = {
      score,
      truncatedTokens,
      queryTruncatedTokens,
      relevance: relevance === null ? undefined : relevance,
      span: first === null || last === null ? undefined : ([first, last] as const),
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
          const { score, relevance, truncatedTokens, span, queryTruncatedTokens } = known;
          const place = [span?.[0] ?? null, span?.[1] ?? null] as const;
          return [key, score, relevance ?? null, truncatedTokens, ...place, checksumOf(key, known), queryTruncatedTokens];
        }),
      ),
    close: table.close,
  };
}

/** SQLite notices a broken page, not a number that changed inside of one. */
const checksumOf = (key: string, { score, relevance, truncatedTokens, span, queryTruncatedTokens }: KnownScore): number =>
  crc32(JSON.stringify([key, score, relevance ?? null, truncatedTokens, span ?? null, queryTruncatedTokens]));
