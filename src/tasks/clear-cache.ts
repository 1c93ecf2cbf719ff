import { rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FinetoothError, messageOf, throwIfStopped } from '../errors.ts';
import { manifestName } from '../store/lancedb/index-folder.ts';
import { withLock } from '../time/file-lock.ts';
import { checkOptions, truth } from '../wording/check-options.ts';
import { type CacheOptions, cacheChecks, listCache } from './list-cache.ts';

export interface ClearCacheOptions extends CacheOptions {
  /** Delete downloaded models, test collections, and what evaluations have kept too. @default false */
  readonly all?: boolean;
}

export interface ClearedCache {
  /** Folders that were deleted. */
  readonly cleared: readonly string[];
  /** What they held. */
  readonly bytes: number;
  /** What could not be deleted, and why. */
  readonly kept: readonly { readonly folder: string; readonly reason: string }[];
}

/** Milliseconds that a search has to finish bringing its index into step. */
const WAIT_MS = 2000;

/**
 * Deletes the indexes of files and folders that were searched as they are, and what is made again by itself; of a `source` its indexes alone. Indexes that were made on the page stay, and
 * so does what this version did not put there. An index that someone writes to is left.
 *
 * @example
 * import { clearCache } from 'finetooth/tasks';
 *
 * const { cleared, bytes } = await clearCache();
 * console.log(`${cleared.length} folders of ${bytes} bytes`);
 *
 * @throws E_USAGE where `source` has no index, E_STOPPED
 */
export async function clearCache(options: ClearCacheOptions = {}): Promise<ClearedCache> {
  checkOptions('clearCache', options, { ...cacheChecks, all: truth });
  const { source, all = false, signal } = options;
  if (source !== undefined && all)
    throw new FinetoothError('E_USAGE', `"all" is what is downloaded, of no source: leave out "all", or ${source}.`);
  const { folder, indexes, parts } = await listCache({ cacheFolder: options.cacheFolder, source, signal });
  if (source !== undefined && indexes.length === 0)
    throw new FinetoothError('E_USAGE', `${folder} holds no index of ${source}. "finetooth cache" lists those that there are.`);
  const others = parts.filter(({ cleared }) => cleared === 'always' || (all && cleared === 'all'));
  const doomed = [
    ...indexes.map((one) => ({ path: dirname(one.folder), bytes: one.bytes, lock: join(one.folder, manifestName) })),
    ...(source === undefined ? others.map((one) => ({ path: one.folder, bytes: one.bytes, lock: undefined })) : []),
  ];
  const cleared: string[] = [];
  const kept: { folder: string; reason: string }[] = [];
  let freed = 0;
  for (const { path, bytes, lock } of doomed) {
    throwIfStopped(signal);
    try {
      const isLockable = lock !== undefined && (await stat(dirname(lock)).catch(() => undefined)) !== undefined;
      await (isLockable ? withLock(lock, signal, () => remove(path), WAIT_MS) : remove(path));
      cleared.push(path);
      freed += bytes;
    } catch (error) {
      throwIfStopped(signal);
      kept.push({ folder: path, reason: messageOf(error) });
    }
  }
  return { cleared, bytes: freed, kept };
}

/** Renamed first, so that no one finds the half of it; what a kill leaves is listed, and goes the next time. */
async function remove(path: string): Promise<void> {
  const aside = `${path}.removed-${process.pid}`;
  await rename(path, aside);
  await rm(aside, { recursive: true, force: true });
}
