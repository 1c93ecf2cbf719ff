import { open } from 'node:fs/promises';
import { FinetoothError } from '../errors.ts';
import { gunzip, isGzip, type Peeked, peek, stoppable } from './bytes.ts';
import type { FolderOptions } from './folder-files.ts';
import { unreadable } from './path.ts';
import { decodeText } from './text.ts';

/** An input that may be read, as bytes or from its path. Nothing is opened before it is asked for; close it when done. */
export interface Source extends SourceFacts {
  /** At least so many of the first bytes, unpacked, where there are as many; `atLeast` counts in the first call. Throws E_INPUT_EMPTY for none. @default 1,024 */
  head(atLeast?: number): Promise<Uint8Array>;
  /** Whether the bytes are packed; known once `head` has resolved, and false before. */
  isPacked(): boolean;
  /** All of it as text, unpacked: UTF-8, or the encoding that it is recognised to be in. May be walked once. `declared`: what it says of its encoding. */
  texts(declared?: string): AsyncGenerator<string>;
  /** All of it as bytes, unpacked. May be walked once, in place of the texts. */
  bytes(): AsyncGenerator<Uint8Array>;
  /** The encoding that was recognised, where it is not UTF-8; known once the first character of it was read. */
  encoding(): string | undefined;
  close(): Promise<void>;
}

export interface SourceFacts {
  /** What the input is called in sentences and in `where`. */
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'pipe';
  /** Where it lies; absent for a stream. */
  readonly path?: string;
  /** What its one document is called, if it is one: the file's name, or its path below a folder. */
  readonly documentPath?: string;
  /** Whether an input without words is a document all the same. @default false */
  readonly mayBeEmpty?: boolean;
  /** How a folder is read. */
  readonly folder?: FolderOptions;
  readonly signal?: AbortSignal;
  /** Of an input packed with gzip. @default any number */
  readonly mostUnpackedBytes?: number;
}

interface Opened extends Peeked {
  readonly packed: boolean;
}

/** Enough bytes for every check of a known format: a byte order mark, magic bytes, the encoding that a page names. */
const HEAD_BYTES = 1024;
/** Bytes a read asks for: few calls on a disk, little memory. */
const READ_BYTES = 256 * 1024;

/** `stream`: the bytes where there is no path. */
export function createSource(facts: SourceFacts, stream: AsyncIterable<Uint8Array> = fileBytes(facts)): Source {
  let opened: Promise<Opened> | undefined;
  let isPacked = false;
  let encoding: string | undefined;
  const openOnce = (atLeast: number): Promise<Opened> => {
    opened ??= openBytes(facts, stream, atLeast).then((found) => {
      isPacked = found.packed;
      return found;
    });
    return opened;
  };
  return {
    ...facts,
    isPacked: () => isPacked,
    head: async (atLeast = HEAD_BYTES) => (await openOnce(atLeast)).head,
    texts: async function* (declared) {
      yield* decodeText(facts.name, (await openOnce(HEAD_BYTES)).chunks, {
        declared,
        onEncoding: (found) => {
          encoding = found;
        },
      });
    },
    bytes: async function* () {
      yield* (await openOnce(HEAD_BYTES)).chunks;
    },
    encoding: () => encoding,
    close: async () => (await opened?.catch(() => undefined))?.close(),
  };
}

async function* fileBytes({ path = '', name }: SourceFacts): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(name, error);
  });
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_BYTES)).catch((error: unknown) => {
        throw unreadable(name, error);
      });
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Unpacks gzip, and refuses what has no bytes unless that may be. */
async function openBytes(
  { name, signal, mayBeEmpty, mostUnpackedBytes }: SourceFacts,
  stream: AsyncIterable<Uint8Array>,
  atLeast: number,
): Promise<Opened> {
  const raw = await peek(stoppable(stream, signal), atLeast);
  const packed = isGzip(raw.head);
  const plain = packed ? await peek(gunzip(name, raw.chunks, mostUnpackedBytes), atLeast) : raw;
  if (plain.head.length > 0 || mayBeEmpty) return { ...plain, packed };
  await plain.close();
  const what = packed ? 'holds no bytes once it is unpacked' : 'is empty (0 bytes)';
  throw new FinetoothError('E_INPUT_EMPTY', `${name} ${what}. Check the command that wrote it.`);
}
