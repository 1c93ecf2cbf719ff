import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { diskErrorOf, FinetoothError, systemCodeOf, throwIfStopped } from '../../errors.ts';
import { withLock } from '../../time/file-lock.ts';
import { indexDamaged, indexMissing, indexReplaced } from '../index-changes.ts';
import type { Manifest } from '../store.ts';
import { type Checksum, fileNames, readChecksums, writeChecksums } from './checksums.ts';
import { syncFiles, syncNewFolder } from './durability.ts';
import { neededBy, newestVersion, readVersion, type TableVersion, versionsIn } from './files.ts';
import { committedVersion, createManifest, readManifest, recordVersion, stampOf, tableOf } from './index-folder.ts';
import { isPostings } from './postings.ts';
import type { UpkeepOptions } from './verify.ts';

/** Others may compact the index or make it again while it is copied; what was copied of the same table is not copied again. */
const TRIES = 20;
const CHUNK_BYTES = 1 << 20;
/** Who was killed leaves a lock, which is free after five seconds. */
const LONGEST_WAIT_MS = 10_000;

/** The copy of one version of an index. */
export interface Copied {
  readonly manifest: Manifest;
  readonly version: number;
  readonly bytes: number;
}

/**
 * Copies the newest version of an index, which is an index too, into a folder that is not there or empty. Others may write meanwhile. Whatever is
 * stopped or killed leaves nothing under that name.
 *
 * @throws E_INDEX_MISSING, E_INDEX_DAMAGED where a file is not what it was when it was written, E_USAGE where there is something already, E_STOPPED
 */
export async function backUpFolder(folder: string, to: string, options: UpkeepOptions = {}): Promise<Copied> {
  if (!relative(resolve(folder), resolve(to)).startsWith('..'))
    throw new FinetoothError('E_USAGE', `${to} lies inside the index ${folder}: name a place outside it.`);
  if ((await readManifest(folder)) === undefined) throw indexMissing(folder);
  return inNewFolder(to, options.signal, (stage, signal) => copyVersion(folder, stage, { ...options, signal }));
}

/**
 * Fills a folder under another name and renames it into its place, where there must be none or an empty one: it is there as a whole or not at all.
 *
 * @throws E_USAGE where there is something already, E_DISK_FULL, E_STOPPED
 */
export async function inNewFolder<T>(
  to: string,
  signal: AbortSignal | undefined,
  fill: (stage: string, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  await refuseTaken(to);
  const stage = `${resolve(to)}.part`;
  try {
    await mkdir(dirname(stage), { recursive: true });
    return await withLock(
      stage,
      signal,
      async (lock) => {
        // What one left that was killed.
        await rm(stage, { recursive: true, force: true });
        try {
          const filled = await fill(stage, lock);
          throwIfStopped(lock);
          await refuseTaken(to);
          await rename(stage, to);
          await syncNewFolder(to);
          return filled;
        } finally {
          await rm(stage, { recursive: true, force: true });
        }
      },
      LONGEST_WAIT_MS,
    );
  } catch (error) {
    throw diskErrorOf(error, to);
  }
}

async function refuseTaken(to: string): Promise<void> {
  const isTaken = await readdir(to).then(
    (names) => names.length > 0,
    (error: unknown) => systemCodeOf(error) !== 'ENOENT',
  );
  if (isTaken) throw new FinetoothError('E_USAGE', `${to} is there already, and a backup overwrites nothing: name a new folder.`);
}

/** Copies a version of an index, of which the newest is the usual one, into a folder that becomes an index with the last file. */
export async function copyVersion(
  folder: string,
  to: string,
  { version: wanted, ...options }: UpkeepOptions & { readonly version?: number } = {},
): Promise<Copied> {
  const copied = new Map<string, Checksum>();
  let stamp: string | undefined;
  for (let tries = 1; tries <= TRIES; tries++) {
    throwIfStopped(options.signal);
    const now = await stampOf(folder);
    if (now !== stamp) {
      await rm(to, { recursive: true, force: true });
      copied.clear();
      stamp = now;
    }
    const manifest = await readManifest(folder);
    if (manifest === undefined) throw indexMissing(folder);
    const table = join(folder, `${tableOf(manifest)}.lance`);
    const target = join(to, `${tableOf(manifest)}.lance`);
    const find = async (): ReturnType<typeof newestVersion> =>
      wanted === undefined ? newestVersion(table) : (await versionsIn(table)).find(({ version }) => version === wanted);
    const newest = await find();
    try {
      if (newest === undefined || (wanted === undefined && newest.version < (await committedVersion(folder, manifest))))
        throw indexDamaged(`the newest version of ${table} is gone`, folder);
      const version = await readVersion(table, newest);
      await copyFiles(table, target, version, copied, options);
      for (const path of await fileNames(target)) if (!copied.has(path)) await rm(join(target, path));
      await writeChecksums(target, [...copied.values()]);
      await syncFiles(target, [...copied.keys()]);
      await recordVersion(to, manifest, version.version);
      await createManifest(to, manifest);
      return { manifest, version: version.version, bytes: [...copied.values()].reduce((sum, { bytes }) => sum + bytes, 0) };
    } catch (error) {
      throwIfStopped(options.signal);
      const isOther = (await stampOf(folder)) !== now || (await find())?.version !== newest?.version;
      if (isOther) continue;
      if (systemCodeOf(error) === 'ENOENT') throw indexDamaged(`a file of ${table} is missing`, folder, error);
      throw error instanceof RangeError ? indexDamaged(`${join(table, newest?.path ?? '')} cannot be read`, folder, error) : error;
    }
  }
  throw indexReplaced(folder);
}

/** Copies what the version needs and is not copied yet, and forgets what it does not need. */
async function copyFiles(
  table: string,
  target: string,
  version: TableVersion,
  copied: Map<string, Checksum>,
  { signal, onProgress }: UpkeepOptions,
): Promise<void> {
  const { files: recorded } = await readChecksums(table);
  const there = await fileNames(table);
  // What should be there and is not fails when it is copied.
  const known = new Set([...there, ...recorded.keys(), version.path, ...version.files.map(({ path }) => path)]);
  const needed = neededBy(
    version,
    [...known].map((path) => ({ path })),
  );
  const wanted = new Set(needed.map(({ path }) => path));
  for (const path of copied.keys()) if (!wanted.has(path)) copied.delete(path);
  for (const [at, path] of [...wanted].entries()) {
    throwIfStopped(signal);
    onProgress?.({ done: at, total: wanted.size, unit: 'file' });
    if (copied.has(path)) continue;
    const before = recorded.get(path);
    if (isPostings(path)) {
      await copyPostings(table, target, path, before, signal).then((checksum) => checksum && copied.set(path, checksum));
      continue;
    }
    const checksum = await copyFile(join(table, path), join(target, path), path, signal);
    if (before !== undefined && before.sha256 !== checksum.sha256)
      throw indexDamaged(`${join(table, path)} was changed: its checksum does not fit`, dirname(table));
    copied.set(path, checksum);
  }
}

/** What is missing or damaged of postings is left out, and built again by the next `optimize` of the copy. */
async function copyPostings(
  table: string,
  target: string,
  path: string,
  before: Checksum | undefined,
  signal?: AbortSignal,
): Promise<Checksum | undefined> {
  const checksum = await copyFile(join(table, path), join(target, path), path, signal).catch((error: unknown) => {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
    return undefined;
  });
  if (checksum !== undefined && (before === undefined || before.sha256 === checksum.sha256)) return checksum;
  await rm(join(target, path), { force: true });
  return undefined;
}

/** Copies and hashes in one pass. */
async function copyFile(from: string, to: string, path: string, signal?: AbortSignal): Promise<Checksum> {
  await mkdir(dirname(to), { recursive: true });
  const hash = createHash('sha256');
  let bytes = 0;
  const source = await open(from, 'r');
  try {
    const target = await open(to, 'w');
    try {
      for await (const chunk of source.createReadStream({ autoClose: false, highWaterMark: CHUNK_BYTES })) {
        throwIfStopped(signal);
        hash.update(chunk as Buffer);
        bytes += (chunk as Buffer).length;
        await target.writeFile(chunk as Buffer);
      }
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
  return { path, bytes, sha256: hash.digest('hex') };
}
