import { addTo } from './groups.ts';
import { SHINGLE, type Shingles, shingler } from './shingles.ts';
import { lengthInWords, wordsOf } from './words.ts';

/** Words that a query needs to be looked for: shorter ones stand in many documents without having been copied. */
const SHORTEST = 5;

interface Sought {
  readonly which: number;
  readonly words: readonly string[];
  /** Words before the shingle by which it is looked for. */
  readonly offset: number;
}

/**
 * Looks for queries of five words and more that stand word for word in documents. Each is looked for by the one of its shingles that fewest
 * queries have, so that a thousand queries that start alike cost no more than others; then word is compared with word.
 *
 * @param queries [query] Normalised texts.
 * @returns For one document, the places in `queries` of those that stand in it, each once.
 */
export function leakFinder(queries: readonly string[]): (plain: string, text: Shingles) => number[] {
  const shinglesOf = shingler();
  const long = queries
    .map((plain, which) => ({ which, plain, words: wordsOf(plain) }))
    .filter(({ words }) => words.length >= SHINGLE && lengthInWords(words) >= SHORTEST);
  const frequencies = new Map<number, number>();
  for (const { plain } of long)
    for (const shingle of new Set(shinglesOf(plain).shingles)) frequencies.set(shingle, (frequencies.get(shingle) ?? 0) + 1);
  const soughtBy = new Map<number, Sought[]>();
  for (const { which, plain, words } of long) {
    const { shingles } = shinglesOf(plain);
    let offset = 0;
    for (const [at, shingle] of shingles.entries())
      if ((frequencies.get(shingle) as number) < (frequencies.get(shingles[offset] as number) as number)) offset = at;
    addTo(soughtBy, shingles[offset] as number, { which, words, offset });
  }
  return (plain, { shingles }) => {
    const found = new Set<number>();
    let words: readonly string[] | undefined;
    for (let at = 0; at < shingles.length; at++) {
      const here = soughtBy.get(shingles[at] as number);
      if (here === undefined) continue;
      words ??= wordsOf(plain);
      const all = words;
      for (const { which, words: sought, offset } of here) if (sought.every((word, i) => all[at - offset + i] === word)) found.add(which);
    }
    return [...found];
  };
}
