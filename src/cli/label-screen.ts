import type { OnScreen } from '../eval/label/session.ts';
import { gradeNames } from '../tasks/label.ts';
import { textOf } from '../text/recipe.ts';
import type { Document } from '../types.ts';
import { grouped } from '../wording/numbers.ts';
import { fitted, harmless } from '../wording/terminal-text.ts';

/** Lines of a document that are shown at a time, where the terminal is high enough. */
const PAGE_LINES = 20;
const QUERY_LINES = 3;
const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What fits comes back from `fitted` whole. */
const fits = (text: string, width: number): boolean =>
  /^[ -~]*$/.test(text) ? text.length <= width : fitted(text, width).startsWith(text);

/** A word that is longer than a line, in pieces. */
const broken = function* (word: string, width: number): Generator<string> {
  let piece = '';
  for (const { segment } of segments.segment(word)) {
    if (piece !== '' && !fits(piece + segment, width)) {
      yield piece;
      piece = '';
    }
    piece += segment;
  }
  yield piece;
};

const joined = function* (parts: Iterable<string>, between: string, width: number): Generator<string> {
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : line + between + part;
    if (fits(longer, width)) {
      line = longer;
      continue;
    }
    if (line !== '') yield line;
    const pieces = [...broken(part, width)];
    yield* pieces.slice(0, -1);
    line = pieces.at(-1) as string;
  }
  if (line !== '') yield line;
};

/** The lines of a text at a width in columns, made harmless; its own line ends stay, blank lines go. Made one by one: a text may be long. */
export const wrapped = function* (text: string, width: number): Generator<string> {
  for (const line of text.split(/[\r\n]+/)) yield* joined(harmless(line).trim().split(' '), ' ', width);
};

const titleNames = ['title', 'name', 'heading'];

const documentLines = function* (document: Document, textFields: readonly string[], width: number, bold: boolean): Generator<string> {
  const { title, fields } = partsOf(document, textFields);
  if (title !== undefined) {
    for (const line of wrapped(textOf(document, [title]), width)) yield bold ? `\u001b[1m${line}\u001b[0m` : line;
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
  /** A terminal that can show bold letters. */
  readonly bold: boolean;
}

const keyLines = [gradeNames.map((name, grade) => `${grade} ${name}`), ['s skip', 'u undo', 'm more', 'n next query', 'q quit']];

/** Everything that a judge sees of one candidate, and whether "m" shows more of it. */
export function screenOf(
  { task, candidate, place, of }: OnScreen,
  options: ScreenOptions,
): { readonly text: string; readonly more: boolean } {
  // The last column stays free: some terminals begin a new line when it is written.
  const width = Math.max(20, Math.min(options.columns - 1, 100));
  const query = firstLines(wrapped(`Query: ${task.query.text}`, width - 1), 0, QUERY_LINES);
  const above = [
    ...query.lines.map((line, at) => (query.more && at === QUERY_LINES - 1 ? `${line}…` : line)),
    ...wrapped(`${place} of ${of} for this query, ${grouped(options.judged)} judged in all`, width),
    '─'.repeat(width),
  ];
  // One line for a note, said or not: what "m" passes by must not depend on it.
  const below = ['─'.repeat(width), ...keyLines.flatMap((names) => [...joined(names, '  ', width)]), fitted(options.note, width).trimEnd()];
  const room = Math.max(3, Math.min(PAGE_LINES, options.rows - above.length - below.length - 2));
  const shown = firstLines(documentLines(candidate.document, options.textFields, width, options.bold), options.page * room, room);
  const more = shown.more ? '… m shows more' : options.page > 0 ? '(the end; m shows the beginning)' : undefined;
  return {
    text: [...above, ...shown.lines, ...(more === undefined ? [] : [fitted(more, width).trimEnd()]), ...below].join('\n'),
    more: shown.more,
  };
}

function firstLines(lines: Iterable<string>, from: number, count: number): { readonly lines: readonly string[]; readonly more: boolean } {
  const kept: string[] = [];
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
