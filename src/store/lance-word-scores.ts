import type { Query, Table } from '@lancedb/lancedb';
import type { PassagePlace } from '../types.ts';
import type { PassageRow } from './best-passages.ts';
import { exactRarity, rarityOf, saturationOf, upperBoundOf } from './bm25.ts';
import type { LanceLibraries } from './lance-library.ts';
import { cellReader, countOf, rowIn } from './lance-rows.ts';
import type { WordIndex } from './lance-word-index.ts';
import { type BuiltWords, timesOf } from './lance-words.ts';

/** Words whose rarity is kept: a million bytes. */
const MANY_WORDS = 10_000;

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

function countsIn(terms: string, wanted: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms.split(' ')) if (wanted.has(term)) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

/** By word the idf of when the index was built, which LanceDB tells only as a part of a score; 0 of one that it does not have. */
async function raritiesOf(
  { lance }: LanceLibraries,
  table: Table,
  words: readonly string[],
  { rarities, documents, meanLength }: WordIndex,
): Promise<ReadonlyMap<string, number>> {
  const rarityOfWord = async (word: string): Promise<number> => {
    const query = table.query().fullTextSearch(new lance.MatchQuery(word, 'terms')).fastSearch();
    const [best] = (await query.select(['terms', '_score']).limit(1).toArray()) as { readonly terms: string; readonly _score: number }[];
    if (best === undefined) return 0;
    const count = countsIn(best.terms, new Map([[word, 1]])).get(word) ?? 1;
    return exactRarity(best._score / saturationOf(count, countOf(best.terms), meanLength), documents);
  };
  const found = await Promise.all(words.map(async (word) => [word, rarities.get(word) ?? (await rarityOfWord(word))] as const));
  if (rarities.size > MANY_WORDS) rarities.clear();
  for (const [word, rarity] of found) rarities.set(word, rarity);
  return new Map(found);
}
