import { checkKept, engineOf, shownName } from '../assemble/store.ts';
import { type Compacted, compactFolder } from '../store/lancedb/compact.ts';
import type { UpkeepOptions } from '../store/lancedb/verify.ts';
import { checkOptions, needed, type OptionChecks, path } from '../wording/check-options.ts';
import { upkeepChecks } from './upkeep-checks.ts';

export interface CompactIndexOptions extends UpkeepOptions {
  /** The index: a folder, or its address in a database. */
  readonly in: string;
}

/** Bytes of the index before and after. */
export interface CompactReport extends Compacted {
  readonly in: string;
  /** Of a database: names of indexes that rebuilds had kept, and which are removed. */
  readonly removed?: readonly string[];
}

const compactChecks: OptionChecks<CompactIndexOptions> = { ...upkeepChecks, in: needed(path) };

/**
 * Merges the files of an index, builds its indexes again, and removes old versions at once. Writers wait meanwhile; searches go on. Stopped or killed
 * at any moment it leaves the index whole.
 *
 * @example
 * import { compactIndex } from 'finetooth/tasks';
 *
 * const { before, after } = await compactIndex({ in: './movies' });
 * console.log(before > 0, after > 0); // true true
 *
 * @throws E_INDEX_MISSING, E_INDEX_DAMAGED, E_LOCKED when another process writes for longer than five minutes, E_STOPPED
 */
export async function compactIndex(options: CompactIndexOptions): Promise<CompactReport> {
  checkOptions('compactIndex', options, compactChecks);
  const { in: where } = options;
  checkKept(where, 'compacted');
  const engine = engineOf(where);
  const compacted = engine === undefined ? await compactFolder(where, options) : await engine.compact(where, options);
  return { in: shownName(where), ...compacted };
}
