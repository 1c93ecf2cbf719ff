import { sentencesIn } from '../text/passages.ts';
import type { Span } from '../types.ts';
import { english, type HighlightWords, newlinesIn, sentencesWith } from './sentences.ts';

/** The sentence of a text that says why it was found. */
export interface Highlight {
  /** Characters of the ranked text, the end not included. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** The first and the last line of it in the source of the document, from 1; only where the source has lines. */
  readonly lines?: readonly [first: number, last: number];
  /** The first and the last page of it, from 1; only where the text has pages, which form feeds part. */
  readonly pages?: readonly [first: number, last: number];
}

/** The part of a text that gave a score. */
export interface RankedPart {
  /** All of the text. */
  readonly text: string;
  readonly span: Span;
  /** The line of its source that the part begins in, from 1. */
  readonly line?: number;
}

/** The sentence of the part that has most of the query's words, by BM25; all of the part where none has any. */
export function highlightFor(query: string, { text, span, line }: RankedPart, words: HighlightWords = english): Highlight {
  const sentences = [...sentencesIn(text, span)];
  const [best] = sentencesWith(words.query(query), text, sentences, words, 1);
  const [start, end] = best === undefined ? span : (sentences[best] as Span);
  const first = line === undefined ? undefined : line + newlinesIn(text.slice(span[0], start));
  const found = text.slice(start, end);
  return {
    start,
    end,
    text: found,
    lines: first === undefined ? undefined : [first, first + newlinesIn(found.trimEnd())],
    pages: pagesOf(text, start, end),
  };
}

/** The first and the last page of a part of a text, from 1; nothing for a text without form feeds. */
export function pagesOf(text: string, start: number, end: number): readonly [first: number, last: number] | undefined {
  if (!text.includes('\f')) return undefined;
  const written = text.slice(start, end);
  const first = 1 + formFeedsIn(text.slice(0, start + (written.length - written.trimStart().length)));
  return [first, first + formFeedsIn(written.trim())];
}

const formFeedsIn = (text: string): number => text.split('\f').length - 1;
