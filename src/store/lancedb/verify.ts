import { access, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FinetoothError, messageOf, systemCodeOf, throwIfStopped } from '../../errors.ts';
import { hashFile } from '../../fetch/checksums.ts';
import type { CallOptions, Progress } from '../../types.ts';
import { indexMissing } from '../index-changes.ts';
import type { Manifest } from '../store.ts';
import { type Checksums, checksumsName, readChecksums } from './checksums.ts';
import { neededBy, newestVersion, readVersion, type TableVersion, versionOf, versionsIn } from './files.ts';
import { committedVersion, manifestName, readManifest, stampOf, tableOf, tablesIn } from './index-folder.ts';
import { postingsFolder } from './postings.ts';

/** `version`: says which files hold the documents now. `deletions`: which of them are deleted. `index`: what makes searches fast. */
export type IndexPart = 'manifest' | 'version' | 'data' | 'deletions' | 'index' | 'checksums';

export interface IndexDamage {
  readonly part: IndexPart;
  /** With the folder of the index before it. */
  readonly path: string;
  /** In words, without a full stop. */
  readonly reason: string;
}

export interface FolderCheck {
  /** Number of the last commit; absent where that cannot be told. */
  readonly version?: number;
  /** Files that are what they were when they were written. */
  readonly files: number;
  /** Of these files. */
  readonly bytes: number;
  /** Files that have no checksum yet, since an earlier version wrote them: the next write or `compact` gives them one. */
  readonly unchecked: number;
  /** None where the index is whole. */
  readonly damages: readonly IndexDamage[];
}

export interface UpkeepOptions extends CallOptions {
  readonly onProgress?: (progress: Progress) => void;
}

/** Looks again so often where others write meanwhile. */
const TRIES = 5;

const parts: Readonly<Record<string, IndexPart>> = {
  data: 'data',
  _deletions: 'deletions',
  _versions: 'version',
  _indices: 'index',
  [postingsFolder]: 'index',
};

/**
 * Hashes every file that the newest version of an index is made of, and compares it with what it was when it was written. Takes no lock: where
 * something is amiss and others have written meanwhile it looks again.
 *
 * @throws E_INDEX_MISSING, E_STOPPED
 */
export async function verifyFolder(folder: string, options: UpkeepOptions = {}): Promise<FolderCheck> {
  for (let tries = 1; ; tries++) {
    const before = await stateOf(folder);
    const check = await lookAt(folder, options);
    if (check.damages.length === 0 || tries === TRIES || (await stateOf(folder)) === before) return check;
  }
}

/** Another value says that something was written. */
async function stateOf(folder: string): Promise<string> {
  const tables = await tablesIn(folder);
  const versions = await Promise.all(tables.map(async (name) => (await newestVersion(join(folder, name)))?.version));
  return [await stampOf(folder), ...tables, ...versions].join(' ');
}

async function lookAt(folder: string, options: UpkeepOptions): Promise<FolderCheck> {
  const damages: IndexDamage[] = [];
  const tables = await tablesIn(folder);
  let name = tables.length === 1 ? tables[0] : undefined;
  let least = 0;
  try {
    const manifest = await readManifest(folder);
    if (manifest === undefined && name === undefined) throw indexMissing(folder);
    if (manifest === undefined) damages.push({ part: 'manifest', path: join(folder, manifestName), reason: 'it is missing' });
    else {
      name = `${tableOf(manifest)}.lance`;
      least = await committedVersion(folder, manifest);
    }
  } catch (error) {
    if (!(error instanceof FinetoothError) || error.code !== 'E_INDEX_DAMAGED') throw error;
    damages.push({ part: 'manifest', path: join(folder, manifestName), reason: reasonIn(error, folder) });
  }
  if (name === undefined) return { files: 0, bytes: 0, unchecked: 0, damages };
  const checked = await checkTable(join(folder, name), least, options);
  return { ...checked, damages: [...damages, ...checked.damages] };
}

/** The sentence of a damaged manifest, without its name and its advice. */
function reasonIn(error: FinetoothError, folder: string): string {
  return messageOf(error)
    .replace(`${join(folder, manifestName)} `, 'it ')
    .replace(/\. Restore it.*/, '');
}

/** A version of an index whose files are all as they were written. */
export interface WholeVersion {
  readonly version: number;
  /** Later ones, which are damaged or missing. */
  readonly later: number;
  /** ISO 8601, UTC. */
  readonly writtenAt: string;
}

/** The newest version of an index that is whole; nothing where there is none. For who holds the index's lock. */
export async function newestWhole(folder: string, manifest: Manifest, options: UpkeepOptions = {}): Promise<WholeVersion | undefined> {
  const table = join(folder, `${tableOf(manifest)}.lance`);
  const recorded = await readChecksums(table);
  const there = await versionsIn(table);
  const named = [...recorded.files.keys()].flatMap((path) => versionOf(path) ?? []);
  const last = Math.max(await committedVersion(folder, manifest), ...named, ...there.map(({ version }) => version));
  for (const described of there.toReversed()) {
    const { damages } = await checkVersion(table, described, recorded, options);
    const { mtime } = await stat(join(table, described.path));
    // Postings are built again of what there is.
    const isWhole = damages.every((damage) => dirname(damage.path) === join(table, postingsFolder));
    if (isWhole) return { version: described.version, later: last - described.version, writtenAt: mtime.toISOString() };
  }
  return undefined;
}

async function checkTable(table: string, least: number, options: UpkeepOptions): Promise<FolderCheck> {
  const recorded = await readChecksums(table);
  const newest = await newestVersion(table);
  const before: IndexDamage[] = [];
  const damaged = (path: string, reason: string): void => void before.push({ part: partOf(path), path: join(table, path), reason });
  if (newest === undefined) {
    damaged('_versions', 'it holds no version');
    return { files: 0, bytes: 0, unchecked: 0, damages: before };
  }
  const last = Math.max(least, ...[...recorded.files.keys()].flatMap((path) => versionOf(path) ?? []));
  if (newest.version < last) damaged('_versions', `version ${last} was committed, and ${newest.version} is the last one that is there`);
  if (recorded.damaged > 0) damaged(checksumsName, `${recorded.damaged} of its lines are not as they were written`);
  const check = await checkVersion(table, newest, recorded, options);
  return { ...check, damages: [...before, ...check.damages] };
}

async function checkVersion(
  table: string,
  newest: Pick<TableVersion, 'version' | 'path'>,
  recorded: Checksums,
  { signal, onProgress }: UpkeepOptions,
): Promise<FolderCheck> {
  const damages: IndexDamage[] = [];
  const damaged = (path: string, reason: string): void => void damages.push({ part: partOf(path), path: join(table, path), reason });
  let version: TableVersion | undefined;
  try {
    version = await readVersion(table, newest);
  } catch (error) {
    // Its checksum says so too, where there is one.
    if (!recorded.files.has(newest.path)) damaged(newest.path, `it cannot be read: ${messageOf(error)}`);
  }
  const wanted = await wantedIn(table, version, recorded.files.keys());
  let [files, bytes, unchecked] = [0, 0, 0];
  for (const [at, path] of wanted.entries()) {
    throwIfStopped(signal);
    onProgress?.({ done: at, total: wanted.length, unit: 'file' });
    const known = recorded.files.get(path);
    try {
      const { size } = await stat(join(table, path));
      if (known === undefined) unchecked++;
      else if (size !== known.bytes) damaged(path, `it has ${size} bytes instead of ${known.bytes}`);
      else if ((await hashFile(join(table, path), signal)) !== known.sha256) damaged(path, 'it was changed: its checksum does not fit');
      else [files, bytes] = [files + 1, bytes + size];
    } catch (error) {
      throwIfStopped(signal);
      damaged(path, systemCodeOf(error) === 'ENOENT' ? 'it is missing' : `it cannot be read: ${messageOf(error)}`);
    }
  }
  return { version: newest.version, files, bytes, unchecked, damages };
}

function partOf(path: string): IndexPart {
  return parts[path.split(/[\\/]/)[0] as string] ?? 'checksums';
}

/** Files that the version needs; where that cannot be told, all that there are and have a checksum. */
async function wantedIn(table: string, version: TableVersion | undefined, recorded: Iterable<string>): Promise<string[]> {
  const all = [...recorded];
  if (version === undefined) {
    const isThere = await Promise.all(
      all.map((path) =>
        access(join(table, path)).then(
          () => true,
          () => false,
        ),
      ),
    );
    return all.filter((_, at) => isThere[at]);
  }
  const needed = neededBy(
    version,
    all.map((path) => ({ path })),
  ).map(({ path }) => path);
  const indexes = version.indexes.filter((index) => !needed.some((path) => path.startsWith(index)));
  return [...new Set([version.path, ...version.files.map(({ path }) => path), ...needed, ...version.postings, ...indexes])];
}
