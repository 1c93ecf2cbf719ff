import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds of work after which others get their turn. */
const TURN_MS = 8;
/** Shorter lists are written in one go. */
const LONG = 16;

/** Characters of a piece that is sent on its own. */
const PIECE = 262_144;

/** Bytes, at least, of an answer in pieces, which wait here until they are read. */
const sizes = new WeakMap<object, number>();

export const bytesWaitingIn = (payload: unknown): number =>
  payload instanceof Uint8Array ? payload.length : typeof payload === 'object' && payload !== null ? (sizes.get(payload) ?? 0) : 0;

/** What is sent of a value: its JSON text, or a stream of it where it is long. */
export async function jsonAnswer(value: unknown): Promise<string | Readable> {
  const [first = '', ...others] = await piecesOf(value);
  if (others.length === 0) return first;
  const pieces = [first, ...others];
  const stream = Readable.from(bytesOf(pieces));
  sizes.set(
    stream,
    pieces.reduce((sum, piece) => sum + piece.length, 0),
  );
  return stream;
}

/** A value as JSON text, in pieces. A long one is written in turns, so that two thousand vectors do not keep every other client waiting. */
async function piecesOf(value: unknown): Promise<readonly string[]> {
  const done: string[] = [];
  let open: string[] = [];
  let length = 0;
  let began = performance.now();
  for (const piece of pieces(value)) {
    open.push(piece);
    length += piece.length;
    if (length >= PIECE) {
      done.push(open.join(''));
      [open, length] = [[], 0];
    }
    if (performance.now() - began < TURN_MS) continue;
    await nextTurn();
    began = performance.now();
  }
  return [...done, open.join('')];
}

/** Pieces of a value's JSON text, each of them small. Vectors (Float32Array) are lists of numbers. */
function* pieces(value: unknown): Generator<string> {
  if (value instanceof Float32Array) yield numbers(value);
  else if (typeof value === 'string' && value.length > PIECE) yield* piecesOfText(value);
  else if (!isLong(value)) yield JSON.stringify(value) ?? 'null';
  else if (Array.isArray(value)) {
    yield '[';
    for (const [at, item] of value.entries()) {
      if (at > 0) yield ',';
      yield* pieces(item);
    }
    yield ']';
  } else {
    let before = '{';
    for (const [name, item] of Object.entries(value as object)) {
      if (item === undefined) continue;
      yield `${before}${JSON.stringify(name)}:`;
      yield* pieces(item);
      before = ',';
    }
    yield before === '{' ? '{}' : '}';
  }
}

/** A pair that is one character stays together: by itself, half of it would be escaped. */
function* piecesOfText(text: string): Generator<string> {
  yield '"';
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + PIECE);
    if (to < text.length && (text.codePointAt(to - 1) as number) > 0xffff) to--;
    yield JSON.stringify(text.slice(from, to)).slice(1, -1);
    from = to;
  }
  yield '"';
}

function* bytesOf(texts: readonly string[]): Generator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

/** A vector's numbers as JSON has them. */
const numbers = (vector: Float32Array): string => `[${vector.join(',')}]`;

const isLong = (value: unknown): boolean =>
  (typeof value === 'string' && value.length > PIECE) ||
  ArrayBuffer.isView(value) ||
  (Array.isArray(value) && (value.length > LONG || value.some(isLong))) ||
  (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).some(isLong));
