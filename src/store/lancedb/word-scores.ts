import type { Query, Table } from '@lancedb/lancedb';
import type { PassagePlace } from '../../types.ts';
import type { PassageRow } from '../best-passages.ts';
import { rarityOf, saturationOf, upperBoundOf } from '../bm25.ts';
import { countOf, countsIn, timesOf } from '../terms.ts';
import type { LanceLibraries } from './library.ts';
import { raritiesOf } from './rarities.ts';
import { cellReader, rowIn } from './rows.ts';
import type { WordIndex } from './word-index.ts';
import type { BuiltWords } from './words.ts';

/** BM25 of texts whose words are at hand. */
export interface WordScorer {
  /** Of analysed words, joined by one space. */
  score(terms: string): number;
  /** What no document can exceed, see `upperBoundOf`. */
  readonly most: number;
}

export interface UnindexedRow extends PassageRow {
  readonly place?: PassagePlace;
}

/**
 * BM25 of the rows that were written after the word index was built, as it would score them. LanceDB searches them too, but weighs
 * their words otherwise and misses some of them (seen: 2,065 of 140,299 after a hundred documents were changed).
 */
export async function scoreUnindexed(
  libraries: LanceLibraries,
  table: Table,
  times: ReadonlyMap<string, number>,
  built: WordIndex,
  places: readonly string[],
  within: (query: Query) => Query,
): Promise<readonly UnindexedRow[]> {
  const rows: (Omit<UnindexedRow, 'score'> & { readonly length: number; readonly counts: ReadonlyMap<string, number> })[] = [];
  const asked = new Set<string>();
  for await (const batch of within(table.query()).select(['id', 'terms', 'length', ...places])) {
    const cell = cellReader(batch);
    for (let row = 0; row < batch.numRows; row++) {
      const counts = countsIn(cell('terms', row) as string, times);
      for (const term of counts.keys()) asked.add(term);
      if (counts.size > 0) rows.push({ ...rowIn(cell, row), length: cell('length', row) as number, counts });
    }
  }
  const rarities = await raritiesOf(libraries, table, [...asked], built);
  return rows.map(({ length, counts, ...row }) => {
    let score = 0;
    for (const [term, count] of counts)
      score += (times.get(term) as number) * (rarities.get(term) || rarest(built)) * saturationOf(count, length, built.meanLength);
    return { ...row, score };
  });
}

/** Scores any text as the index would, by the same idf and mean length. */
export async function wordScorer(libraries: LanceLibraries, table: Table, terms: readonly string[], built: WordIndex): Promise<WordScorer> {
  const times = timesOf(terms);
  const rarities = new Map(await raritiesOf(libraries, table, [...times.keys()], built));
  const unknown = [...rarities].flatMap(([term, rarity]) => (rarity === 0 ? [term] : []));
  if (built.hasUnindexed) for (const term of await unindexedOf(table, unknown, built)) rarities.set(term, rarest(built));
  return {
    score: (text) => {
      const [counts, length] = [countsIn(text, times), countOf(text)];
      let score = 0;
      // In the order of the query: texts with the same words have the same score to the last bit.
      for (const [term, asked] of times)
        score += asked * (rarities.get(term) as number) * saturationOf(counts.get(term) ?? 0, length, built.meanLength);
      return score;
    },
    most: upperBoundOf(terms.map((term) => rarities.get(term) as number)),
  };
}

/** Those of the words that stand in rows that were written after the index was built. */
async function unindexedOf(table: Table, words: readonly string[], { before }: BuiltWords): Promise<ReadonlySet<string>> {
  const [wanted, found] = [new Map(words.map((word) => [word, 1])), new Set<string>()];
  if (wanted.size === 0) return found;
  for await (const batch of table.query().where(`written >= ${before}`).select(['terms'])) {
    const cell = cellReader(batch);
    for (let row = 0; row < batch.numRows; row++) for (const word of countsIn(cell('terms', row) as string, wanted).keys()) found.add(word);
  }
  return found;
}

/** The idf of a word that came after the index was built. */
const rarest = ({ documents }: BuiltWords): number => rarityOf(0, documents);
