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
import type { State } from './session.ts';
import { wordKey } from './text.ts';

/** Rows looked at beyond those wanted: most ties at the cut end within them, and some are of documents that are no more. */
const SPARE = 24;
/** How many times more are looked at each time that too few of them fit. */
const MORE = 6;
/** Scores nearer than this share of them may be a tie. */
const NEAR = 2e-6;

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
  const scored = await scoreWords(ask, state, terms);
  const found: FoundRow[] = [];
  let asked = limit + SPARE;
  for (let from = 0; from < scored.size; asked *= MORE) {
    const some = scored.best(from, asked);
    found.push(...(await fittingOf(ask, state, some.rows, some.scores, restriction)));
    from = some.to;
    const best = bestOfEach(found);
    // Whoever comes after these is worse than the worst of them.
    if (holdsTies([...best, { id: '', score: some.lowest }], limit)) break;
  }
  return topWithTies(bestOfEach(found), limit);
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

/** Rows and their scores, best first. */
interface Scores {
  readonly size: number;
  /** The next best from a place on, at least so many where there are, and all that are as good as the last of them. */
  best(
    from: number,
    count: number,
  ): { readonly rows: Float64Array; readonly scores: Float64Array; readonly to: number; readonly lowest: number };
}

async function scoreWords(ask: Ask, { tables, passages, words }: State, terms: readonly string[]): Promise<Scores> {
  const times = new Map([...timesOf(terms)].map(([word, asked]) => [wordKey(word), asked]));
  const rows = await ask(`SELECT word, passages, rows FROM ${tables.postings} WHERE word = ANY($1::text[])`, [
    textArray([...times.keys()]),
  ]);
  const lists = Map.groupBy(rows, ({ word }) => String(word));
  const meanLength = words / Math.max(1, passages);
  const scores = new Map<number, number>();
  // In the order of the query: texts with the same words have the same score to the last bit.
  for (const [word, asked] of times) {
    const list = lists.get(word) ?? [];
    const having = list.reduce((sum, one) => sum + Number(one.passages), 0);
    if (having <= 0) continue;
    const weight = asked * rarityOf(having, passages);
    for (const { rows: bytes } of list)
      readPostings(bytes as Buffer, (row, count, length) => {
        scores.set(row, (scores.get(row) ?? 0) + weight * saturationOf(count, length, meanLength));
      });
  }
  return ranked(Float64Array.from(scores.keys()), Float64Array.from(scores.values()));
}

function ranked(rows: Float64Array, scores: Float64Array): Scores {
  const ascending = scores.slice().sort();
  const size = scores.length;
  let isBelow = Number.POSITIVE_INFINITY;
  return {
    size,
    best: (from, count) => {
      const lowest = (ascending[Math.max(0, size - from - count)] ?? 0) * (1 - NEAR);
      const taken: number[] = [];
      for (let at = 0; at < size; at++) if ((scores[at] as number) >= lowest && (scores[at] as number) < isBelow) taken.push(at);
      isBelow = lowest;
      return {
        rows: Float64Array.from(taken, (at) => rows[at] as number),
        scores: Float64Array.from(taken, (at) => scores[at] as number),
        to: from + taken.length,
        lowest,
      };
    },
  };
}

async function fittingOf(
  ask: Ask,
  { tables }: State,
  rows: Float64Array,
  scores: Float64Array,
  { where, values, fits }: Restriction,
): Promise<readonly FoundRow[]> {
  const scoreOf = new Map(Array.from(rows, (row, at) => [row, scores[at] as number]));
  const found = await ask(
    `SELECT ${FOUND}${fits === undefined ? '' : ', d.document'} FROM ${tables.passages} p JOIN ${tables.documents} d ON d.key = p.key
      WHERE p."row" = ANY($${values.length + 1}::bigint[])${where === undefined ? '' : ` AND ${where}`}`,
    [...values, bigintArray([...rows])],
  );
  return found
    .filter(({ document }) => fits === undefined || fits(JSON.parse(String(document)) as Document))
    .map((row) => foundIn(row, scoreOf.get(Number(row.row)) as number));
}
