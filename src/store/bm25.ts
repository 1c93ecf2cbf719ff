import type { Scored } from '../math/order.ts';

/** Saturation of a word's count and weight of a document's length: Lucene's and LanceDB's values. */
const k1 = 1.2;
const b = 0.75;

export interface Bm25 {
  /** Every document that shares a word with the query; a word asked twice counts twice. */
  score(terms: readonly string[]): Iterable<Scored>;
  /** The same of the documents at these places of the list that was given; 0 where one shares no word. */
  scoreAt(places: readonly number[], terms: readonly string[]): readonly number[];
  /** What no document can exceed, see `upperBoundOf`. */
  most(terms: readonly string[]): number;
}

/**
 * BM25 with the idf that is never negative, ln(1 + (N - n + .5) / (n + .5)), as in Lucene
 * (Robertson and Zaragoza 2009, https://doi.org/10.1561/1500000019).
 */
export function buildBm25(documents: Iterable<{ readonly id: string; readonly terms: readonly string[] }>): Bm25 {
  const ids: string[] = [];
  const lengths: number[] = [];
  const postings = new Map<string, Map<number, number>>();
  for (const { id, terms } of documents) {
    const at = ids.push(id) - 1;
    lengths.push(terms.length);
    for (const term of terms) {
      let counts = postings.get(term);
      if (counts === undefined) postings.set(term, (counts = new Map()));
      counts.set(at, (counts.get(at) ?? 0) + 1);
    }
  }
  const meanLength = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
  /** The words that there are, each as often as it is asked. */
  const known = (terms: readonly string[]) =>
    terms.flatMap((term) => {
      const counts = postings.get(term);
      return counts === undefined ? [] : [{ counts, idf: rarityOf(counts.size, ids.length) }];
    });
  const gainOf = (idf: number, count: number, at: number): number => idf * saturationOf(count, lengths[at] as number, meanLength);
  return {
    score: (terms) => {
      const scores = new Map<number, number>();
      for (const { counts, idf } of known(terms))
        for (const [at, count] of counts) scores.set(at, (scores.get(at) ?? 0) + gainOf(idf, count, at));
      return scores.entries().map(([at, score]) => ({ id: ids[at] as string, score }));
    },
    scoreAt: (places, terms) => {
      const words = known(terms);
      return places.map((at) => words.reduce((sum, { counts, idf }) => sum + gainOf(idf, counts.get(at) ?? 0, at), 0));
    },
    most: (terms) => upperBoundOf(known(terms).map(({ idf }) => idf)),
  };
}

/** What no document exceeds, however often it has the words of these idfs: one that is asked twice is among them twice. */
export const upperBoundOf = (idfs: readonly number[]): number => idfs.reduce((sum, idf) => sum + idf * (k1 + 1), 0);

/** What a word that stands so often in a document of so many words adds, before its rarity. */
export const saturationOf = (count: number, length: number, meanLength: number): number =>
  (count * (k1 + 1)) / (count + k1 * (1 - b + (b * length) / meanLength));

/**
 * The idf in single precision, step by step as LanceDB takes it: of a word that nearly every document has, 1 + x keeps few digits of x, and
 * documents would come in another order than on disk.
 */
export function rarityOf(having: number, documents: number): number {
  const { fround } = Math;
  const others = fround(fround(fround(documents) - fround(having)) + 0.5);
  return fround(Math.log(fround(1 + fround(others / fround(fround(having) + 0.5)))));
}

/** How near an idf must be to that of a whole number of documents to be taken for it: a quotient of numbers in single precision is off by less. */
const NEAR = 3e-6;

/** The idf of a whole number of documents that one is which was read off a score: the same whatever score that was. */
export function exactRarity(rarity: number, documents: number): number {
  const exact = rarityOf(Math.round((documents + 1) / Math.exp(rarity) - 0.5), documents);
  return Math.abs(exact - rarity) <= NEAR * rarity ? exact : rarity;
}
