import { rebuiltIn } from '../assemble/rebuild.ts';
import { checkKept, engineOf, manifestOf, openStore, shownName } from '../assemble/store.ts';
import { FinetoothError } from '../errors.ts';
import { copyEntries } from '../store/copy-entries.ts';
import { indexMissing } from '../store/index-changes.ts';
import { type Replaced, restoreFolder, type Undone } from '../store/lancedb/restore.ts';
import type { UpkeepOptions } from '../store/lancedb/verify.ts';
import type { Store } from '../store/store.ts';
import { checkOptions, needed, type OptionChecks, path } from '../wording/check-options.ts';
import { upkeepChecks } from './upkeep-checks.ts';

export interface RestoreIndexOptions extends UpkeepOptions {
  /** A backup, or any other index: a folder, or its address in a database. @default the newest whole version of a damaged index itself, where it still has an older one */
  readonly from?: string;
  /** The index that it takes the place of: a folder, or its address in a database; it is made where there is none. */
  readonly into: string;
}

/** What the index held and the backup does not, or otherwise. */
export interface Lost {
  /** Documents that are not in the backup. */
  readonly documents: number;
  /** Documents that are as they were in the backup, and were changed since. */
  readonly changes: number;
  /** Documents that were deleted since, and are there again. */
  readonly deletions: number;
}

export interface RestoreReport {
  /** Absent where an index went back to an older version of its own. */
  readonly from?: string;
  readonly into: string;
  readonly documents: number;
  /** Number of the commit that was restored; absent where either index is in a database. */
  readonly version?: number;
  /** What was there before. */
  readonly replaced: Replaced;
  /** Only where a whole index was replaced: of a damaged one it cannot be told. */
  readonly lost?: Lost;
  /** Only where an index went back to an older version of its own. */
  readonly undone?: Undone;
}

type Compared = Pick<RestoreReport, 'documents' | 'replaced' | 'lost'>;

const restoreChecks: OptionChecks<RestoreIndexOptions> = { ...upkeepChecks, from: path, into: needed(path) };

/**
 * Puts a backup in the place of an index, in one step, and tells what is lost by it. Writers wait; searches go on, and see the one or the other whole
 * index. Stopped or killed at any moment it leaves the old one.
 *
 * @example
 * import { backupIndex, restoreIndex } from 'finetooth/tasks';
 *
 * await backupIndex({ in: './movies', to: './movies-copy' });
 * const { documents, lost } = await restoreIndex({ from: './movies-copy', into: './movies' });
 * console.log(documents, lost?.documents); // 6 0
 *
 * @throws E_INDEX_MISSING where `from` is not an index or `into` holds something else, E_INDEX_DAMAGED where the backup is damaged, E_LOCKED, E_STOPPED
 */
export async function restoreIndex(options: RestoreIndexOptions): Promise<RestoreReport> {
  checkOptions('restoreIndex', options, restoreChecks);
  const { from, into, signal, onProgress } = options;
  for (const where of from === undefined ? [into] : [from, into]) checkKept(where, 'restored');
  if (engineOf(from ?? into) !== undefined || engineOf(into) !== undefined) return restoreByCopy(options);
  const { version, undone, compared } = await restoreFolder(from, into, { signal, onProgress, compare: (old) => compare(from, into, old) });
  if (from !== undefined) return { from, into, version, ...compared };
  return { into, version, ...compared, documents: (await hashesIn(into)).size, undone };
}

/** From one kind of store into another, document by document. */
async function restoreByCopy({ from, into, signal, onProgress }: RestoreIndexOptions): Promise<RestoreReport> {
  if (from === undefined)
    throw new FinetoothError(
      'E_USAGE',
      `${shownName(into)} keeps no older versions of itself here: name the backup that shall take its place.`,
    );
  if (shownName(from) === shownName(into)) throw new FinetoothError('E_USAGE', `${shownName(from)} cannot be restored into itself.`);
  const source = openStore(from);
  try {
    const manifest = await source.open();
    if (manifest === undefined) throw indexMissing(shownName(from));
    const fill = async (stage: string): Promise<Compared> => {
      const target = openStore(stage);
      try {
        await copyEntries(source, target, manifest, { signal, onProgress });
      } finally {
        await target.close();
      }
      return compare(from, into, (await manifestOf(into)) === undefined ? 'none' : 'whole');
    };
    return { from: shownName(from), into: shownName(into), ...(await rebuiltIn(into, {}, fill, signal)) };
  } finally {
    await source.close();
  }
}

async function compare(from: string | undefined, into: string, replaced: Replaced): Promise<Compared> {
  if (from === undefined) return { documents: 0, replaced };
  const kept = await hashesIn(from);
  if (replaced !== 'whole') return { documents: kept.size, replaced };
  try {
    const old = await hashesIn(into);
    const lost = [...old].filter(([id]) => !kept.has(id)).length;
    const changes = [...old].filter(([id, hash]) => kept.has(id) && kept.get(id) !== hash).length;
    return { documents: kept.size, replaced, lost: { documents: lost, changes, deletions: kept.size - (old.size - lost) } };
  } catch (error) {
    if (!(error instanceof FinetoothError && error.code === 'E_INDEX_DAMAGED')) throw error;
    return { documents: kept.size, replaced: 'damaged' };
  }
}

/** By id the hash of each document. */
async function hashesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const store: Store = openStore(folder);
  try {
    await store.open();
    const hashes = new Map<string, string>();
    for await (const { id, hash } of store.get('all', ['hash'])) hashes.set(id, hash);
    return hashes;
  } finally {
    await store.close();
  }
}
