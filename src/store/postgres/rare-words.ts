import { topWithTies } from '../../math/near-ties.ts';
import { topK } from '../../math/top-k.ts';
import { bestOfEach } from '../best-passages.ts';
import type { Ask } from './database.ts';
import type { FoundRow } from './found.ts';
import type { State } from './session.ts';
import { mostOf, scorePostings, scoreTexts, type WeighedWord, type WordQuery } from './word-scores.ts';

/** Rows looked at beyond those wanted: most ties at the cut end within them, and some are of documents that are no more. */
export const SPARE = 24;
/** Scores nearer than this share of them may be a tie. */
export const NEAR = 2e-6;
/** Share of a likely score that frequent words may add to it. */
const SMALL = 0.5;
/** Texts that are scored by their own words, at most. */
const MOST_TEXTS = 2000;

/**
 * The best documents by BM25 without the postings of the query's most frequent words: what those could add at most is known, so that whatever has too little by
 * the rare words is passed over, and the rest is scored by its own text (MaxScore, Turtle and Flood 1995, https://doi.org/10.1016/0306-4573(95)00020-H).
 * undefined: the rare words do not tell enough.
 */
export async function searchRareWords(ask: Ask, state: State, query: WordQuery): Promise<readonly FoundRow[] | undefined> {
  const { words, limit } = query;
  const { rare, frequent } = split(words, limit);
  if (rare.length === 0 || frequent.length === 0) return undefined;
  const scored = await scorePostings(ask, state, rare);
  const first = bestOfEach(await scoreTexts(ask, state, scored.next(limit + SPARE, NEAR).rows.slice(0, MOST_TEXTS), query));
  const last = topK(first, limit)[limit - 1];
  const left = last === undefined ? 0 : last.score * (1 - 2 * NEAR) - mostOf(frequent);
  if (left <= 0) return undefined;
  const rows = scored.above(left);
  if (rows.length > MOST_TEXTS) return undefined;
  return topWithTies(bestOfEach(await scoreTexts(ask, state, rows, query)), limit);
}

/** The most frequent words, as long as they add little to what the last of the best is likely to have: as much as the rarest word gives that so many have. */
function split(
  words: readonly WeighedWord[],
  limit: number,
): { readonly rare: readonly WeighedWord[]; readonly frequent: readonly WeighedWord[] } {
  const falling = [...words].sort((a, b) => b.having - a.having);
  const likely = falling.findLast(({ having }) => having >= limit);
  const frequent = new Set<WeighedWord>();
  for (const word of falling) if (likely !== undefined && mostOf([...frequent, word]) <= SMALL * mostOf([likely])) frequent.add(word);
  return { rare: words.filter((word) => !frequent.has(word)), frequent: words.filter((word) => frequent.has(word)) };
}
