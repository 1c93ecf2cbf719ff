import type { Document } from '../../types.ts';
import { rarityOf, saturationOf, upperBoundOf } from '../bm25.ts';
import { countsIn, timesOf } from '../terms.ts';
import { bigintArray, textArray } from './binary-array.ts';
import type { Ask } from './database.ts';
import { FOUND, type FoundRow, foundIn } from './found.ts';
import { readPostings } from './postings.ts';
import type { Restriction } from './restriction.ts';
import { type RowScores, rowScores } from './row-scores.ts';
import type { State } from './session.ts';
import { unkept, wordKey } from './text.ts';

/** A word of a query that some passage has. */
export interface WeighedWord {
  readonly word: string;
  /** Of its postings. */
  readonly key: string;
  /** Its idf, as often as it is asked. */
  readonly weight: number;
  /** Of its postings. */
  readonly bytes: number;
  /** Passages that have it. */
  readonly having: number;
}

export interface WordQuery {
  readonly words: readonly WeighedWord[];
  readonly restriction: Restriction;
  readonly limit: number;
}

/** The words of a query that there are, in its order, by all passages. */
export async function weighWords(ask: Ask, { tables, passages }: State, terms: readonly string[]): Promise<readonly WeighedWord[]> {
  const times = timesOf(terms);
  const rows = await ask(
    `SELECT word, sum(passages)::float8 AS having, sum(length(rows))::float8 AS bytes FROM ${tables.postings} WHERE word = ANY($1::text[]) GROUP BY word`,
    [textArray([...times.keys()].map(wordKey))],
  );
  const known = new Map(rows.map((row) => [String(row.word), row]));
  return [...times].flatMap(([word, asked]) => {
    const key = wordKey(word);
    const having = Number(known.get(key)?.having ?? 0);
    return having <= 0 ? [] : [{ word, key, weight: asked * rarityOf(having, passages), bytes: Number(known.get(key)?.bytes), having }];
  });
}

/** What no document can exceed by these words. */
export const mostOf = (words: readonly WeighedWord[]): number => upperBoundOf(words.map(({ weight }) => weight));

/** What every passage that has one of the words scores by them. */
export async function scorePostings(
  ask: Ask,
  { tables, passages, words: all, nextRow }: State,
  words: readonly WeighedWord[],
): Promise<RowScores> {
  const rows = await ask(`SELECT word, rows FROM ${tables.postings} WHERE word = ANY($1::text[])`, [
    textArray(words.map(({ key }) => key)),
  ]);
  const lists = Map.groupBy(rows, ({ word }) => String(word));
  const meanLength = all / Math.max(1, passages);
  const scores = rowScores(
    words.reduce((sum, { having }) => sum + having, 0),
    nextRow,
  );
  // In the order of the query: texts with the same words have the same score to the last bit.
  for (const { key, weight } of words)
    for (const { rows: bytes } of lists.get(key) ?? [])
      readPostings(bytes as Buffer, (row, count, length) => scores.add(row, weight * saturationOf(count, length, meanLength)));
  return scores;
}

/** Scores texts by their words: of these rows those that fit, still are and have one. */
export async function scoreTexts(
  ask: Ask,
  state: State,
  rows: readonly number[],
  { words, restriction: { where, values, fits } }: WordQuery,
): Promise<readonly FoundRow[]> {
  if (rows.length === 0) return [];
  const { tables } = state;
  const found = await ask(
    `SELECT ${FOUND}, p.terms, p.length${fits === undefined ? '' : ', d.document'} FROM ${tables.passages} p JOIN ${tables.documents} d ON d.key = p.key
      WHERE p."row" = ANY($${values.length + 1}::bigint[])${where === undefined ? '' : ` AND ${where}`}`,
    [...values, bigintArray(rows)],
  );
  const score = textScorer(state, words);
  return found.flatMap((row) => {
    const gained = score(String(row.terms), Number(row.length));
    const isFound = gained !== undefined && (fits === undefined || fits(JSON.parse(String(row.document)) as Document));
    return isFound ? [foundIn(row, gained)] : [];
  });
}

/** Scores a text by its words, as they are kept; undefined where it has none of them. */
export function textScorer(
  { words: all, passages }: State,
  words: readonly WeighedWord[],
): (terms: string, length: number) => number | undefined {
  const wanted = new Map(words.map(({ word }) => [word, 1]));
  const meanLength = all / Math.max(1, passages);
  return (terms, length) => {
    const counts = countsIn(unkept(terms), wanted);
    if (counts.size === 0) return undefined;
    let score = 0;
    for (const { word, weight } of words) {
      const count = counts.get(word);
      if (count !== undefined) score += weight * saturationOf(count, length, meanLength);
    }
    return score;
  };
}
