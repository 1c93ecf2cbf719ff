import { markableWords, matchedWords } from '../text/matched-words.ts';
import type { Span } from '../types.ts';
import { pagesOf } from './highlight.ts';
import { english, type HighlightWords, isHeading, newlinesIn, sentencesWith } from './sentences.ts';

/** The sentences of a text that matter for a query, as a person is shown them. */
export interface Snippet {
  /** As it stands in the text, line ends included; at most 320 characters. '' where the text has nothing beside its title. */
  readonly text: string;
  /** Characters of the ranked text, the end not included. */
  readonly start: number;
  readonly end: number;
  /** Of `text`, likewise: the sentence that was chosen, or the part of it that fits; what stands around it is there while there is room. */
  readonly sentence: Span;
  /** Words of the query, as BM25 compares them: places in `text` in UTF-16 units, in order, the end not included. */
  readonly matches: readonly Span[];
  /** The first and the last line of it in the source of the document, from 1; only where the source has lines. */
  readonly lines?: readonly [first: number, last: number];
  /** The first and the last page of the chosen sentence, from 1; only where the text has pages, which form feeds part. */
  readonly pages?: readonly [first: number, last: number];
}

/** The part of a text that a snippet is taken from. */
export interface SnippetSource {
  /** '' where the text has none. */
  readonly title: string;
  readonly text: string;
  readonly span: Span;
  /** The line of its source that the part begins in, from 1. */
  readonly line?: number;
  /** Those of the part, in order. */
  readonly sentences: readonly Span[];
  /** By whose words they are compared with the query. @default English */
  readonly words?: HighlightWords;
}

const MOST = 320;
/** Characters of a sentence that is begun and does not fit: fewer say nothing. */
const LEAST_BEGUN = 60;
/** Characters of a sentence in which words are looked for. */
const LONGEST = 20_000;

/** Where words of the query stand in a part of the text. */
type MatchesIn = (part: string) => readonly Span[];

/** The snippet around a sentence; the beginning of the part without one. */
export function snippetOf(
  query: string,
  { text, span, line, sentences, words: own = english }: SnippetSource,
  best: number | undefined,
): Snippet {
  const words = markableWords(query, own.query);
  const sentence = best === undefined ? undefined : sentences[best];
  const [start, end] =
    sentence === undefined
      ? trimmed(text, [span[0], Math.min(span[1], span[0] + MOST)])
      : widened(text, sentences, sentence, (part) => matchedWords(words, part, own.text));
  const shown = text.slice(start, end);
  const first = line === undefined ? undefined : line + newlinesIn(text.slice(span[0], start));
  const lines = first === undefined ? undefined : ([first, first + newlinesIn(shown)] as const);
  const chosen: Span = sentence === undefined ? [0, shown.length] : [Math.max(0, sentence[0] - start), Math.min(sentence[1], end) - start];
  return {
    text: shown,
    start,
    end,
    sentence: chosen,
    matches: matchedWords(words, shown, own.text),
    lines,
    pages: pagesOf(text, start + chosen[0], start + chosen[1]),
  };
}

/** Places of the sentences: those first that have most of the query's words, then the others in their order; headings are left out. */
export function rankSentences(query: string, { text, sentences, words = english }: SnippetSource): readonly number[] {
  const found = sentencesWith([...markableWords(query, words.query)], text, sentences, words);
  const isFound = new Set(found);
  return [...found, ...sentences.flatMap((one, i) => (isFound.has(i) || isHeading(text, one) ? [] : [i]))];
}

/** The sentence with what stands behind it while there is room, and then what stands before it; of one that is too long a part. */
function widened(text: string, sentences: readonly Span[], best: Span, matchesIn: MatchesIn): Span {
  if (best[1] - best[0] > MOST) return cutTo(text, best, matchesIn);
  const at = sentences.indexOf(best);
  let [start, end] = best;
  const behind = sentences.slice(at + 1);
  const next = behind.findIndex(([from, to]) => to - start > MOST || isHeading(text, [from, to]));
  end = (next < 0 ? sentences.at(-1) : sentences[at + next])?.[1] ?? end;
  for (const [from, to] of sentences.slice(0, at).reverse()) {
    if (end - from > MOST || isHeading(text, [from, to])) break;
    start = from;
  }
  const begun = behind[next];
  return begun === undefined || isHeading(text, begun) || start + MOST - begun[0] < LEAST_BEGUN
    ? [start, end]
    : trimmed(text, [start, begun[0] + text.slice(begun[0], start + MOST).search(/\s\S*$/)]);
}

/** So many characters of a long sentence, from a word to a word, that hold most of the matches. */
function cutTo(text: string, [from, to]: Span, matchesIn: MatchesIn): Span {
  const matches = matchesIn(text.slice(from, Math.min(to, from + LONGEST)));
  const countFrom = (start: number): number => matches.filter(([begins, ends]) => begins >= start && ends <= start + MOST * 0.8).length;
  const [best = 0] = matches.map(([begins]) => begins).sort((a, b) => countFrom(b) - countFrom(a) || a - b);
  const start = from + Math.max(0, Math.min(best - MOST / 10, to - from - MOST));
  const end = Math.min(to, start + MOST);
  const part = text.slice(start, end);
  const head = start === from ? 0 : part.slice(0, MOST / 10).search(/(?<=\s)\S/);
  const tail = end === to ? part.length : part.search(/\s\S*$/);
  return trimmed(text, [start + Math.max(0, head), tail < part.length / 2 ? end : start + tail]);
}

/** Without white space at its ends, nor half a character. */
function trimmed(text: string, [from, to]: Span): Span {
  const isInside = (at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
  const [first, last] = [isInside(from) ? from + 1 : from, isInside(to) ? to - 1 : to];
  const part = text.slice(first, last);
  const start = first + (part.length - part.trimStart().length);
  return [start, start + part.trim().length];
}
