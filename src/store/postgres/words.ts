import { holdsTies, topWithTies } from '../../math/near-ties.ts';
import type { Document } from '../../types.ts';
import { bestOfEach } from '../best-passages.ts';
import { rarityOf, saturationOf, upperBoundOf } from '../bm25.ts';
import { timesOf } from '../terms.ts';
import { bigintArray, textArray } from './binary-array.ts';
import type { Ask } from './database.ts';
import { FOUND, type FoundRow, foundIn } from './found.ts';
import { readPostings } from './postings.ts';
import type { Restriction } from './restriction.ts';
import { type Ranked, type RowScores, rowScores } from './row-scores.ts';
import type { State } from './session.ts';
import { wordKey } from './text.ts';

/** Rows looked at beyond those wanted: most ties at the cut end within them, and some are of documents that are no more. */
const SPARE = 24;
/** How many times more are looked at each time that too few of them fit. */
const MORE = 6;
/** Scores nearer than this share of them may be a tie. */
const NEAR = 2e-6;
/** Up to so many passages that fit a filter are named one by one, so that only they are ranked. */
const FEW = 5000;

/**
 * The best documents by BM25. The postings of the query's words come whole, four bytes for each passage that has one, and are scored here: in SQL, adding up
 * a row for each takes ten times as long. Which of them fit, and still are, the server says of the best, and of more until enough do.
 */
export async function searchWords(
  ask: Ask,
  state: State,
  terms: readonly string[],
  restriction: Restriction,
  limit: number,
): Promise<readonly FoundRow[]> {
  const few = await fewFitting(ask, state, restriction);
  if (few?.length === 0) return [];
  const scored = await scoreWords(ask, state, terms);
  if (few !== undefined) scored.keep(few);
  const found: FoundRow[] = [];
  for (let asked = limit + SPARE; ; asked *= MORE) {
    const some = scored.next(asked, NEAR);
    if (some.rows.length > 0) found.push(...(await fittingOf(ask, state, some, restriction)));
    const best = bestOfEach(found);
    // Whoever comes after these is worse than the worst of them.
    if (some.lowest === 0 || holdsTies([...best, { id: '', score: some.lowest }], limit)) return topWithTies(best, limit);
  }
}

/** The rows that fit a filter, where they are few. */
async function fewFitting(ask: Ask, { tables }: State, { where, values }: Restriction): Promise<readonly number[] | undefined> {
  if (where === undefined) return undefined;
  const [row] = await ask(
    `SELECT string_agg(int8send("row"), '') AS rows FROM (SELECT p."row" FROM ${tables.passages} p WHERE ${where} LIMIT ${FEW + 1}) AS fitting`,
    values,
  );
  const bytes = (row?.rows ?? Buffer.alloc(0)) as Buffer;
  const count = bytes.length / 8;
  return count > FEW ? undefined : Array.from({ length: count }, (_, at) => Number(bytes.readBigInt64BE(8 * at)));
}

/** The idf of each word of a query, and what no document can exceed. */
export async function raritiesOf(ask: Ask, { tables, passages }: State, terms: readonly string[]) {
  const words = [...new Set(terms)];
  const rows = await ask(
    `SELECT word, sum(passages)::float8 AS having FROM ${tables.postings} WHERE word = ANY($1::text[]) GROUP BY word`,
    [textArray(words.map(wordKey))],
  );
  const having = new Map(rows.map((row) => [String(row.word), Number(row.having)]));
  const rarities = new Map<string, number>();
  for (const word of words) {
    const count = having.get(wordKey(word)) ?? 0;
    if (count > 0) rarities.set(word, rarityOf(count, passages));
  }
  return { rarities, most: upperBoundOf(terms.map((term) => rarities.get(term) ?? 0)) };
}

async function scoreWords(ask: Ask, { tables, passages, words, nextRow }: State, terms: readonly string[]): Promise<RowScores> {
  const times = new Map([...timesOf(terms)].map(([word, asked]) => [wordKey(word), asked]));
  const rows = await ask(`SELECT word, passages, rows FROM ${tables.postings} WHERE word = ANY($1::text[])`, [
    textArray([...times.keys()]),
  ]);
  const lists = Map.groupBy(rows, ({ word }) => String(word));
  const meanLength = words / Math.max(1, passages);
  const additions = rows.reduce((sum, one) => sum + Math.max(0, Number(one.passages)), 0);
  const scores = rowScores(additions, nextRow);
  // In the order of the query: texts with the same words have the same score to the last bit.
  for (const [word, asked] of times) {
    const list = lists.get(word) ?? [];
    const having = list.reduce((sum, one) => sum + Number(one.passages), 0);
    if (having <= 0) continue;
    const weight = asked * rarityOf(having, passages);
    for (const { rows: bytes } of list)
      readPostings(bytes as Buffer, (row, count, length) => scores.add(row, weight * saturationOf(count, length, meanLength)));
  }
  return scores;
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
