import { topK } from '../math/top-k.ts';
import { buildBm25 } from '../store/bm25.ts';
import { wordsOf } from '../text/analyzer.ts';
import type { Span } from '../types.ts';

/** What sentences are compared by. */
export interface HighlightWords {
  text(text: string): readonly string[];
  query(query: string): readonly string[];
}

export const english: HighlightWords = { text: wordsOf, query: (query) => wordsOf(query, 'query') };

/** Places of the sentences of a text that have words of the query, those with most of them first, by BM25; headings are left out. */
export function sentencesWith(
  terms: readonly string[],
  text: string,
  sentences: readonly Span[],
  words: HighlightWords,
  most = sentences.length,
): readonly number[] {
  const entries = sentences.map((one, i) => ({ id: String(i), terms: isHeading(text, one) ? [] : words.text(text.slice(...one)) }));
  return topK(buildBm25(entries).score(terms), most).map(({ id }) => Number(id));
}

/** A heading names what the sentences below it say. */
export const isHeading = (text: string, [from]: Span): boolean => /^#{1,6}[ \t]/.test(text.slice(from, from + 8));

export const newlinesIn = (text: string): number => text.split('\n').length - 1;
