import type { Table } from '@lancedb/lancedb';
import { exactRarity, rarityOf, saturationOf } from '../bm25.ts';
import { countOf, countsIn } from '../terms.ts';
import type { LanceLibraries } from './library.ts';
import type { WordIndex } from './word-index.ts';

/** Words whose rarity is kept: a million bytes. */
const MANY_WORDS = 10_000;
/** A score is a sum of numbers in single precision: it is off by at most this share of it. */
const SCORE_NOISE = 3e-7;

/** By word the idf of when the index was built, which LanceDB tells only as a part of a score; 0 of one that it does not have. */
export async function raritiesOf(
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

/**
 * Reads idfs off the scores of rows that a search by words found anyway, which saves asking for each word: of a row of which one word alone is not known, what
 * the others do not give is that one's. Taken is only what stands for one whole number of documents and no other, so that it is the same as if it were asked.
 */
export function learnRarities(
  rows: readonly { readonly terms?: string; readonly score: number }[],
  times: ReadonlyMap<string, number>,
  { rarities, documents, meanLength }: WordIndex,
): void {
  const gainOf = (word: string, count: number, length: number): number =>
    (times.get(word) as number) * saturationOf(count, length, meanLength);
  let left = rows.flatMap(({ terms, score }) =>
    terms === undefined ? [] : [{ counts: [...countsIn(terms, times)], length: countOf(terms), score }],
  );
  for (let before = -1; before < rarities.size; ) {
    before = rarities.size;
    left = left.filter(({ counts, length, score }) => {
      const [unknown, ...others] = counts.filter(([word]) => !rarities.has(word));
      if (unknown === undefined || others.length > 0) return others.length > 0;
      const known = counts.reduce((sum, [word, count]) => sum + (rarities.get(word) ?? 0) * gainOf(word, count, length), 0);
      const gain = gainOf(...unknown, length);
      const rarity = onlyRarity((score - known) / gain, (SCORE_NOISE * score) / gain, documents);
      if (rarity !== undefined) rarities.set(unknown[0], rarity);
      return false;
    });
  }
}

/** The idf of the one whole number of documents that this one, give or take `slack`, can be; nothing where several can. */
function onlyRarity(rarity: number, slack: number, documents: number): number | undefined {
  const having = Math.round((documents + 1) / Math.exp(rarity) - 0.5);
  if (!(having >= 1 && having <= documents)) return undefined;
  const exact = rarityOf(having, documents);
  const next = [having - 1, having + 1].map((other) => Math.abs(rarityOf(other, documents) - exact));
  return Math.abs(exact - rarity) <= slack && Math.min(...next) > 4 * slack ? exact : undefined;
}
