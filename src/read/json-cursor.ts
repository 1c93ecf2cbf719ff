import { FinetoothError } from '../errors.ts';
import { deepest, tooDeep } from './record.ts';
import { longestText } from './text.ts';

export type JsonCursor = ReturnType<typeof jsonCursor>;

const code = {
  tab: 9,
  newline: 10,
  return: 13,
  space: 32,
  quote: 34,
  comma: 44,
  open: 91,
  backslash: 92,
  close: 93,
  openObject: 123,
  closeObject: 125,
};

/** How far into a value the scan has come; kept from chunk to chunk. */
interface ScanState {
  /** The closing brackets that are still due, innermost last. */
  readonly due: number[];
  inString: boolean;
  escaped: boolean;
}

/** A place in JSON text that walks forward only, and keeps one chunk. Values are cut, not checked: JSON.parse does that. */
export function jsonCursor(name: string, texts: AsyncIterable<string>) {
  const iterator = texts[Symbol.asyncIterator]();
  let text = '';
  let at = 0;
  let line = 1;
  const more = async (): Promise<boolean> => {
    const next = await iterator.next();
    text = next.done ? '' : next.value;
    at = 0;
    return !next.done;
  };
  return {
    line: () => line,
    /** The next character that is no white space, not taken yet; '' at the end. */
    next: async (): Promise<string> => {
      for (;;) {
        while (at < text.length && isSpace(text.charCodeAt(at))) if (text.charCodeAt(at++) === code.newline) line++;
        if (at < text.length) return String.fromCodePoint(text.codePointAt(at) ?? 0);
        if (!(await more())) return '';
      }
    },
    skip: (): void => void at++,
    /** Takes a whole value; `due` holds brackets opened before. `whole` is false where the text ended within it. */
    value: async (what: string, due: number[] = []): Promise<{ readonly text: string; readonly whole: boolean }> => {
      const state: ScanState = { due, inString: false, escaped: false };
      const pieces: string[] = [];
      let length = 0;
      for (;;) {
        const end = endOfValue(text, at, state);
        if (state.due.length > deepest) throw tooDeep(`${name} ${what}`);
        const piece = text.slice(at, end < 0 ? text.length : end);
        at += piece.length;
        length += piece.length;
        if (length > longestText)
          throw new FinetoothError(
            'E_INPUT_FORMAT',
            `${name} ${what} is longer than 256 MiB. Split it, or check that its brackets are closed.`,
          );
        pieces.push(piece);
        const ended = end >= 0 || !(await more());
        if (!ended) continue;
        const taken = pieces.length === 1 ? piece : pieces.join('');
        line += linesIn(taken);
        return { text: taken, whole: end >= 0 };
      }
    },
  };
}

const isSpace = (c: number): boolean => c === code.space || c === code.newline || c === code.return || c === code.tab;

/**
 * The index after the end of the value, or -1 when the value goes on after this chunk. Where the text cannot be JSON (a wrong
 * bracket, a line end in a string) the value ends too, so that JSON.parse names the reason near its place.
 */
function endOfValue(text: string, from: number, state: ScanState): number {
  for (let at = from; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (state.inString) {
      if (state.escaped) state.escaped = false;
      else if (c === code.backslash) state.escaped = true;
      else if (c === code.newline) return at;
      else if (c === code.quote) {
        state.inString = false;
        if (state.due.length === 0) return at + 1;
      }
    } else if (c === code.quote) state.inString = true;
    else if (c === code.open || c === code.openObject) {
      if (state.due.push(c === code.open ? code.close : code.closeObject) > deepest) return -1;
    } else if (c === code.close || c === code.closeObject) {
      if (state.due.length === 0) return at;
      if (state.due.pop() !== c || state.due.length === 0) return at + 1;
    } else if (state.due.length === 0 && (c === code.comma || isSpace(c))) return at;
  }
  return -1;
}

function linesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
