import { FinetoothError } from '../errors.ts';
import { longestText } from './text.ts';

/** A line without its line end. `number` counts from 1. */
export interface Line {
  readonly text: string;
  readonly number: number;
}

const withoutReturn = (text: string): string => (text.endsWith('\r') ? text.slice(0, -1) : text);

/** Cuts decoded text at LF or CR LF, blank lines included; a last line needs no line end. E_INPUT_FORMAT for a line above `longestText`. */
export async function* linesOf(name: string, texts: AsyncIterable<string>): AsyncGenerator<Line> {
  let number = 1;
  let begun: string[] = [];
  let length = 0;
  for await (const text of texts) {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      begun.push(text.slice(from, end));
      yield { text: withoutReturn(begun.length === 1 ? text.slice(from, end) : begun.join('')), number };
      begun = [];
      length = 0;
      number++;
      from = end + 1;
    }
    if (from === text.length) continue;
    begun.push(text.slice(from));
    length += text.length - from;
    if (length > longestText)
      throw new FinetoothError(
        'E_INPUT_FORMAT',
        `${name} line ${number} is longer than 256 MiB. Check that this is its format and that it has line ends.`,
      );
  }
  if (begun.length > 0) yield { text: withoutReturn(begun.join('')), number };
}
