import { mkdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { diskErrorOf, FinetoothError, messageOf } from '../errors.ts';
import { withLock } from '../time/file-lock.ts';
import { closeNow } from './answer-in-time.ts';
import type { Environment } from './cache-folder.ts';
import { readRecord, writeRecord } from './checksums.ts';
import { download, type FileProgress } from './download.ts';
import { faultAtEnds } from './fetched-content.ts';
import { type Hub, type HubFile, openHub, openHubFile } from './hub.ts';

export interface FetchOptions {
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: FileProgress) => void) | undefined;
  readonly stallMs?: number | undefined;
  readonly retryPauseMs?: number | undefined;
}

export interface FetchFileOptions extends FetchOptions {
  readonly sha256?: string | undefined;
  /** What to do when the file has another checksum. */
  readonly advice: string;
  readonly repositoryMayBeMissing?: boolean;
}

export const bookOf = (folder: string): string => join(folder, 'checksums.json');

export const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    const error = diskErrorOf(cause, folder);
    if (error instanceof FinetoothError) throw error;
    throw new FinetoothError(
      'E_DOWNLOAD',
      `${folder} cannot be made (${messageOf(cause)}). Set FINETOOTH_CACHE to a folder that you may write to.`,
      { cause },
    );
  });
}

export async function record(to: string, sha256: string, from: string): Promise<void> {
  const { size, mtimeMs, ino } = await stat(to);
  await writeRecord(bookOf(dirname(to)), basename(to), { sha256, bytes: size, mtimeMs, inode: ino, from });
}

/**
 * Whether a file is exactly what was fetched once and yet not what its name promises: the page of a portal that an earlier version kept. Files
 * that somebody put there or changed are never meant. `name`: its path in the repository.
 */
export async function isSpoiled(path: string, name: string): Promise<boolean> {
  if ((await faultAtEnds(path, name)) === undefined) return false;
  const [known, found] = [await readRecord(bookOf(dirname(path)), basename(path)), await stat(path)];
  return known?.from !== undefined && known.bytes === found.size && known.mtimeMs === found.mtimeMs;
}

/** Fetches one file of the hub unless it is there by now, and not a portal's page; false when the repository has no such file. */
export const fetchFile = (hub: Hub, file: HubFile, to: string, options: FetchFileOptions): Promise<boolean> =>
  withLock(to, options.signal, async (signal) => {
    const spoiled = (await isFile(to)) && (await isSpoiled(to, file.path));
    if (!spoiled && (await isFile(to))) return true;
    const fetched = await download({
      kind: file.kind,
      to,
      file: file.path,
      open: openHubFile(hub, file),
      // A file that was here before is held to what it was then.
      expected: options.sha256 ?? (spoiled ? undefined : (await readRecord(bookOf(dirname(to)), basename(to)))?.sha256),
      advice: options.advice,
      signal,
      onProgress: options.onProgress,
      pauseMs: options.retryPauseMs,
      repositoryMayBeMissing: options.repositoryMayBeMissing,
    });
    if (fetched === undefined && spoiled) await rm(to);
    if (fetched !== undefined) await record(to, fetched, `${file.repository}/${file.path}@${file.revision}`);
    return fetched !== undefined;
  });

/** The same for a file that must be there: E_DOWNLOAD when the repository has none. */
export async function fetchNeeded(hub: Hub, file: HubFile, to: string, options: FetchFileOptions): Promise<void> {
  if (await fetchFile(hub, file, to, options)) return;
  throw new FinetoothError('E_DOWNLOAD', `${file.repository} at ${hub.endpoint} has no file ${file.path} in revision "${file.revision}"`);
}

/** Runs `work` with the hub that the environment names, and closes its connections. */
export async function withHub<Result>(options: FetchOptions, work: (hub: Hub) => Promise<Result>): Promise<Result> {
  const hub = await openHub(options.env, options.stallMs);
  try {
    return await work(hub);
  } finally {
    closeNow(hub.dispatcher);
  }
}
