import { checkFolder } from '../assemble/store.ts';
import { type Compacted, compactFolder } from '../store/compact.ts';
import type { UpkeepOptions } from '../store/verify.ts';

/** Bytes of the folder before and after. */
export interface CompactReport extends Compacted {
  readonly in: string;
}

/**
 * Merges the files of an index, builds its indexes again, and removes old versions at once. Writers wait meanwhile; searches go on. Stopped or killed
 * at any moment it leaves the index whole.
 *
 * @throws E_INDEX_MISSING, E_INDEX_DAMAGED, E_LOCKED when another process writes for longer than five minutes, E_STOPPED
 */
export async function compactIndex({ in: folder, ...options }: UpkeepOptions & { readonly in: string }): Promise<CompactReport> {
  checkFolder(folder, 'compacted');
  return { in: folder, ...(await compactFolder(folder, options)) };
}
