import type { FinetoothError } from '../errors.ts';
import { refused } from './leaf.ts';

/** A text and how far it was read. */
export interface Reading {
  readonly text: string;
  at: number;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** Characters that are shown before and after a place. */
const AROUND = 40;

/** The next character that is no white space, to which it goes on; '' at the end. */
export function next(reading: Reading): string {
  takeMatch(reading, /\s+/y);
  return reading.text[reading.at] ?? '';
}

export function isAtEnd(reading: Reading): boolean {
  return next(reading) === '';
}

/** Takes a sign, if it comes next. */
export function take(reading: Reading, sign: string): boolean {
  if (next(reading) !== sign) return false;
  reading.at++;
  return true;
}

/** Takes a word in letters of either case, if it comes next as a whole. */
export function takeWord(reading: Reading, word: string): boolean {
  next(reading);
  return takeMatch(reading, new RegExp(`${word}(?![^\\s(),<>=!"'\`[])`, 'iy')) !== undefined;
}

/** Takes what a sticky pattern matches here. */
export function takeMatch(reading: Reading, pattern: RegExp): string | undefined {
  pattern.lastIndex = reading.at;
  const match = pattern.exec(reading.text)?.[0];
  if (match !== undefined) reading.at += match.length;
  return match;
}

/** Takes a text in quotes or backticks, whichever comes next; a backslash goes before the same quote, itself, and the letters of JSON. */
export function quoted(reading: Reading): string {
  const from = reading.at;
  const quote = next(reading);
  let text = '';
  for (reading.at++; ; ) {
    text += takeMatch(reading, /[^\\"'`]+/y) ?? '';
    const character = reading.text[reading.at++];
    if (character === undefined) throw placed(reading, `this ${quote} is not closed.`, from);
    if (character === quote) return text;
    text += character === '\\' ? escaped(reading) : character;
  }
}

/** Where the list of JSON ends that begins here; the end of the text where it is not closed. */
export function endOfList({ text, at }: Reading): number {
  let depth = 0;
  for (const { 0: token, index } of text.slice(at).matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]]/gs)) {
    if (token === '[') depth++;
    if (token === ']' && --depth === 0) return at + index + 1;
  }
  return text.length;
}

/** What comes next, as an error names it. */
export function wordAt(reading: Reading): string {
  const { text, at } = reading;
  const [word] = /^(?:[(),]|[<>=!]+|[^\s(),<>=!]+)/.exec(text.slice(at, at + 200)) ?? [];
  return word === undefined ? 'the end' : JSON.stringify(word.length > 40 ? `${word.slice(0, 39)}…` : word);
}

/** E_USAGE with the column, counted in characters from 1, and below it the place itself. */
export function placed({ text, at: end }: Reading, problem: string, at = end): FinetoothError {
  const [before, after] = [[...text.slice(0, at)], [...text.slice(at, at + 2 * AROUND)]];
  const line = (characters: readonly string[]): string => characters.join('').replace(/\s/gu, ' ').toWellFormed();
  const [left, right] = [before.length > AROUND ? '…' : '', after.length > AROUND ? '…' : ''];
  const shown = `${left}${line(before.slice(-AROUND))}`;
  return refused(
    `the filter is not understood at column ${before.length + 1}: ${problem}\n  ${shown}${line(after.slice(0, AROUND))}${right}\n  ${' '.repeat([...shown].length)}^`,
  );
}

function escaped(reading: Reading): string {
  const code = takeMatch(reading, /u[0-9a-f]{4}/iy);
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
  const letter = takeMatch(reading, /[\\"'`/nrtbf]/y);
  if (letter !== undefined) return escapes[letter] ?? letter;
  throw placed(
    reading,
    'a backslash goes before a quote, a backslash, n, r, t, b, f or u with four digits; a backslash itself is \\\\.',
    reading.at - 1,
  );
}
