import { open, rm, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { systemCodeOf } from '../../errors.ts';
import type { Manifest } from '../store.ts';
import { readChecksums } from './checksums.ts';
import { bootNow, syncFolder } from './durability.ts';
import { namesIn, newestVersion, readVersion, versionsIn } from './files.ts';
import { readCommitted, tableOf } from './index-folder.ts';

/** How files of LanceDB end, by their extensions (Lance 8, and Arrow's files). */
const endings: Readonly<Record<string, string>> = { '.lance': 'LANC', '.idx': 'LANC', '.arrow': 'ARROW1' };

/**
 * Whether the newest version of an index is one that was never acknowledged and cannot be trusted: the power was lost while it was written. What a
 * killed process left is whole.
 */
export async function isUnfinished(folder: string, manifest: Manifest): Promise<boolean> {
  const path = join(folder, `${tableOf(manifest)}.lance`);
  const { version, boot } = await readCommitted(folder, manifest);
  const newest = await newestVersion(path);
  if (version === 0 || newest === undefined || newest.version <= version) return false;
  if (!(await versionsIn(path)).some((one) => one.version === version)) return false;
  // It was on the disk before it had a checksum.
  if ((await readChecksums(path)).files.has(newest.path)) return false;
  const now = boot === undefined ? undefined : await bootNow();
  return (now !== undefined && now !== boot) || (await isTorn(path, newest));
}

/** Drops such versions, so that the last one that was acknowledged is the newest. For who holds the index's lock. Returns how many there were. */
export async function dropUnfinished(folder: string, manifest: Manifest): Promise<number> {
  const path = join(folder, `${tableOf(manifest)}.lance`);
  let dropped = 0;
  for (; await isUnfinished(folder, manifest); dropped++)
    await rm(join(path, ((await newestVersion(path)) as { readonly path: string }).path), { force: true });
  if (dropped === 0) return 0;
  await syncFolder(join(path, '_versions'));
  process.emitWarning(
    `the power was lost while ${folder} was written: it is as it was acknowledged last, without ${dropped === 1 ? 'one write' : `${dropped} writes`} of which no one was told.`,
    { code: 'FINETOOTH_RECOVERED' },
  );
  return dropped;
}

/** Whether a file of a version is missing, or does not end as it must. */
async function isTorn(table: string, described: { readonly version: number; readonly path: string }): Promise<boolean> {
  try {
    const { files, indexes } = await readVersion(table, described);
    for (const { path, size } of files) if (!(await isEnded(join(table, path), size))) return true;
    for (const folder of indexes) {
      const names = await namesIn(join(table, folder));
      if (names.length === 0) return true;
      for (const name of names) if (!(await isEnded(join(table, folder, name)))) return true;
    }
    return false;
  } catch (error) {
    if (error instanceof RangeError) return true;
    throw error;
  }
}

async function isEnded(path: string, expected?: number): Promise<boolean> {
  try {
    const { size } = await stat(path);
    if (expected !== undefined && size !== expected) return false;
    const ending = endings[extname(path)];
    if (ending === undefined) return size > 0;
    const file = await open(path, 'r');
    try {
      const { buffer } = await file.read(Buffer.alloc(ending.length), 0, ending.length, Math.max(0, size - ending.length));
      return buffer.toString('latin1') === ending;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
