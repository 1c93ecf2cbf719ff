import { checkFolder, checkKept, isFolder, openStore, shownName } from '../assemble/store.ts';
import { copyEntries } from '../store/copy-entries.ts';
import { indexMissing } from '../store/index-changes.ts';
import { backUpFolder, inNewFolder } from '../store/lancedb/copy.ts';
import { measureFolder } from '../store/lancedb/index-folder.ts';
import type { UpkeepOptions } from '../store/lancedb/verify.ts';
import { checkOptions, needed, type OptionChecks, path } from '../wording/check-options.ts';
import { upkeepChecks } from './upkeep-checks.ts';

export interface BackupIndexOptions extends UpkeepOptions {
  /** The index: a folder, or its address in a database. */
  readonly in: string;
  /** A folder that is not there yet, or empty. */
  readonly to: string;
}

export interface BackupReport {
  readonly in: string;
  readonly to: string;
  /** Number of the commit that was copied; absent for an index in a database. */
  readonly version?: number;
  /** Documents that were copied; only of an index in a database. */
  readonly documents?: number;
  readonly bytes: number;
}

const backupChecks: OptionChecks<BackupIndexOptions> = { ...upkeepChecks, in: needed(path), to: needed(path) };

/**
 * Copies an index while others write: of a folder the version that was committed last, of a database its documents with their vectors, and what is
 * written meanwhile may or may not be among them. The copy is an index in a folder itself, with checksums: it can be searched, verified and restored. It
 * is there as a whole or not at all.
 *
 * @example
 * import { backupIndex } from 'finetooth/tasks';
 *
 * const { to, bytes } = await backupIndex({ in: './movies', to: './movies-backup' });
 * console.log(to, bytes > 0); // ./movies-backup true
 *
 * @throws E_INDEX_MISSING, E_INDEX_DAMAGED where a file is not what it was when it was written, E_USAGE where something is there already, E_STOPPED
 */
export async function backupIndex(options: BackupIndexOptions): Promise<BackupReport> {
  checkOptions('backupIndex', options, backupChecks);
  const { in: where, to } = options;
  checkKept(where, 'backed up');
  checkFolder(to, 'a backup');
  const copied = isFolder(where) ? { ...(await backUpFolder(where, to, options)), documents: undefined } : await backUpStore(options);
  const { version, documents, bytes } = copied;
  return { in: shownName(where), to, version, documents, bytes };
}

async function backUpStore({ in: where, to, signal, onProgress }: BackupIndexOptions) {
  const source = openStore(where);
  try {
    const manifest = await source.open();
    if (manifest === undefined) throw indexMissing(shownName(where));
    const documents = await inNewFolder(to, signal, async (stage, lock) => {
      const target = openStore(stage);
      try {
        return await copyEntries(source, target, manifest, { signal: lock, onProgress });
      } finally {
        await target.close();
      }
    });
    return { version: undefined, documents, bytes: (await measureFolder(to)).bytes };
  } finally {
    await source.close();
  }
}
