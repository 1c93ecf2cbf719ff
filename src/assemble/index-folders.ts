import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diskErrorOf, FinetoothError, messageOf, systemCodeOf } from '../errors.ts';
import type { CreateOptions } from '../search/create-options.ts';
import { checkLanguages } from '../search/languages.ts';
import { syncFolder, syncNewFolder } from '../store/lancedb/durability.ts';
import { manifestName, readManifest, stampOf } from '../store/lancedb/index-folder.ts';
import { withLock } from '../time/file-lock.ts';
import type { NamedIndexes } from './named-indexes.ts';
import { openIndex } from './open-index.ts';

/** What an index is made with when its first document comes. */
export interface PlannedIndex extends CreateOptions {
  /** A local model by name; null: it has none. @default that of whoever opens it */
  readonly embedder?: string | null;
}

/** A folder of indexes, one folder each, named as the index is. */
export interface IndexFolders extends NamedIndexes {
  /** Plans an index for its first document; false when there is one of that name, or a plan. */
  create(name: string, options: PlannedIndex): Promise<boolean>;
  /** false when there was none. */
  remove(name: string): Promise<boolean>;
}

/** Beside the manifest and named like it, so that the folder counts as empty. */
const PLAN = 'finetooth.json.plan';

/** A deletion waits this long for who writes to the index. */
const LONGEST_WAIT_MS = 300_000;

/** Lowercase, so that names are the same on every file system; no dots and no slashes, so that none leads elsewhere. */
export const indexNameForm = /^[a-z0-9][a-z0-9_-]{0,63}$/;
/** The same in words. */
export const indexNameWords = '1 to 64 lowercase letters, digits, "_" and "-", a letter or digit first';

export function indexFolders(parent: string): IndexFolders {
  const pathOf = (name: string): string => {
    if (!indexNameForm.test(name)) throw new FinetoothError('E_USAGE', `"${name}" is not a valid name of an index: ${indexNameWords}.`);
    return join(parent, name);
  };
  const plan = async (name: string): Promise<PlannedIndex | undefined> => {
    const path = join(pathOf(name), PLAN);
    try {
      return JSON.parse(await readFile(path, 'utf8')) as PlannedIndex;
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return undefined;
      throw new FinetoothError('E_INDEX_DAMAGED', `${path} cannot be read: ${messageOf(error)}. Delete the index and make it again.`, {
        cause: error,
      });
    }
  };
  const exists = async (name: string): Promise<boolean> =>
    (await readManifest(pathOf(name))) !== undefined || (await plan(name)) !== undefined;
  return {
    stamp: async (name) => {
      if (!indexNameForm.test(name)) return undefined;
      const folder = pathOf(name);
      return (await stampOf(folder)) ?? (await stampOf(folder, PLAN));
    },
    folderOf: pathOf,
    open: async (name, options) => {
      const folder = pathOf(name);
      // A plan is for the first document: an index that is there may have been rebuilt with other fields.
      if ((await stampOf(folder)) !== undefined) return openIndex(folder, options);
      const { embedder, ...create } = (await plan(name)) ?? {};
      return openIndex(folder, { ...options, create, embedder: embedder === undefined ? options.embedder : embedder });
    },
    list: async () => {
      const found = await readdir(parent, { withFileTypes: true }).catch((error: unknown) => {
        if (systemCodeOf(error) === 'ENOENT') return [];
        throw error;
      });
      const names = found.filter((one) => one.isDirectory() && indexNameForm.test(one.name)).map(({ name }) => name);
      const there = await Promise.all(names.map(exists));
      return names.filter((_, i) => there[i]).sort();
    },
    create: async (name, options) => {
      checkLanguages(options.languages);
      if (await exists(name)) return false;
      const folder = pathOf(name);
      try {
        await mkdir(folder, { recursive: true });
        const part = join(folder, `${PLAN}.${randomUUID()}.part`);
        try {
          await writeFile(part, JSON.stringify(options), { flush: true });
          await link(part, join(folder, PLAN));
          await syncNewFolder(folder);
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
          LONGEST_WAIT_MS,
        );
      } catch (error) {
        if (systemCodeOf(error) === 'ENOENT') return false;
        throw error;
      }
      await syncFolder(parent);
      await rm(gone, { recursive: true, force: true });
      return true;
    },
  };
}
