import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, systemCodeOf } from '../../errors.ts';
import { indexDamaged } from '../index-changes.ts';
import { type Checksum, readChecksums } from './checksums.ts';
import { neededBy, newestVersion, readVersion, versionOf } from './files.ts';
import { isPostings } from './postings.ts';

/** Bytes of a table up to which all its files are hashed before it is first read: 30 ms. The files of a larger one are hashed meanwhile. */
const SMALL_BYTES = 16 << 20;
/** So that hashing in the background leaves most of a processor to searches: 2 ms a chunk, and so many in between. */
const CHUNK_BYTES = 1 << 20;
const PAUSE_MS = 10;

/** A file that is not what it was when it was written. */
export interface FileDamage {
  /** Below the table's folder. */
  readonly path: string;
  readonly reason: string;
}

/** Compares the files of an open table with their checksums, once in a process: what a disk changes is told and not searched. */
export interface Integrity {
  /** Throws E_INDEX_DAMAGED where a file is known to be damaged that cannot be done without; of a small table all are known then. */
  check(): Promise<void>;
  /** What is known to be damaged; of a small table all that is. */
  known(): Promise<readonly FileDamage[]>;
  /** Waits until all files are hashed, and tells which are damaged. */
  finish(): Promise<readonly FileDamage[]>;
  stop(): void;
}

interface Run {
  readonly version: number | undefined;
  readonly damages: FileDamage[];
  /** Resolves when reading may begin, and when all is hashed. */
  readonly ready: Promise<void>;
  readonly done: Promise<void>;
}

/** Files that this process has hashed and found whole. */
const sound = new Set<string>();

export function watchFiles(folder: string, table: string): Integrity {
  let isStopped = false;
  let isHurried = false;
  let run: Promise<Run> | undefined;
  let isClean = false;
  const current = (): Promise<Run> => (run ??= begin());

  const begin = async (): Promise<Run> => {
    // First these: who writes meanwhile adds a version before its checksum.
    const { files } = await readChecksums(table);
    const newest = await newestVersion(table);
    const damages: FileDamage[] = [];
    const later = [...files.keys()].find((path) => (versionOf(path) ?? 0) > (newest?.version ?? 0));
    if (later !== undefined) damages.push({ path: later, reason: 'it is missing, and was the newest version' });
    const needed = newest === undefined ? [] : neededBy(await readVersion(table, newest), files.values());
    const isSmall = needed.reduce((sum, { bytes }) => sum + bytes, 0) <= SMALL_BYTES;
    const done = hashAll(newest?.version, needed, damages, isSmall);
    return { version: newest?.version, damages, done, ready: isSmall ? done : Promise.resolve() };
  };
  const hashAll = async (
    version: number | undefined,
    files: readonly Checksum[],
    damages: FileDamage[],
    isSmall: boolean,
  ): Promise<void> => {
    for (const file of files) {
      if (isStopped) return;
      const reason = await damageOf(join(table, file.path), file, async () => {
        if (!isSmall && !isHurried) await sleep(PAUSE_MS, undefined, { ref: false });
        return isStopped;
      });
      // Another process may have compacted it away.
      if (reason !== undefined && (await newestVersion(table))?.version === version) damages.push({ path: file.path, reason });
    }
    isClean = damages.length === 0;
  };

  return {
    check: async () => {
      if (isClean) return;
      let { ready, damages, version } = await current();
      await ready;
      if (damages.length > 0 && (await newestVersion(table))?.version !== version) {
        // It may have been mended.
        run = undefined;
        ({ ready, damages, version } = await current());
        await ready;
      }
      const damage = damages.find(({ path }) => !isPostings(path));
      if (damage !== undefined) throw indexDamaged(`${join(table, damage.path)} is not as it was written: ${damage.reason}`, folder);
    },
    known: async () => {
      const { ready, damages } = await current();
      await ready;
      return damages;
    },
    finish: async () => {
      isHurried = true;
      const { done, damages } = await current();
      // A pause that began before keeps no process alive, and whoever waits here wants it to end.
      const alive = setInterval(() => {}, PAUSE_MS);
      try {
        await done;
      } finally {
        clearInterval(alive);
      }
      return damages;
    },
    stop: () => {
      isStopped = true;
    },
  };
}

/** Why a file is not what it was, in words; nothing where it is, or when the work was stopped. `pause` is called after each chunk. */
async function damageOf(at: string, { bytes, sha256 }: Checksum, pause: () => Promise<boolean>): Promise<string | undefined> {
  try {
    const { size, ino, mtimeMs } = await stat(at);
    if (size !== bytes) return `it has ${size} bytes instead of ${bytes}`;
    const mark = `${at} ${ino} ${mtimeMs} ${sha256}`;
    if (sound.has(mark)) return undefined;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(at, { highWaterMark: CHUNK_BYTES })) {
      hash.update(chunk as Uint8Array);
      if (await pause()) return undefined;
    }
    if (hash.digest('hex') !== sha256) return 'its checksum does not fit';
    sound.add(mark);
    return undefined;
  } catch (error) {
    return systemCodeOf(error) === 'ENOENT' ? 'it is missing' : `it cannot be read: ${messageOf(error)}`;
  }
}
