import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { diskErrorOf } from '../errors.ts';
import type { CreateOptions } from '../search/add.ts';
import { readManifest } from '../store/index-folder.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Folders of rebuilds that were killed. */
const leftovers = async (folder: string): Promise<string[]> => {
  const parent = dirname(folder);
  const pattern = new RegExp(`^${basename(folder).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\.(new|old)-(\\d+)$`);
  const names = await readdir(parent).catch(() => []);
  return names
    .filter((name) => {
      const pid = Number(pattern.exec(name)?.[2]);
      return Number.isInteger(pid) && pid !== process.pid && !isAlive(pid);
    })
    .map((name) => join(parent, name));
};

/**
 * Fills a folder beside `where` and then puts it in its place: until the last moment searches see the old index, and a run that
 * fails or is stopped leaves it as it was. Fields, id field and form of token vectors of the old index are kept unless others are given.
 */
export const rebuiltIn = async <T>(
  where: string,
  create: CreateOptions,
  fill: (folder: string, create: CreateOptions) => Promise<T>,
): Promise<T> => {
  const folder = resolve(where);
  for (const name of await leftovers(folder)) await rm(name, { recursive: true, force: true });
  const old = await readManifest(folder);
  const kept: CreateOptions = {
    ...(old === undefined ? {} : { fields: old.fields }),
    ...(old?.idField === undefined ? {} : { idField: old.idField }),
    ...(old?.tokens === undefined ? {} : { tokens: { bits: old.tokens.bits, pool: old.tokens.pool } }),
  };
  const fresh = `${folder}.new-${process.pid}`;
  const gone = `${folder}.old-${process.pid}`;
  try {
    const result = await fill(fresh, { ...kept, ...create });
    if (old !== undefined) await rename(folder, gone);
    await rename(fresh, folder);
    return result;
  } catch (error) {
    throw diskErrorOf(error, where);
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(gone, { recursive: true, force: true });
  }
};
