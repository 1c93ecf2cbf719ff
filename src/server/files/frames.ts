import { z } from 'zod';
import { RequestError } from '../problem.ts';
import { checkedPath } from './forms.ts';

/** A file among others in one body. */
export interface Frame {
  readonly path: string;
  /** Has to be walked to its end before the next frame is asked for. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Bytes of the line before a file. */
const LONGEST_LINE = 8192;
const NEWLINE = 0x0a;

const header = z.strictObject({ path: z.string(), bytes: z.int().min(0) });

/**
 * The files of a body that holds several: before each stands a line `{"path": "notes/a.md", "bytes": 120}`, and behind that line so many bytes, which may
 * be anything. Throws a RequestError for a body that is not so, or ends within a file.
 */
export async function* framesIn(body: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  const chunks = body[Symbol.asyncIterator]();
  let held: Uint8Array = new Uint8Array(0);
  const more = async (): Promise<boolean> => {
    const { value, done } = await chunks.next();
    if (done) return false;
    held = held.length === 0 ? value : Buffer.concat([held, value]);
    return true;
  };
  async function* take(count: number, path: string): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0; ) {
      if (held.length === 0 && !(await more()))
        throw new RequestError('malformed', `the body ends ${left} bytes before the end of ${path}; send it again`);
      const piece = held.subarray(0, left);
      held = held.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }
  for (let at = 1; ; at++) {
    let end = held.indexOf(NEWLINE);
    while (end < 0) {
      if (held.length > LONGEST_LINE) throw notAHeader(at);
      if (!(await more())) break;
      end = held.indexOf(NEWLINE);
    }
    if (end < 0 && held.length === 0) return;
    if (end < 0) throw notAHeader(at);
    const { path, bytes } = headerIn(held.subarray(0, end), at);
    held = held.subarray(end + 1);
    yield { path: checkedPath(path), bytes: take(bytes, path) };
  }
}

function headerIn(bytes: Uint8Array, at: number): z.infer<typeof header> {
  try {
    return header.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    throw notAHeader(at);
  }
}

const notAHeader = (at: number): RequestError =>
  new RequestError(
    'malformed',
    `there is no line {"path": "notes/a.md", "bytes": 120} before file ${at} of the body; send each file behind such a line, or name a single one by ?path=`,
  );
