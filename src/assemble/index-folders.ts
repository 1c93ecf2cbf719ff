import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diskErrorOf, FinetoothError, messageOf, systemCodeOf } from '../errors.ts';
import type { CreateOptions } from '../search/add.ts';
import { manifestName, readManifest, stampOf } from '../store/index-folder.ts';
import { withLock } from '../time/file-lock.ts';

/** A folder of indexes, one folder each, named as the index is. */
export interface IndexFolders {
  /** Names of the indexes, and of those that were planned and hold nothing yet. */
  list(): Promise<readonly string[]>;
  /** Another value says that the index was made, planned, rebuilt or deleted since. Nothing where there is none. */
  stamp(name: string): Promise<string | undefined>;
  /** What an index that holds nothing yet is to be made with. */
  plan(name: string): Promise<CreateOptions | undefined>;
  /** Keeps that for the first document; false when there is an index of that name, or a plan. */
  create(name: string, options: CreateOptions): Promise<boolean>;
  /** false when there was none. */
  remove(name: string): Promise<boolean>;
  pathOf(name: string): string;
}

/** Beside the manifest and named like it, so that the folder counts as empty. */
const PLAN = 'finetooth.json.plan';

/** A deletion waits this long for who writes to the index. */
const PATIENCE_MS = 300_000;

/** Lower case, so that names are the same on every file system; no dots and no slashes, so that none leads elsewhere. */
const isName = (name: string): boolean => /^[a-z0-9][a-z0-9_-]{0,63}$/.test(name);

export const indexFolders = (parent: string): IndexFolders => {
  const pathOf = (name: string): string => {
    if (!isName(name))
      throw new FinetoothError(
        'E_USAGE',
        `"${name}" is no name of an index: 1 to 64 small letters, digits, "_" and "-", a letter or digit first.`,
      );
    return join(parent, name);
  };
  const plan = async (name: string): Promise<CreateOptions | undefined> => {
    const path = join(pathOf(name), PLAN);
    try {
      return JSON.parse(await readFile(path, 'utf8')) as CreateOptions;
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return undefined;
      throw new FinetoothError('E_INDEX_DAMAGED', `${path} cannot be read: ${messageOf(error)}. Delete the index and make it anew.`, {
        cause: error,
      });
    }
  };
  const exists = async (name: string): Promise<boolean> =>
    (await readManifest(pathOf(name))) !== undefined || (await plan(name)) !== undefined;
  return {
    pathOf,
    plan,
    stamp: async (name) => {
      if (!isName(name)) return undefined;
      const folder = pathOf(name);
      return (await stampOf(folder)) ?? (await stampOf(folder, PLAN));
    },
    list: async () => {
      const found = await readdir(parent, { withFileTypes: true }).catch((error: unknown) => {
        if (systemCodeOf(error) === 'ENOENT') return [];
        throw error;
      });
      const names = found.filter((one) => one.isDirectory() && isName(one.name)).map(({ name }) => name);
      const there = await Promise.all(names.map(exists));
      return names.filter((_, i) => there[i]).sort();
    },
    create: async (name, options) => {
      if (await exists(name)) return false;
      const folder = pathOf(name);
      try {
        await mkdir(folder, { recursive: true });
        const part = join(folder, `${PLAN}.${randomUUID()}.part`);
        try {
          await writeFile(part, JSON.stringify(options), { flush: true });
          await link(part, join(folder, PLAN));
        } finally {
          await rm(part, { force: true });
        }
      } catch (error) {
        // Another process was first.
        if (systemCodeOf(error) === 'EEXIST') return false;
        throw diskErrorOf(error, folder);
      }
      return true;
    },
    remove: async (name) => {
      if (!(await exists(name))) return false;
      const gone = join(parent, `.gone-${name}-${randomUUID()}`);
      try {
        // A batch that another process is writing is whole before it goes.
        await withLock(
          join(pathOf(name), manifestName),
          undefined,
          // Out of sight at once, so that a process that is killed leaves no half of an index.
          () => rename(pathOf(name), gone),
          PATIENCE_MS,
        );
      } catch (error) {
        if (systemCodeOf(error) === 'ENOENT') return false;
        throw error;
      }
      await rm(gone, { recursive: true, force: true });
      return true;
    },
  };
};
