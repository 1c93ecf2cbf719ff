import { checkKept, isFolder, openStore, shownName } from '../assemble/store.ts';
import { FinetoothError, messageOf } from '../errors.ts';
import { indexMissing } from '../store/index-changes.ts';
import { type FolderCheck, type IndexDamage, type UpkeepOptions, verifyFolder } from '../store/lancedb/verify.ts';
import { type EntryDamage, verifyEntries } from '../store/verify-entries.ts';
import { checkOptions, needed, type OptionChecks, path } from '../wording/check-options.ts';
import { upkeepChecks } from './upkeep-checks.ts';

export interface VerifyIndexOptions extends UpkeepOptions {
  /** The index: a folder, which may be a backup, or its address in a database. */
  readonly in: string;
}

/** Of an index in a database no files are counted: its documents are read. */
export interface VerifyReport extends FolderCheck {
  readonly in: string;
  readonly status: 'whole' | 'damaged';
  /** Absent where an index in a folder is damaged. */
  readonly documents?: number;
  /** Documents of an index in a database that are not as they were written, the first hundred. */
  readonly damagedDocuments?: readonly EntryDamage[];
}

const verifyChecks: OptionChecks<VerifyIndexOptions> = { ...upkeepChecks, in: needed(path) };

/**
 * Hashes every file that an index needs and compares it with what it was when it was written; names what is damaged. Of an index in a database every
 * document is read and compared with the hash that it was written with. Neither writes nor waits: others may read and write meanwhile.
 *
 * @example
 * import { verifyIndex } from 'finetooth/tasks';
 *
 * console.log((await verifyIndex({ in: './movies' })).status); // whole
 *
 * @throws E_INDEX_MISSING, E_STOPPED
 */
export async function verifyIndex(options: VerifyIndexOptions): Promise<VerifyReport> {
  checkOptions('verifyIndex', options, verifyChecks);
  const { in: folder } = options;
  checkKept(folder, 'verified');
  if (!isFolder(folder)) return verifyStore(folder, options);
  const check = await verifyFolder(folder, options);
  if (check.damages.length > 0) return { in: folder, status: 'damaged', ...check };
  try {
    return { in: folder, status: 'whole', documents: await countIn(folder), ...check };
  } catch (error) {
    if (!(error instanceof FinetoothError && error.code === 'E_INDEX_DAMAGED')) throw error;
    // Of files without a checksum it is the only judge.
    const damage: IndexDamage = { part: 'data', path: folder, reason: messageOf(error) };
    return { in: folder, status: 'damaged', ...check, damages: [damage] };
  }
}

async function countIn(folder: string): Promise<number> {
  const store = openStore(folder);
  try {
    await store.open();
    return await store.count();
  } finally {
    await store.close();
  }
}

async function verifyStore(where: string, options: UpkeepOptions): Promise<VerifyReport> {
  const store = openStore(where);
  try {
    const manifest = await store.open();
    if (manifest === undefined) throw indexMissing(shownName(where));
    const { documents, damaged, damages: damagedDocuments } = await verifyEntries(store, manifest, options);
    const damages: readonly IndexDamage[] =
      damaged === 0 ? [] : [{ part: 'data', path: shownName(where), reason: `${damaged} of its documents are not what was written` }];
    const status = damaged === 0 ? 'whole' : 'damaged';
    return { in: shownName(where), status, documents, files: 0, bytes: 0, unchecked: 0, damages, damagedDocuments };
  } finally {
    await store.close();
  }
}
