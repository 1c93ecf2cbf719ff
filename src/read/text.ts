import { isAscii, isUtf8 } from 'node:buffer';
import { FinetoothError } from '../errors.ts';
import { encodingOf, labelOf, wideEncodingOf } from './encoding.ts';

/** No single line, record or text may be longer, in UTF-16 units: 256 MiB, half of what V8 allows a string to be. */
export const longestText = 256 * 1024 * 1024;

/** First bytes of files that people pass by mistake; https://en.wikipedia.org/wiki/List_of_file_signatures */
const knownBinaries: readonly (readonly [what: string, magic: readonly number[]])[] = [
  ['a zip archive (.zip, .xlsx and .docx are such)', [0x50, 0x4b, 0x03, 0x04]],
  ['a PDF', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['a Parquet file', [0x50, 0x41, 0x52, 0x31]],
  ['a gzip file inside a gzip file', [0x1f, 0x8b]],
  ['packed with zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['packed with xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['packed with bzip2', [0x42, 0x5a, 0x68, 0x39]],
  ['an SQLite database', [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66]],
];

/** Bytes by which the encoding of a text is recognised, from the first one that is not ASCII on. */
const SAMPLE = 64 * 1024;

export interface DecodeOptions {
  /** What the text says of its encoding; it counts where its bytes are not UTF-8. */
  readonly declared?: string;
  /** Told of an encoding other than UTF-8, before any of its characters. */
  readonly onEncoding?: (encoding: string) => void;
}

/**
 * Decodes UTF-8, or what the first bytes or the first that are not UTF-8 are recognised as: UTF-16, a common 8-bit or East Asian encoding. A byte order
 * mark is skipped. UTF-8 in which a byte is wrong, and a NUL, are E_INPUT_FORMAT with the place (byte and line, both counted from 1). Pieces are cut
 * between characters, not at lines, and are never empty. The first chunk must hold the first 8 bytes of the input, if it has so many (`peek` sees to that).
 */
export async function* decodeText(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  { declared, onEncoding }: DecodeOptions = {},
): AsyncGenerator<string> {
  // With `stream` a decoder would hide how many bytes it holds back, and so the place of an error; see `tornTail`.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const iterator = chunks[Symbol.asyncIterator]();
  let started = false;
  let held: Uint8Array = new Uint8Array(0);
  let offset = 0;
  let line = 1;
  /** Until a character of UTF-8 was seen that is not ASCII. */
  let isOpen = true;
  const placeIn = (bytes: Uint8Array, at: number) => `at byte ${offset + at + 1} (line ${line + newlinesIn(bytes.subarray(0, at))})`;
  const refuseNul = (bytes: Uint8Array): void => {
    const nul = bytes.indexOf(0);
    if (nul < 0) return;
    throw new FinetoothError(
      'E_INPUT_FORMAT',
      `${name} is binary, not text: ${placeIn(bytes, nul)} stands a NUL. Export it as text in UTF-8 first.`,
    );
  };
  const invalid = (bytes: Uint8Array) =>
    new FinetoothError(
      'E_INPUT_FORMAT',
      `${name} is not UTF-8: ${placeIn(bytes, firstInvalid(bytes))} stands a byte that cannot be decoded, and it is not recognised as another encoding. If you know its encoding, convert it with ${iconv(name, 'WINDOWS-1252')}.`,
    );
  /** The rest in the encoding that it is in. Throws where none is recognised. */
  async function* inOtherEncoding(bytes: Uint8Array, isLast: boolean): AsyncGenerator<string> {
    const { sample, ended } = isLast ? { sample: bytes, ended: true } : await gather(bytes, iterator);
    refuseNul(sample);
    const begins = sample.findIndex((byte) => byte >= 0x80);
    const encoding = isOpen ? await encodingOf(sample.subarray(begins, begins + SAMPLE), { declared, isAll: ended }) : undefined;
    if (encoding === undefined) throw invalid(sample);
    onEncoding?.(encoding);
    yield* decodedAs(name, encoding, chunksFrom(sample, ended, iterator));
  }

  try {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      let bytes = held.length > 0 ? Buffer.concat([held, next.value]) : next.value;
      if (!started && bytes.length > 0) {
        started = true;
        const wide = wideEncodingOf(bytes) ?? (labelOf(declared ?? '') === 'iso-2022-jp' ? 'iso-2022-jp' : undefined);
        if (wide === 'utf-32') throw utf32(name);
        if (wide !== undefined) {
          onEncoding?.(wide);
          return yield* decodedAs(name, wide, chunksFrom(bytes, false, iterator));
        }
        refuseKnown(name, bytes);
        if (startsWith(bytes, [0xef, 0xbb, 0xbf])) {
          bytes = bytes.subarray(3);
          offset = 3;
        }
      }
      const whole = bytes.subarray(0, bytes.length - tornTail(bytes));
      refuseNul(whole);
      if (!isUtf8(whole)) return yield* inOtherEncoding(bytes, false);
      if (isOpen && !isAscii(whole)) isOpen = false;
      held = bytes.subarray(whole.length);
      if (whole.length > 0) yield decoder.decode(whole);
      offset += whole.length;
      line += newlinesIn(whole);
    }
    if (held.length > 0) yield* inOtherEncoding(held, true);
  } finally {
    await iterator.return?.();
  }
}

/** At least `SAMPLE` bytes, where there are as many. */
async function gather(
  bytes: Uint8Array,
  iterator: AsyncIterator<Uint8Array>,
): Promise<{ readonly sample: Uint8Array; readonly ended: boolean }> {
  const read = [bytes];
  for (let length = bytes.length; length < SAMPLE; ) {
    const next = await iterator.next();
    if (next.done) return { sample: Buffer.concat(read), ended: true };
    read.push(next.value);
    length += next.value.length;
  }
  return { sample: Buffer.concat(read), ended: false };
}

async function* chunksFrom(first: Uint8Array, ended: boolean, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = ended ? undefined : await iterator.next(); next && !next.done; next = await iterator.next()) yield next.value;
}

async function* decodedAs(name: string, encoding: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let offset = 0;
  const decoded = (bytes: Uint8Array | undefined): string => {
    try {
      const text = bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
      if (text.includes('\0')) throw new Error('a NUL');
      return text;
    } catch (error) {
      throw new FinetoothError(
        'E_INPUT_FORMAT',
        `${name} was recognised as ${encoding}, and behind byte ${offset} stands what is not text in it. If you know its encoding, convert it with ${iconv(name, encoding.toUpperCase())}.`,
        { cause: error },
      );
    }
  };
  for await (const chunk of chunks) {
    const text = decoded(chunk);
    offset += chunk.length;
    if (text !== '') yield text;
  }
  const rest = decoded(undefined);
  if (rest !== '') yield rest;
}

/** All of the texts as one; E_INPUT_FORMAT above `longestText`. */
export async function joinTexts(name: string, texts: AsyncIterable<string>): Promise<string> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of texts) {
    length += piece.length;
    if (length > longestText)
      throw new FinetoothError('E_INPUT_FORMAT', `${name} is one text of more than 256 MiB. Split it into several documents.`);
    pieces.push(piece);
  }
  return pieces.join('');
}

/** The first 60 characters in quotes, control characters made visible, for an error to show. */
export function quoteStart(text: string): string {
  const start = text.slice(0, 60).toWellFormed();
  const visible = start.replace(/[\u0000-\u001f\u007f]/g, (control) => JSON.stringify(control).slice(1, -1));
  return `"${visible}${text.length > 60 ? '…' : ''}"`;
}

/** How many of the last bytes are the beginning of a character whose rest is in the next chunk: 0 to 3. */
function tornTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) !== 0x80) return sequenceLength(byte) > back ? back : 0;
  }
  return 0;
}

function newlinesIn(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

function firstInvalid(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes[at] ?? 0);
    if (length === 0 || !isUtf8(bytes.subarray(at, at + length))) return at;
    at += length;
  }
  return at;
}

function iconv(name: string, from: string): string {
  const plain = /^[\w./-]+$/.test(name) ? ` ${name} > ${name.replace(/([^/]*?)((?:\.[^./]*)?)$/, '$1.utf8$2')}` : '';
  return `"iconv -f ${from} -t UTF-8${plain}"`;
}

function refuseKnown(name: string, head: Uint8Array): void {
  const known = knownBinaries.find(([, magic]) => startsWith(head, magic));
  if (known) throw new FinetoothError('E_INPUT_FORMAT', `${name} is ${known[0]}, not text. Unpack it, or export its text first.`);
}

const utf32 = (name: string): FinetoothError =>
  new FinetoothError(
    'E_INPUT_FORMAT',
    `${name} is UTF-32 (its first four bytes say so), which is not read. Convert it with ${iconv(name, 'UTF-32')}.`,
  );

const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, at) => bytes[at] === byte);

/** Bytes of the UTF-8 sequence that this byte begins; 0 when it begins none (Unicode 16, table 3-7). */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}
