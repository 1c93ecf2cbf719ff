import type { Snippet } from '../search/snippet.ts';
import type { Span } from '../types.ts';
import { harmless, linesOf } from '../wording/terminal-text.ts';
import { type Styled, styled } from './styled.ts';

/** A line of what is printed. */
export type Line = readonly (string | Styled)[];

const MOST_LINES = 3;
/** Lines that mean something by where they begin and end: code, lists, tables. */
const isLaidOut = (text: string): boolean => /\n[ \t]+\S|[;{}(,]\n|\n[-*|>]/.test(text);

/** One to three lines of a width in columns, with the matched words marked. */
export function snippetLines({ text, matches }: Snippet, width: number): readonly Line[] {
  const rows = isLaidOut(text) ? rowsOf(text) : [[0, text.length] as const];
  const lines: { readonly plain: string; readonly span: Span; readonly marks: readonly Span[] }[] = [];
  for (const row of rows) {
    const { plain, marks } = plainOf(text, row, matches);
    for (const span of linesOf(plain, width)) lines.push({ plain, span, marks });
  }
  return lines.slice(0, MOST_LINES).map(({ plain, span, marks }, at) => {
    if (at < MOST_LINES - 1 || lines.length <= MOST_LINES) return markedIn(plain, span, marks);
    const [, end = 0] = linesOf(plain.slice(...span), width - 1).next().value ?? [];
    return [...markedIn(plain, [span[0], span[0] + end], marks), '…'];
  });
}

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
    if (begins < at || ends > to) continue;
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
