import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diskErrorOf, FinetoothError, messageOf, systemCodeOf } from '../../errors.ts';
import { holdsLock } from '../../time/file-lock.ts';
import { indexFormat, type Manifest } from '../store.ts';
import { bootNow, type Durability, syncFolder } from './durability.ts';
import { namesIn } from './files.ts';

/** The file that makes a folder an index. What else of ours lies beside the table has a name that begins with it. */
export const manifestName = 'finetooth.json';
/** Begins the name of the folder where a rebuild puts the new index together. */
export const stageName = `${manifestName}.rebuild-`;
const committedName = `${manifestName}.committed`;
/** The table of an index that was never rebuilt. */
const firstTable = 'documents';
/** Of `withPart`, `recordVersion` and `noteSuspended`. */
const partPattern = /^finetooth\.json\.((committed|suspended)\.)?[0-9a-f-]{36}\.part$/;
const tablePattern = /^documents(-[0-9a-f]+)?\.lance$/;

export const tableOf = ({ table = firstTable }: Manifest): string => table;

/** The manifest of an index folder; nothing where the folder has none. Throws E_INDEX_DAMAGED when it was torn or changed. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, manifestName), 'utf8');
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new FinetoothError('E_INDEX_DAMAGED', `cannot read ${join(folder, manifestName)}: ${messageOf(error)}`, { cause: error });
  }
  const damaged = (what: string): FinetoothError =>
    new FinetoothError(
      'E_INDEX_DAMAGED',
      `${join(folder, manifestName)} ${what}. Restore it from a backup, or build the index again in another folder.`,
    );
  let parsed: { manifest?: unknown; sha256?: unknown };
  try {
    parsed = JSON.parse(text);
  } catch {
    throw damaged('is torn: it is not JSON');
  }
  const { manifest } = parsed;
  const format = (manifest as { format?: unknown } | undefined)?.format;
  if (typeof format === 'number' && format > indexFormat) {
    throw damaged(`has format ${format}; this version of finetooth reads formats up to ${indexFormat}, so update it`);
  }
  if (!isManifest(manifest)) throw damaged('is not the description of an index');
  if (parsed.sha256 !== checksumOf(manifest)) throw damaged('was changed: its checksum does not fit');
  return manifest;
}

/** Another value says that an index was made, rebuilt or deleted since. Nothing where there is none. */
export async function stampOf(folder: string, name = manifestName): Promise<string | undefined> {
  try {
    const { ino, mtimeNs, size } = await stat(join(folder, name), { bigint: true });
    return `${ino} ${mtimeNs} ${size}`;
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new FinetoothError('E_INDEX_DAMAGED', `cannot read ${join(folder, name)}: ${messageOf(error)}`, { cause: error });
  }
}

/** Writes the manifest of a new index, whole or not at all. When another process was first, its manifest stays. */
export const createManifest = (folder: string, manifest: Manifest): Promise<void> =>
  withPart(folder, manifest, (part) =>
    link(part, join(folder, manifestName)).catch((error: unknown) => {
      if (systemCodeOf(error) !== 'EEXIST') throw error;
    }),
  );

/**
 * Puts a manifest in the place of another in one step: whoever reads sees the one or the other. For who holds the index's lock, which is looked at
 * once more: who takes it over of one that is suspended sweeps the new manifest away before it writes.
 */
export const replaceManifest = (folder: string, manifest: Manifest): Promise<void> =>
  withPart(folder, manifest, async (part) => {
    const place = join(folder, manifestName);
    const isOurs = await holdsLock(place);
    const error = isOurs ? await rename(part, place).catch((cause: unknown) => cause) : undefined;
    if (isOurs && error === undefined) return;
    if (isOurs && systemCodeOf(error) !== 'ENOENT') throw error;
    throw new FinetoothError('E_LOCKED', `the lock ${place}.lock was lost. ${folder} is as it was: run the same command again.`, {
      cause: error,
    });
  });

/** Folders of tables in the folder of an index: one, but for what a rebuild left that was killed. */
export const tablesIn = async (folder: string): Promise<string[]> => (await namesIn(folder)).filter((name) => tablePattern.test(name));

/** Whether it is an index that lost its manifest: it holds what only an index has beside its table, and nothing of others. */
export async function lostManifest(folder: string): Promise<boolean> {
  const names = await namesIn(folder);
  const isOurs = (name: string): boolean => name.startsWith(manifestName) || name === '__manifest' || tablePattern.test(name);
  if (!names.includes(committedName) || !names.every(isOurs)) return false;
  // A table without documents is what a process left that was killed before it wrote the manifest.
  for (const name of names) if (tablePattern.test(name) && !(await isBlank(join(folder, name)))) return true;
  return false;
}

/**
 * Makes room for a new index. A table without documents is what a process left that was killed before it wrote the manifest; a folder that
 * holds anything else is refused.
 */
export async function claimFolder(folder: string): Promise<void> {
  const others: string[] = [];
  for (const name of await namesIn(folder)) {
    // LanceDB's list of tables, which it makes when it connects.
    if (name.startsWith(manifestName) || name === '__manifest') continue;
    if (tablePattern.test(name) && (await isBlank(join(folder, name)))) await rm(join(folder, name), { recursive: true, force: true });
    else others.push(name);
  }
  if (others.length > 0)
    throw new FinetoothError(
      'E_INDEX_MISSING',
      `${folder} is not an index and is not empty (it holds ${others.slice(0, 3).join(', ')}): name a new or an empty folder.`,
    );
}

/**
 * Removes what was left by who was killed: folders of rebuilds, tables that the manifest does not name, and files that were not put in place. Only for who holds the index's lock,
 * which a living rebuild would hold.
 */
export async function sweepFolder(folder: string): Promise<void> {
  const named = async (): Promise<string> => {
    const manifest = await readManifest(folder);
    return manifest === undefined ? '' : `${tableOf(manifest)}.lance`;
  };
  const kept = await named();
  // Without a manifest no table is known to be another's leftover.
  const isLeft = (name: string): boolean =>
    name.startsWith(stageName) || partPattern.test(name) || (kept !== '' && name !== kept && tablePattern.test(name));
  const left = (await namesIn(folder)).filter(isLeft);
  for (const name of left) {
    // Out of sight in one step: a reader that still has the table open must not see half of it.
    const gone = join(folder, `${stageName}${randomUUID()}`);
    await rename(join(folder, name), gone);
    if (name === (await named())) await rename(gone, join(folder, name));
    else await rm(gone, { recursive: true, force: true });
  }
}

/** The last version of a table that is known to have been committed. */
export interface Committed {
  /** It may lag behind, and is never ahead. 0 where none is known. */
  readonly version: number;
  /** Of which start of the machine, see `bootNow`; only where its files were on the disk before this was written. */
  readonly boot?: string;
}

export async function readCommitted(folder: string, manifest: Manifest): Promise<Committed> {
  try {
    const { index, version, boot } = JSON.parse(await readFile(join(folder, committedName), 'utf8')) as Record<string, unknown>;
    if (index !== identityOf(manifest) || typeof version !== 'number') return { version: 0 };
    return { version, boot: typeof boot === 'string' ? boot : undefined };
  } catch {
    // Absent in indexes of earlier versions, or torn when the power was lost.
    return { version: 0 };
  }
}

export const committedVersion = async (folder: string, manifest: Manifest): Promise<number> =>
  (await readCommitted(folder, manifest)).version;

/** Called after a commit, by who holds the lock. That it cannot be written must not undo what is committed. */
export async function recordVersion(folder: string, manifest: Manifest, version: number, durability: Durability = 'power'): Promise<void> {
  const part = join(folder, `${committedName}.${randomUUID()}.part`);
  const isSynced = durability === 'power';
  try {
    const boot = isSynced ? await bootNow() : undefined;
    await writeFile(part, JSON.stringify({ index: identityOf(manifest), version, boot }), { flush: isSynced });
    await rename(part, join(folder, committedName));
    if (isSynced) await syncFolder(folder);
  } catch {
    // An older number would say that what is committed now was never acknowledged.
    for (const path of [part, join(folder, committedName)]) await unlink(path).catch(() => {});
  }
}

/** Bytes of all files below a folder, and when the newest was written. What goes while it is looked at does not count. */
export async function measureFolder(folder: string): Promise<{ readonly bytes: number; readonly changedAt?: Date }> {
  let bytes = 0;
  let newest = 0;
  const walk = async (at: string): Promise<void> => {
    for (const entry of await readdir(at, { withFileTypes: true }).catch(() => [])) {
      if (entry.name.startsWith(stageName)) continue;
      const path = join(at, entry.name);
      if (entry.isDirectory()) await walk(path);
      if (!entry.isFile()) continue;
      const found = await stat(path).catch(() => undefined);
      bytes += found?.size ?? 0;
      newest = Math.max(newest, found?.mtimeMs ?? 0);
    }
  };
  await walk(folder);
  return newest === 0 ? { bytes } : { bytes, changedAt: new Date(newest) };
}

/** Of an index of an earlier version, which has no id, what its manifest says. */
export const identityOf = (manifest: Manifest): string => manifest.id ?? checksumOf(manifest);

const isBlank = async (table: string): Promise<boolean> => (await namesIn(join(table, 'data'))).length === 0;

function isManifest(value: unknown): value is Manifest {
  const it = value as Partial<Record<keyof Manifest, unknown>> | null;
  return (
    typeof it === 'object' &&
    it !== null &&
    typeof it.format === 'number' &&
    typeof it.embedder === 'string' &&
    typeof it.dimensions === 'number' &&
    Array.isArray(it.fields) &&
    typeof it.analyzer === 'string' &&
    typeof it.createdAt === 'string'
  );
}

const checksumOf = (manifest: Manifest): string => createHash('sha256').update(JSON.stringify(manifest)).digest('hex');

/** Writes a manifest beside its place and hands over where it lies. */
async function withPart(folder: string, manifest: Manifest, place: (part: string) => Promise<void>): Promise<void> {
  const part = join(folder, `${manifestName}.${randomUUID()}.part`);
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(part, 'w');
    try {
      await file.writeFile(`${JSON.stringify({ manifest, sha256: checksumOf(manifest) }, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await place(part);
    await syncFolder(folder);
  } catch (error) {
    throw diskErrorOf(error, folder);
  } finally {
    await unlink(part).catch(() => {});
  }
}
