import { checkFolder, openStore } from '../assemble/store.ts';
import { FinetoothError, messageOf } from '../errors.ts';
import { type FolderCheck, type IndexDamage, type UpkeepOptions, verifyFolder } from '../store/lancedb/verify.ts';
import { checkOptions, type OptionChecks, text } from '../wording/check-options.ts';
import { upkeepChecks } from './upkeep-checks.ts';

export interface VerifyIndexOptions extends UpkeepOptions {
  /** The folder of the index, or of a backup. */
  readonly in: string;
}

export interface VerifyReport extends FolderCheck {
  readonly in: string;
  readonly status: 'whole' | 'damaged';
  /** Absent where the index is damaged. */
  readonly documents?: number;
}

const verifyChecks: OptionChecks<VerifyIndexOptions> = { ...upkeepChecks, in: text };

/**
 * Hashes every file that an index needs and compares it with what it was when it was written; names what is damaged. Neither writes nor waits: others
 * may read and write meanwhile.
 *
 * @throws E_INDEX_MISSING, E_STOPPED
 */
export async function verifyIndex(options: VerifyIndexOptions): Promise<VerifyReport> {
  checkOptions('verifyIndex', options, verifyChecks);
  const { in: folder } = options;
  checkFolder(folder, 'verified');
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
