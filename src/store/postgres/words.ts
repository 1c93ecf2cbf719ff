import { holdsTies, topWithTies } from '../../math/near-ties.ts';
import type { Document } from '../../types.ts';
import { bestOfEach } from '../best-passages.ts';
import { bigintArray } from './binary-array.ts';
import type { Ask } from './database.ts';
import { FOUND, type FoundRow, foundIn } from './found.ts';
import { NEAR, SPARE, searchRareWords } from './rare-words.ts';
import type { Restriction } from './restriction.ts';
import type { Ranked, RowScores } from './row-scores.ts';
import type { State } from './session.ts';
import { scorePostings, scoreTexts, type WordQuery, weighWords } from './word-scores.ts';

/** How many times more are looked at each time that too few of them fit. */
const MORE = 6;
/** Bytes of postings from which on it pays to leave those of frequent words. */
const WHOLE_BYTES = 128 * 1024;
/** Up to so many passages that fit a filter are named one by one, so that only they are ranked, and up to so many of those by their own words. */
const FEW = 5000;
const FEW_TEXTS = 500;

/**
 * The best documents by BM25. The postings of the query's words come whole, four bytes for each passage that has one, and are scored here: in SQL, adding up
 * a row for each takes ten times as long. Which of them fit, and still are, the server says of the best, and of more until enough do. Where there is much to
 * read, the rare words may tell enough.
 */
export async function searchWords(
  ask: Ask,
  state: State,
  terms: readonly string[],
  restriction: Restriction,
  limit: number,
  { wholeBelow = WHOLE_BYTES } = {},
): Promise<readonly FoundRow[]> {
  const few = await fewFitting(ask, state, restriction);
  if (few?.length === 0) return [];
  const words = await weighWords(ask, state, terms);
  const query: WordQuery = { words, restriction, limit };
  if (few !== undefined && few.length <= FEW_TEXTS) return topWithTies(bestOfEach(await scoreTexts(ask, state, few, query)), limit);
  const bytes = words.reduce((sum, one) => sum + one.bytes, 0);
  const byRare = few === undefined && bytes > wholeBelow ? await searchRareWords(ask, state, query) : undefined;
  if (byRare !== undefined) return byRare;
  const scored = await scorePostings(ask, state, words);
  if (few !== undefined) scored.keep(few);
  return topWithTies(await bestScored(ask, state, scored, restriction, limit), limit);
}

/** The best of what was scored that fit and still are: at least so many, where there are, and all that tie with the last of them. */
export async function bestScored(
  ask: Ask,
  state: State,
  scored: RowScores,
  restriction: Restriction,
  limit: number,
): Promise<readonly FoundRow[]> {
  const found: FoundRow[] = [];
  for (let asked = limit + SPARE; ; asked *= MORE) {
    const some = scored.next(asked, NEAR);
    if (some.rows.length > 0) found.push(...(await fittingOf(ask, state, some, restriction)));
    const best = bestOfEach(found);
    // Whoever comes after these is worse than the worst of them.
    if (some.lowest === 0 || holdsTies([...best, { id: '', score: some.lowest }], limit)) return best;
  }
}

/** The rows that fit a filter, where they are few. */
export async function fewFitting(ask: Ask, { tables }: State, { where, values }: Restriction): Promise<readonly number[] | undefined> {
  if (where === undefined) return undefined;
  const [row] = await ask(
    `SELECT string_agg(int8send("row"), '') AS rows FROM (SELECT p."row" FROM ${tables.passages} p WHERE ${where} LIMIT ${FEW + 1}) AS fitting`,
    values,
  );
  const bytes = (row?.rows ?? Buffer.alloc(0)) as Buffer;
  const count = bytes.length / 8;
  return count > FEW ? undefined : Array.from({ length: count }, (_, at) => Number(bytes.readBigInt64BE(8 * at)));
}

async function fittingOf(
  ask: Ask,
  { tables }: State,
  { rows, scores }: Ranked,
  { where, values, fits }: Restriction,
): Promise<readonly FoundRow[]> {
  const scoreOf = new Map(rows.map((row, at) => [row, scores[at] as number]));
  const found = await ask(
    `SELECT ${FOUND}${fits === undefined ? '' : ', d.document'} FROM ${tables.passages} p JOIN ${tables.documents} d ON d.key = p.key
      WHERE p."row" = ANY($${values.length + 1}::bigint[])${where === undefined ? '' : ` AND ${where}`}`,
    [...values, bigintArray(rows)],
  );
  return found
    .filter(({ document }) => fits === undefined || fits(JSON.parse(String(document)) as Document))
    .map((row) => foundIn(row, scoreOf.get(Number(row.row)) as number));
}
