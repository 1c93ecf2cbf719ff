import { open } from 'node:fs/promises';
import { FinetoothError } from '../errors.ts';
import { gunzip, isGzip, type Peeked, peek, stoppable } from './bytes.ts';
import { unreadable } from './path.ts';
import { decodeUtf8 } from './text.ts';

/** Bytes a read asks for: few calls on a disk, little memory. */
const readBytes = 256 * 1024;

/** An input that streams: unpacked bytes, their beginning known. Close it when done. */
export interface Source extends Peeked {
  /** What the input is called in sentences and in `where`. */
  readonly name: string;
  readonly packed: boolean;
  /** The bytes as text, strictly UTF-8. Walks `chunks`, so use either once. */
  texts(): AsyncGenerator<string>;
}

async function* fileBytes(path: string, name: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(name, error);
  });
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(readBytes)).catch((error: unknown) => {
        throw unreadable(name, error);
      });
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/**
 * Opens a path or a stream of bytes, unpacks gzip, and refuses what has no bytes with E_INPUT_EMPTY, unless `mayBeEmpty`.
 * `head` then holds at least `headBytes` unpacked bytes, where the input has them.
 */
export const openSource = async (
  from: string | AsyncIterable<Uint8Array>,
  name: string,
  headBytes: number,
  signal: AbortSignal | undefined,
  mayBeEmpty = false,
): Promise<Source> => {
  const raw = await peek(stoppable(typeof from === 'string' ? fileBytes(from, name) : from, signal), headBytes);
  const packed = isGzip(raw.head);
  const plain = packed ? await peek(gunzip(name, raw.chunks), headBytes) : raw;
  if (plain.head.length === 0 && !mayBeEmpty) {
    await plain.close();
    const what = packed ? 'holds no bytes once it is unpacked' : 'is empty (0 bytes)';
    throw new FinetoothError('E_INPUT_EMPTY', `${name} ${what}. Check the command that wrote it.`);
  }
  return { ...plain, name, packed, texts: () => decodeUtf8(name, plain.chunks) };
};
