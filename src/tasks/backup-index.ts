import { checkFolder } from '../assemble/store.ts';
import { backUpFolder } from '../store/lancedb/copy.ts';
import type { UpkeepOptions } from '../store/lancedb/verify.ts';
import { checkOptions, type OptionChecks, text } from '../wording/check-options.ts';
import { upkeepChecks } from './upkeep-checks.ts';

export interface BackupIndexOptions extends UpkeepOptions {
  /** The folder of the index. */
  readonly in: string;
  /** A folder that is not there yet, or empty. */
  readonly to: string;
}

export interface BackupReport {
  readonly in: string;
  readonly to: string;
  /** Number of the commit that was copied. */
  readonly version: number;
  readonly bytes: number;
}

const backupChecks: OptionChecks<BackupIndexOptions> = { ...upkeepChecks, in: text, to: text };

/**
 * Copies one version of an index, as it was committed last, while others write. The copy is an index itself, with checksums: it can be searched,
 * verified and restored. It is there as a whole or not at all.
 *
 * @throws E_INDEX_MISSING, E_INDEX_DAMAGED where a file is not what it was when it was written, E_USAGE where something is there already, E_STOPPED
 */
export async function backupIndex(options: BackupIndexOptions): Promise<BackupReport> {
  checkOptions('backupIndex', options, backupChecks);
  const { in: folder, to } = options;
  checkFolder(folder, 'backed up');
  checkFolder(to, 'a backup');
  const { version, bytes } = await backUpFolder(folder, to, options);
  return { in: folder, to, version, bytes };
}
