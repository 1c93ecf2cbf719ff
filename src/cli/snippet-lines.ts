import type { Snippet } from '../search/snippet.ts';
import type { Span } from '../types.ts';
import { harmless, linesOf } from '../wording/terminal-text.ts';
import { type Styled, styled } from './styled.ts';

/** A line of what is printed. */
export type Line = readonly (string | Styled)[];

const MOST_LINES = 3;
/** Characters of a snippet that may have been cut at a word; a shorter one without a full stop is all that there is. */
const LEAST_CUT = 240;
/** Lines that mean something by where they begin and end: code, lists, tables. */
const isLaidOut = (text: string): boolean => /\n[ \t]+\S|[;{}(,]\n|\n[-*|>]/.test(text);

/** One to three lines of a width in columns that hold the chosen sentence, or begin with it, with the matched words marked. */
export function snippetLines({ text, matches, sentence }: Snippet, width: number): readonly Line[] {
  const isProse = !isLaidOut(text);
  const rows = isProse ? [[0, text.length] as const] : rowsOf(text);
  const lines = rows.flatMap((row) => {
    const { plain, marks } = plainOf(text, row, matches);
    const chosen = plainOf(text, row, [clipped(sentence, row)]).marks[0];
    return [...linesOf(plain, width)].map((span) => ({ plain, span, marks, isChosen: chosen !== undefined && overlap(span, chosen) }));
  });
  const [first, last] = [lines.findIndex(({ isChosen }) => isChosen), lines.findLastIndex(({ isChosen }) => isChosen)];
  const from = last < MOST_LINES ? 0 : Math.min(first, lines.length - MOST_LINES);
  const shown = lines.slice(from, from + MOST_LINES);
  const isCut = from + MOST_LINES < lines.length || (isProse && text.length > LEAST_CUT && /[\p{L}\p{N},;]$/u.test(text));
  return shown.map(({ plain, span, marks }, at) => {
    if (at < shown.length - 1 || !isCut) return markedIn(plain, span, marks);
    const [, end = 0] = linesOf(plain.slice(...span), width - 1).next().value ?? [];
    return [...markedIn(plain, [span[0], span[0] + end], marks), '…'];
  });
}

const clipped = ([from, to]: Span, [least, most]: Span): Span => [Math.max(from, least), Math.min(to, most)];
const overlap = (a: Span, b: Span): boolean => a[0] < b[1] && b[0] < a[1];

function rowsOf(text: string): readonly Span[] {
  return [...text.matchAll(/[^\n]*\S[^\n]*/g)].map(({ 0: row, index }) => [index, index + row.length]);
}

/** A part of a text as one line, and where the marks are in it. */
function plainOf(text: string, [from, to]: Span, matches: readonly Span[]): { readonly plain: string; readonly marks: readonly Span[] } {
  let plain = '';
  let at = from;
  const marks: Span[] = [];
  const add = (part: string): void => {
    const more = harmless(part);
    plain += plain === '' || plain.endsWith(' ') ? more.trimStart() : more;
  };
  for (const [begins, ends] of matches) {
    if (begins < at || ends > to || ends <= begins) continue;
    add(text.slice(at, begins));
    const start = plain.length;
    add(text.slice(begins, ends));
    marks.push([start, plain.length]);
    at = ends;
  }
  add(text.slice(at, to));
  return { plain, marks };
}

function markedIn(plain: string, [from, to]: Span, marks: readonly Span[]): Line {
  const line: (string | Styled)[] = [];
  let at = from;
  for (const [begins, ends] of marks) {
    const [start, end] = [Math.max(begins, from), Math.min(ends, to)];
    if (start >= end) continue;
    if (start > at) line.push(plain.slice(at, start));
    line.push(styled('match', plain.slice(start, end)));
    at = end;
  }
  if (at < to) line.push(plain.slice(at, to));
  return line;
}
