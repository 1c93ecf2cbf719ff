import { open, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { systemCodeOf } from '../../errors.ts';

/** What acknowledged writes outlive: the loss of power too, or the end of the process alone, which saves a few milliseconds a write. */
export type Durability = (typeof durabilities)[number];
export const durabilities = ['power', 'process'] as const;

/** At once: a disk writes many with one turn. */
const TOGETHER = 16;

/** Waits until the disk has these files, named by their paths below a folder, and all folders between. Files that are gone need nothing. */
export async function syncFiles(folder: string, paths: readonly string[]): Promise<void> {
  for (let at = 0; at < paths.length; at += TOGETHER)
    await Promise.all(paths.slice(at, at + TOGETHER).map((path) => syncPath(join(folder, path))));
  const folders = new Set<string>(paths.length === 0 ? [] : [folder]);
  for (const path of paths) for (let up = dirname(path); up !== '.'; up = dirname(up)) folders.add(join(folder, up));
  await Promise.all([...folders].map(syncFolder));
}

/** Waits until the disk has the names in a folder. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders, and needs none of it.
  if (process.platform !== 'win32') await syncPath(folder);
}

/** Waits until the disk has a new folder, and those that were made for it. */
export async function syncNewFolder(folder: string): Promise<void> {
  await syncFolder(folder);
  // Folders that others made may be closed to us.
  for (let at = resolve(folder); at !== dirname(at); at = dirname(at)) await syncFolder(dirname(at)).catch(() => {});
}

/** Another value says that the machine was started again. Nothing where the system does not say. */
export async function bootNow(): Promise<string | undefined> {
  return readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}

async function syncPath(path: string): Promise<void> {
  try {
    const file = await open(path, process.platform === 'win32' ? 'r+' : 'r');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    // A file system that cannot wait for a folder has no other way to offer.
    if (!['ENOENT', 'EINVAL', 'ENOTSUP'].includes(systemCodeOf(error) ?? '')) throw error;
  }
}
