import { setImmediate as nextTurn } from 'node:timers/promises';
import { FinetoothError } from '../../errors.ts';
import type { ReadDocument } from '../../index.ts';
import { parseDocument } from '../../stores.ts';
import { bodyChunks } from '../body-chunks.ts';
import type { Share } from '../hooks/body-memory.ts';
import { RequestError } from '../problem.ts';

/** Bytes of one line. A document of that length is a book. */
const LONGEST_LINE = 16_000_000;
/** Values of one document: as many as can be read before others are kept waiting. */
const MOST_VALUES = 100_000;
/** Bytes; shorter lines are read in one go. */
const LONG = 262_144;
/** Lines after which others have their turn. */
const LINES = 512;
const NEWLINE = 0x0a;

export interface DocumentsInOptions {
  readonly share?: Share | undefined;
  readonly unwritten?: { bytes: number };
  readonly gone?: AbortSignal;
  readonly closing?: AbortSignal | undefined;
}

/**
 * Documents of a body, one JSON object a line, as they arrive. A body that ends in the middle of a line ends in an error, after the whole lines.
 *
 * @param idleMs milliseconds without a byte after which the sender is given up
 * @param share what the line that has begun is counted in, and the documents that wait to be written
 * @param unwritten counts those; whoever has written them sets it back
 * @param gone aborted when no one wants the documents any more
 * @param closing aborted when the server is about to end, which waits for no sender
 */
export const documentsIn = async function* (
  body: AsyncIterable<Uint8Array>,
  idleMs: number,
  { share, gone, closing, unwritten = { bytes: 0 } }: DocumentsInOptions = {},
): AsyncGenerator<ReadDocument> {
  const stops = [share?.refused, gone, closing].filter((one) => one !== undefined);
  const line = createLine();
  let at = 0;
  const hold = (piece: Uint8Array): void => {
    if (line.length + piece.length > LONGEST_LINE) throw new RequestError('large', `line ${at + 1} has more than ${LONGEST_LINE} bytes`);
    line.add(piece);
  };
  try {
    for await (const value of bodyChunks(body, { idleMs, stops, late: () => `after line ${at}; what was acknowledged is kept` })) {
      let from = 0;
      for (let end = value.indexOf(NEWLINE); end >= 0; end = value.indexOf(NEWLINE, from)) {
        hold(value.subarray(from, end));
        from = end + 1;
        at++;
        // A chunk may hold sixty thousand of them.
        if (at % LINES === 0) await nextTurn();
        if (line.length === 0) continue;
        const document = await documentOf(line.take(), `line ${at}`);
        unwritten.bytes += document?.bytes ?? 0;
        if (document !== undefined) yield document;
      }
      hold(value.subarray(from));
      share?.hold(line.length + unwritten.bytes);
    }
    const document = await documentOf(line.take(), `line ${at + 1}`);
    if (document !== undefined) yield document;
  } finally {
    share?.release();
  }
};

/** The line that has begun. It grows by doubling, so that a million chunks of one byte cost what one of a million costs. */
function createLine() {
  let held = new Uint8Array(0);
  let length = 0;
  return {
    get length() {
      return length;
    },
    add: (piece: Uint8Array): void => {
      if (length + piece.length > held.length) {
        const larger = new Uint8Array(Math.max(length + piece.length, Math.min(2 * held.length, LONGEST_LINE)));
        larger.set(held.subarray(0, length));
        held = larger;
      }
      held.set(piece, length);
      length += piece.length;
    },
    /** What there is, and nothing afterwards. */
    take: (): Uint8Array => {
      const taken = held.subarray(0, length);
      [held, length] = [new Uint8Array(0), 0];
      return taken;
    },
  };
}

/** The document of a line, as the command line reads it; undefined for a blank line. */
async function documentOf(bytes: Uint8Array, where: string): Promise<ReadDocument | undefined> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FinetoothError('E_INPUT_FORMAT', `${where} is not UTF-8. Convert it or take it out.`, { cause });
  }
  if (bytes.length > LONG) await nextTurn();
  if (text.trim() === '') return undefined;
  return { ...parseDocument(text, where, { mostValues: MOST_VALUES }), bytes: bytes.length };
}
