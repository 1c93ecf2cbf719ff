import { throwIfStopped } from '../../errors.ts';
import { bigintArray, textArray } from './binary-array.ts';
import type { Ask } from './database.ts';
import { insertPostings, type Posting, readPostings } from './postings.ts';
import type { Session, State } from './session.ts';

/** A word with so many small pieces is merged; pieces of 8 KB and more are left, so that frequent words are not written again and again. */
const MANY_PIECES = 16;
const SMALL_BYTES = 8192;
/** Writes after which it is looked for words in many pieces: that looks at all words. */
const MANY_WRITES = 64;
/** Words, and about how many bytes of their postings, that are merged in one transaction. */
const WORDS_AT_ONCE = 5000;
const BYTES_AT_ONCE = 8 * 2 ** 20;
/** Share of rows that are no more from which all postings are merged. */
const MOST_GONE = 0.2;

/**
 * Puts small pieces of the postings of a word, as each write leaves one, together; where many passages are no more, all pieces, without those. `isWhole`: it
 * pays not only where there is much to do. Each transaction merges some words, and what is read is right before and after.
 */
export async function mergePostings(
  session: Session,
  { isWhole = false, signal }: { readonly isWhole?: boolean; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const { gone, isDue, until } = await session.read(async (ask, { tables, passages, nextWrite, mergedWrite }) => {
    const [counted] = await ask(`SELECT count(*)::float8 AS gone FROM ${tables.gone}`);
    const isFull = Number(counted?.gone) > (isWhole ? 0 : MOST_GONE * passages);
    const rows = isFull ? await ask(`SELECT "row"::float8 FROM ${tables.gone}`) : [];
    return {
      gone: new Set(rows.map(({ row }) => Number(row))),
      isDue: isWhole || isFull || nextWrite - mergedWrite >= MANY_WRITES,
      until: nextWrite,
    };
  });
  if (!isDue) return;
  const isAll = gone.size > 0;
  const least = isAll ? 1 : isWhole ? 2 : MANY_PIECES;
  const options = { what: 'merge the words of', settings: ['SET LOCAL statement_timeout = 0'] };
  for (let after: string | undefined = ''; after !== undefined; ) {
    throwIfStopped(signal);
    const from: string = after;
    after = await session.write(
      (ask, state) => mergeSome(ask, state, { after: from, gone, least, pieces: isAll ? '' : `AND length(rows) < ${SMALL_BYTES}` }),
      options,
    );
  }
  await session.write(async (ask, { tables, generation }) => {
    // What went meanwhile may still stand in what was merged before.
    if (isAll) await ask(`DELETE FROM ${tables.gone} WHERE "row" = ANY($1::bigint[])`, [bigintArray([...gone])]);
    await ask(`UPDATE ${tables.generations} SET merged_write = $2 WHERE generation = $1`, [generation, until]);
  }, options);
}

interface Merging {
  readonly after: string;
  readonly gone: ReadonlySet<number>;
  /** Pieces of a word, at least. */
  readonly least: number;
  /** Which pieces, as SQL. */
  readonly pieces: string;
}

/** Merges some words after one, and returns the last of them, where there may be more. */
async function mergeSome(
  ask: Ask,
  { tables, nextWrite, generation }: State,
  { after, gone, least, pieces }: Merging,
): Promise<string | undefined> {
  const found = await ask(
    `SELECT word, sum(length(rows))::float8 AS bytes FROM ${tables.postings} WHERE word > $1 ${pieces} GROUP BY word HAVING count(*) >= $2 ORDER BY word LIMIT ${WORDS_AT_ONCE}`,
    [after, least],
  );
  let bytes = 0;
  const words = found.filter((row, at) => (bytes += Number(row.bytes)) <= BYTES_AT_ONCE || at === 0).map(({ word }) => String(word));
  if (words.length === 0) return undefined;
  const old = await ask(`DELETE FROM ${tables.postings} WHERE word = ANY($1::text[]) ${pieces} RETURNING word, passages, rows`, [
    textArray(words),
  ]);
  const merged = [...Map.groupBy(old, ({ word }) => String(word))].map(([word, some]) => {
    const postings: Posting[] = [];
    for (const { rows } of some)
      readPostings(rows as Buffer, (row, count, length) => {
        if (!gone.has(row)) postings.push({ row, count, length });
      });
    postings.sort((a, b) => a.row - b.row);
    return { word, passages: some.reduce((sum, { passages }) => sum + Number(passages), 0), postings };
  });
  const left = merged.filter(({ passages, postings }) => passages !== 0 || postings.length > 0);
  await insertPostings(ask, tables, nextWrite, left);
  await ask(`UPDATE ${tables.generations} SET next_write = next_write + 1 WHERE generation = $1`, [generation]);
  return words.at(-1);
}
