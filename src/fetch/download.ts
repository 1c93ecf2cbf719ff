import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskErrorOf, FinetoothError, messageOf, throwIfStopped } from '../errors.ts';
import type { Progress } from '../types.ts';
import { type FileKind, fileChanged } from './checksums.ts';
import { faultOfContent, mostBytesOf, otherContent } from './fetched-content.ts';

export type FileProgress = Progress & { readonly file: string };

/** A body that begins at byte `start` of the file: 0 when the server cannot continue or the file is another by now. */
export interface Opened {
  /** Where the body comes from, for errors. */
  readonly address: string;
  readonly start: number;
  /** Bytes of the whole file. */
  readonly total?: number | undefined;
  /** What the server says that the whole file hashes to, hex. */
  readonly sha256?: string | undefined;
  /** Names this version of the file: a later request continues only the same one. */
  readonly etag?: string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Why there is no body. `missing`: what the server does not have. */
export interface Refused {
  readonly refused: string;
  readonly retry: boolean;
  readonly missing?: 'file' | 'repository';
  /** Milliseconds that the server asked to wait. */
  readonly waitMs?: number | undefined;
}

export type Open = (offset: number, etag: string | undefined, signal: AbortSignal) => Promise<Opened | Refused>;

export interface DownloadOptions {
  /** @default model */
  readonly kind?: FileKind | undefined;
  readonly to: string;
  /** Name for progress and errors. */
  readonly file: string;
  readonly open: Open;
  readonly expected?: string | undefined;
  /** What to do when the file has another checksum. */
  readonly advice: string;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: FileProgress) => void) | undefined;
  /** Return undefined also where the whole repository is missing or closed. @default false */
  readonly repositoryMayBeMissing?: boolean | undefined;
  /** Milliseconds before the first retry; doubles each time, up to 30,000, less a random part. @default 500 */
  readonly pauseMs?: number | undefined;
}

/** In a row, without a new byte between them. */
const MOST_TRIES = 5;
const LONGEST_PAUSE_MS = 30_000;
/** A server that asks for a longer wait than this gets none: the next source is tried. */
const LONGEST_WAIT_MS = 120_000;

type Tried = { readonly sha256: string; readonly resumed: boolean } | Refused;

/** Makes a rename last through a power cut; Windows cannot open folders and needs none of it. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/**
 * Fetches one file to `<to>.part`, continuing what an earlier try left, and renames it when it is whole and has the right checksum.
 * Returns its sha256, or undefined when the server has no such file. The caller holds the lock of `to`. Throws E_DOWNLOAD.
 */
export async function download(options: DownloadOptions): Promise<string | undefined> {
  const { to, signal } = options;
  let failures = 0;
  for (;;) {
    throwIfStopped(signal);
    const before = await sizeOf(`${to}.part`);
    const tried = await tryOnce(options);
    if ('sha256' in tried) {
      await rename(`${to}.part`, to);
      await rm(`${to}.etag`, { force: true });
      await syncFolder(dirname(to));
      return tried.sha256;
    }
    if (tried.missing === 'file' || (tried.missing === 'repository' && options.repositoryMayBeMissing)) return undefined;
    failures = (await sizeOf(`${to}.part`)) > before ? 1 : failures + 1;
    const waitMs = tried.waitMs ?? Math.min(LONGEST_PAUSE_MS, (options.pauseMs ?? 500) * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
    if (!tried.retry || failures >= MOST_TRIES || waitMs > LONGEST_WAIT_MS) throw new FinetoothError('E_DOWNLOAD', tried.refused);
    await sleep(waitMs, undefined, { signal }).catch(() => throwIfStopped(signal));
  }
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    (found) => found.size,
    () => 0,
  );

/** One request, appended to what is there. A body that ends early is a refusal that may be retried. */
async function tryOnce(options: DownloadOptions): Promise<Tried> {
  const { kind = 'model', to, file, signal, onProgress } = options;
  const part = `${to}.part`;
  const etagFile = `${to}.etag`;
  const known = await readFile(etagFile, 'utf8').catch(() => undefined);
  const opened = await options.open(known === undefined && options.expected === undefined ? 0 : await sizeOf(part), known, signal);
  if ('refused' in opened) return opened;
  const { start, total, sha256: stated, address } = opened;
  if (stated !== undefined && options.expected !== undefined && stated !== options.expected) {
    throw fileChanged(kind, file, options.expected, `${stated} (as the server states)`, options.advice);
  }
  const mostBytes = mostBytesOf(file);
  const endless: Refused = { refused: `${address} sends more than ${mostBytes} bytes, which no ${file} has`, retry: false };
  if (total !== undefined && total > mostBytes) return endless;
  const hash = start === 0 ? createHash('sha256') : await hashOfPart(part);
  let written = start;
  const handle = await open(part, start === 0 ? 'w' : 'r+').catch((error: unknown) => Promise.reject(diskErrorOf(error, part)));
  try {
    if (opened.etag === undefined) await rm(etagFile, { force: true });
    else await writeFile(etagFile, opened.etag).catch((error: unknown) => Promise.reject(diskErrorOf(error, etagFile)));
    const chunks = opened.body[Symbol.asyncIterator]();
    for (;;) {
      let next: IteratorResult<Uint8Array>;
      try {
        next = await chunks.next();
      } catch (error) {
        throwIfStopped(signal);
        return {
          refused: `the connection broke after ${written} of ${total ?? 'an unknown number of'} bytes (${messageOf(error)})`,
          retry: true,
        };
      }
      if (next.done) break;
      if (written + next.value.length > (total ?? mostBytes)) {
        await chunks.return?.();
        await handle.truncate(0);
        return total === undefined ? endless : { refused: `the server sent more than the ${total} bytes that it states`, retry: true };
      }
      for (let at = 0; at < next.value.length; ) {
        at += (await handle.write(next.value, at, next.value.length - at, written + at)).bytesWritten;
      }
      hash.update(next.value);
      written += next.value.length;
      onProgress?.({ done: written, ...(total !== undefined && { total }), unit: 'bytes', file });
    }
    if (total !== undefined && written !== total) return { refused: `the server sent ${written} of ${total} bytes`, retry: true };
    await handle.sync();
  } catch (error) {
    throw diskErrorOf(error, part);
  } finally {
    await handle.close();
  }
  const sha256 = hash.digest('hex');
  const expected = options.expected ?? stated;
  // Looked at before it is kept: what is in the cache is not asked for again.
  const came = await faultOfContent(part, file);
  if (came === undefined && (expected === undefined || expected === sha256)) return { sha256, resumed: start > 0 };
  await rm(part, { force: true });
  await rm(etagFile, { force: true });
  if (start > 0) return { refused: 'the part from an earlier try was damaged', retry: true };
  if (came !== undefined) return { refused: otherContent(file, address, came), retry: false };
  throw fileChanged(kind, file, expected as string, sha256, options.advice);
}

async function hashOfPart(path: string): Promise<Hash> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Uint8Array);
  return hash;
}
