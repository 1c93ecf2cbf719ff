import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FinetoothError, messageOf, throwIfStopped } from '../errors.ts';

/** Chunks whose first bytes were looked at. `chunks` still yields every byte, and may be walked once. */
export interface Peeked {
  /** At least as many bytes as were asked for, fewer only where the input is shorter. */
  readonly head: Uint8Array;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Closes what is behind, for a caller that does not walk `chunks` to its end. */
  close(): Promise<void>;
}

/** Reads ahead until `atLeast` bytes are there. */
export async function peek(source: AsyncIterable<Uint8Array>, atLeast: number): Promise<Peeked> {
  const iterator = source[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let ended = false;
  for (let length = 0; length < atLeast && !ended; ) {
    const next = await iterator.next();
    if (next.done) ended = true;
    else {
      read.push(next.value);
      length += next.value.length;
    }
  }
  const head = read.length === 1 && read[0] ? read[0] : Buffer.concat(read);
  const close = async () => void (await iterator.return?.());
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield head;
      for (let next = ended ? undefined : await iterator.next(); next && !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await close();
    }
  }
  return { head, chunks: chunks(), close };
}

/** The same chunks, but a raised signal ends even a read that never answers (a pipe no one writes to) with E_STOPPED. */
export async function* stoppable(source: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  if (!signal) {
    yield* source;
    return;
  }
  throwIfStopped(signal);
  const iterator = source[Symbol.asyncIterator]();
  // One promise a read: a promise for the whole stream would remember every race that was run on it.
  let stopped = Promise.withResolvers<'stopped'>();
  const stop = () => stopped.resolve('stopped');
  signal.addEventListener('abort', stop);
  try {
    for (;;) {
      stopped = Promise.withResolvers();
      const next = await Promise.race([iterator.next(), stopped.promise]);
      throwIfStopped(signal);
      if (next === 'stopped' || next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    // Not awaited after a stop: a generator answers `return` only after the read that hangs.
    const closed = Promise.resolve(iterator.return?.()).catch(() => undefined);
    if (!signal.aborted) await closed;
  }
}

/** All bytes of an input; E_INPUT_FORMAT for more than `most`. `what`: what it would be, for the sentence. */
export async function joinBytes(
  source: { readonly name: string; bytes(): AsyncIterable<Uint8Array> },
  most: number,
  what: string,
): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source.bytes()) {
    length += chunk.length;
    if (length > most)
      throw new FinetoothError(
        'E_INPUT_FORMAT',
        `${source.name} is larger than ${most / 1024 / 1024} MiB, which a ${what} may not be. Split it, or export its text.`,
      );
    read.push(chunk);
  }
  return read.length === 1 && read[0] ? read[0] : Buffer.concat(read);
}

/** Told by the two magic bytes of RFC 1952 section 2.3.1, whatever the file is called. */
export const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** Unpacks gzip, also several members in a row (`cat a.gz b.gz`); zero bytes after the last are padding. Memory is bounded. More than `most` bytes are refused. */
export async function* gunzip(
  name: string,
  packed: AsyncIterable<Uint8Array>,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  const unzip = createGunzip();
  // The callback is needed for `pipeline` to exist, but every error also comes out of the loop below.
  pipeline(Readable.from(packed), unzip, () => undefined);
  try {
    let length = 0;
    for await (const chunk of unzip) {
      length += chunk.length;
      if (length > most)
        throw new FinetoothError(
          'E_INPUT_FORMAT',
          `${name} holds more than ${most} bytes once it is unpacked, which is all that may be read of a packed file here. Take it apart, or have the limit raised.`,
        );
      yield chunk;
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))) throw error;
    throw new FinetoothError('E_INPUT_FORMAT', `${name} ${gzipReason(error)}. Fetch it or pack it again; "gzip -t" tests a file.`, {
      cause: error,
    });
  }
}

function gzipReason(error: unknown): string {
  const message = messageOf(error);
  if (message === 'unexpected end of file') return 'is torn: its gzip data ends too early';
  // The first header was checked by `isGzip`, so this one is what follows the end of a complete gzip member.
  if (message === 'incorrect header check') return 'has other bytes after its gzip data';
  return `is damaged: its gzip data cannot be unpacked (${message})`;
}
