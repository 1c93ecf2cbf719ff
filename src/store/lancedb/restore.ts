import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { diskErrorOf, FinetoothError, throwIfStopped } from '../../errors.ts';
import { withLock } from '../../time/file-lock.ts';
import { indexLost, indexMissing } from '../index-changes.ts';
import type { Manifest } from '../store.ts';
import { fileNames } from './checksums.ts';
import { type Copied, copyVersion } from './copy.ts';
import { syncFiles, syncFolder, syncNewFolder } from './durability.ts';
import {
  claimFolder,
  committedVersion,
  lostManifest,
  manifestName,
  readManifest,
  recordVersion,
  replaceManifest,
  stageName,
  sweepFolder,
  tableOf,
} from './index-folder.ts';
import { newestWhole, type UpkeepOptions } from './verify.ts';

/** What is there before, by its description alone. */
export type Replaced = 'none' | 'damaged' | 'whole';

/** A restore waits this long for who writes to the index. */
const LONGEST_WAIT_MS = 300_000;
/** The first format that names its table. */
const NAMED_TABLE = 3;

/** What going back to an older version of the same index undoes. */
export interface Undone {
  /** Commits, each of an unknown number of documents. */
  readonly commits: number;
  /** When the version that is there again was written: ISO 8601, UTC. */
  readonly writtenAt: string;
}

/**
 * Puts a copy of an index in the place of another, in one step: whoever reads sees the one or the other, and a process that is killed leaves the old
 * one. Writers wait from beginning to end. `compare` is called before, with what is there, unless its description cannot be read. Without `from` the
 * newest whole version of the index itself takes the place of later ones that are damaged.
 *
 * @throws E_INDEX_MISSING where `from` is not an index, or `into` holds something else, E_INDEX_DAMAGED where `from` is damaged, E_USAGE where there is
 * nothing to go back from, E_LOCKED, E_STOPPED
 */
export async function restoreFolder<T>(
  from: string | undefined,
  into: string,
  { signal, onProgress, compare }: UpkeepOptions & { readonly compare: (old: Replaced) => Promise<T> },
): Promise<Restored<T>> {
  if ((await readManifest(from ?? into)) === undefined) throw indexMissing(from ?? into);
  if (from !== undefined && resolve(from) === resolve(into))
    throw new FinetoothError('E_USAGE', `${from} cannot be restored into itself; to go back to its newest whole version name no backup.`);
  const stage = join(into, `${stageName}${randomUUID()}`);
  const restore = async (lock: AbortSignal): Promise<Restored<T>> => {
    const { version, undone } = from === undefined ? await olderVersion(into, lock) : {};
    const old = undone === undefined ? await stateOf(into) : 'damaged';
    if (old === 'none') await claimFolder(into);
    try {
      const copied = await copyVersion(from ?? into, stage, { signal: lock, onProgress, version });
      const compared = await compare(old);
      throwIfStopped(lock);
      const { manifest } = copied;
      // Who has the old one open must see that this is another.
      await swapIndex(into, stage, { ...manifest, format: Math.max(NAMED_TABLE, manifest.format), id: randomUUID() });
      if (old === 'none') await syncNewFolder(into);
      return { ...copied, compared, undone };
    } finally {
      await rm(stage, { recursive: true, force: true });
    }
  };
  try {
    await mkdir(into, { recursive: true });
    const work = async (lock: AbortSignal): Promise<Restored<T>> => {
      const restored = await restore(lock);
      await sweepFolder(into);
      return restored;
    };
    return await withLock(join(into, manifestName), signal, work, LONGEST_WAIT_MS);
  } catch (error) {
    throw diskErrorOf(error, into);
  } finally {
    // Where there was none and none was made.
    await rmdir(into).catch(() => {});
  }
}

type Restored<T> = Copied & { readonly compared: T; readonly undone?: Undone };

/** The newest whole version of an index whose newest one is damaged or gone. */
async function olderVersion(folder: string, signal: AbortSignal): Promise<{ readonly version: number; readonly undone: Undone }> {
  const whole = await newestWhole(folder, (await readManifest(folder)) as Manifest, { signal });
  if (whole === undefined) throw indexLost(`no version of ${folder} is whole`, folder);
  if (whole.later === 0)
    throw new FinetoothError('E_USAGE', `${folder} is whole: there is nothing to go back from. Name the backup that shall take its place.`);
  return { version: whole.version, undone: { commits: whole.later, writtenAt: whole.writtenAt } };
}

/** Puts the index that was made in `stage` in the place of the one in `folder`, in one step: the manifest names another table. */
export async function swapIndex(folder: string, stage: string, described: Manifest): Promise<void> {
  const made = (await readManifest(stage)) as Manifest;
  const next: Manifest = { ...described, table: `documents-${randomUUID().replaceAll('-', '')}` };
  const version = await committedVersion(stage, made);
  const table = join(stage, `${tableOf(made)}.lance`);
  await syncFiles(table, await fileNames(table));
  await rename(table, join(folder, `${tableOf(next)}.lance`));
  await syncFolder(folder);
  await replaceManifest(folder, next);
  await recordVersion(folder, next, version);
}

async function stateOf(folder: string): Promise<Replaced> {
  try {
    if ((await readManifest(folder)) !== undefined) return 'whole';
    return (await lostManifest(folder)) ? 'damaged' : 'none';
  } catch (error) {
    if (error instanceof FinetoothError && error.code === 'E_INDEX_DAMAGED') return 'damaged';
    throw error;
  }
}
