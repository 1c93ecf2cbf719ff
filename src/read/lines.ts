import { FinetoothError } from '../errors.ts';
import { createTurns } from '../time/turn.ts';
import { longestText } from './text.ts';

/** Lines after which the clock is looked at. */
const LOOK = 1024;

/** A line without its line end. `number` counts from 1. */
export interface Line {
  readonly text: string;
  readonly number: number;
}

/** Lines that follow each other, without their line ends; `first` is the number of the first, from 1. */
export interface Lines {
  readonly texts: readonly string[];
  readonly first: number;
}

/** Cuts decoded text at LF or CR LF, blank lines included; a last line needs no line end. E_INPUT_FORMAT for a line above `longestText`. */
export async function* lineBatchesOf(name: string, texts: AsyncIterable<string>): AsyncGenerator<Lines> {
  let first = 1;
  let begun: string[] = [];
  let length = 0;
  for await (const text of texts) {
    const pieces = text.split('\n');
    const last = pieces.pop() as string;
    if (pieces.length > 0) {
      pieces[0] = begun.join('') + pieces[0];
      yield { texts: pieces.map(withoutReturn), first };
      first += pieces.length;
      begun = [];
      length = 0;
    }
    if (last === '') continue;
    begun.push(last);
    length += last.length;
    if (length > longestText)
      throw new FinetoothError(
        'E_INPUT_FORMAT',
        `${name} line ${first} is longer than 256 MiB. Check that this is its format and that it has line ends.`,
      );
  }
  if (begun.length > 0) yield { texts: [withoutReturn(begun.join(''))], first };
}

/** The same, one line at a time. */
export async function* linesOf(name: string, texts: AsyncIterable<string>): AsyncGenerator<Line> {
  const turn = createTurns();
  for await (const { texts: lines, first } of lineBatchesOf(name, texts))
    for (const [at, text] of lines.entries()) {
      // A chunk may hold a hundred thousand of them.
      if (at % LOOK === 0) await turn();
      yield { text, number: first + at };
    }
}

const withoutReturn = (text: string): string => (text.charCodeAt(text.length - 1) === 13 ? text.slice(0, -1) : text);
