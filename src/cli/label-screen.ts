import type { OnScreen } from '../eval/label/session.ts';
import { gradeNames } from '../tasks/label.ts';
import { textOf } from '../text/recipe.ts';
import type { Document } from '../types.ts';
import { grouped } from '../wording/numbers.ts';
import { fitted, harmless, linesOf } from '../wording/terminal-text.ts';
import { type Styled, styled } from './styled.ts';

/** Lines of a document that are shown at a time, where the terminal is high enough. */
const PAGE_LINES = 20;
const QUERY_LINES = 3;

/** The lines of a text at a width in columns; its own line ends stay, blank lines go. Made one by one: a text may be long. */
export const wrapped = function* (text: string, width: number): Generator<string> {
  for (const line of text.split(/[\r\n]+/)) {
    const plain = harmless(line).trim();
    for (const span of linesOf(plain, width)) yield plain.slice(...span);
  }
};

const titleNames = ['title', 'name', 'heading'];

const documentLines = function* (document: Document, textFields: readonly string[], width: number): Generator<string | Styled> {
  const { title, fields } = partsOf(document, textFields);
  if (title !== undefined) {
    for (const line of wrapped(textOf(document, [title]), width)) yield styled('title', line);
    yield '';
  }
  for (const field of fields) yield* wrapped(`${field}: ${textOf(document, [field])}`, width);
};

export interface ScreenOptions {
  readonly columns: number;
  readonly rows: number;
  /** Screenfuls of the document that were passed with "m". */
  readonly page: number;
  /** Judgments in all. */
  readonly judged: number;
  readonly textFields: readonly string[];
  /** Said below the keys, in one line. */
  readonly note: string;
}

const keyLines = [gradeNames.map((name, grade) => `${grade} ${name}`), ['s skip', 'u undo', 'm more', 'n next query', 'q quit']];

/** Everything that a judge sees of one candidate, and whether "m" shows more of it. */
export function screenOf(
  { task, candidate, place, of }: OnScreen,
  options: ScreenOptions,
): { readonly lines: readonly (string | Styled)[]; readonly more: boolean } {
  // The last column stays free: some terminals begin a new line when it is written.
  const width = Math.max(20, Math.min(options.columns - 1, 100));
  const query = firstLines(wrapped(`Query: ${task.query.text}`, width - 1), 0, QUERY_LINES);
  const above = [
    ...query.lines.map((line, at) => (query.more && at === QUERY_LINES - 1 ? `${line}…` : line)),
    ...wrapped(`${place} of ${of} for this query, ${grouped(options.judged)} judged in all`, width),
    '─'.repeat(width),
  ];
  // One line for a note, said or not: what "m" passes by must not depend on it.
  const below = ['─'.repeat(width), ...keyLines.flatMap((names) => keysIn(names, width)), fitted(options.note, width).trimEnd()];
  const room = Math.max(3, Math.min(PAGE_LINES, options.rows - above.length - below.length - 2));
  const shown = firstLines(documentLines(candidate.document, options.textFields, width), options.page * room, room);
  const more = shown.more ? '… m shows more' : options.page > 0 ? '(the end; m shows the beginning)' : undefined;
  return {
    lines: [...above, ...shown.lines, ...(more === undefined ? [] : [fitted(more, width).trimEnd()]), ...below],
    more: shown.more,
  };
}

/** Names of keys in lines, none of them torn. */
function keysIn(names: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const name of names) {
    const longer = `${lines.at(-1) ?? ''}  ${name}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(name);
  }
  return lines;
}

function firstLines<Line>(lines: Iterable<Line>, from: number, count: number): { readonly lines: readonly Line[]; readonly more: boolean } {
  const kept: Line[] = [];
  let at = 0;
  for (const line of lines) {
    if (kept.length === count) return { lines: kept, more: true };
    if (at++ >= from) kept.push(line);
  }
  return { lines: kept, more: false };
}

/** Title first, then the fields that make the text, then all others that say something. */
function partsOf(
  document: Document,
  textFields: readonly string[],
): { readonly title: string | undefined; readonly fields: readonly string[] } {
  const says = (field: string): boolean => textOf(document, [field]) !== '';
  const title = titleNames.find(says);
  const ids = ['_id', 'id'];
  const fields = [...new Set([...textFields, ...Object.keys(document)])].filter(
    (field) => field !== title && !ids.includes(field) && says(field),
  );
  return { title, fields };
}
