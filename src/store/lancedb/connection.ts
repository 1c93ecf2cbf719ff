import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection, Table } from '@lancedb/lancedb';
import { diskErrorOf, FinetoothError, messageOf, throwIfStopped } from '../../errors.ts';
import { withLock } from '../../time/file-lock.ts';
import { checkUsable, indexCompacted, indexDamaged, indexGone, indexLost, indexReplaced } from '../index-changes.ts';
import { isSameIndex, type Manifest } from '../store.ts';
import { type Listing, listSynced, recordChecksums } from './checksums.ts';
import type { Durability } from './durability.ts';
import {
  committedVersion,
  lostManifest,
  manifestName,
  readManifest,
  recordVersion,
  replaceManifest,
  stampOf,
  sweepFolder,
  tableOf,
} from './index-folder.ts';
import { type Integrity, watchFiles } from './integrity.ts';
import { noteSuspended } from './late-writes.ts';
import { type LanceLibraries, loadLance } from './library.ts';
import { schemaOf } from './rows.ts';
import { checkVersion, createIndex, openTable } from './table.ts';
import { dropUnfinished, isUnfinished } from './unfinished.ts';

/** A writer waits this long for another one, which may be building an index over millions of vectors. */
const LONGEST_WAIT_MS = 300_000;
/** Another process may make the index again while it is read; so often it is looked at again. */
const TRIES = 5;

/** The table of an index folder that other processes write to, make again or delete meanwhile. */
export interface LanceConnection {
  /** As `Store.open`. */
  open(wanted?: Manifest): Promise<Manifest | undefined>;
  /** What is open now. Throws E_BUG where nothing is. */
  opened(): Opened;
  /** Whether there is nothing to read, since no document was ever stored. Throws E_LOCKED when another process made the index meanwhile. */
  isUnmade(): Promise<boolean>;
  /** Reads, again when the index was made again meanwhile: an answer is of one index. */
  read<T>(what: string, work: (opened: Opened) => Promise<T>): Promise<T>;
  /** Reads bit by bit, and fails when the index was made again meanwhile. */
  stream<T>(work: (opened: Opened) => AsyncIterable<T>): AsyncGenerator<T>;
  /**
   * One writer at a time over all processes: two merges at once that both bring a new id would both insert it. A killed writer's lock
   * is free after five seconds. Who waited may find another index in the place of the one that was opened, and writes to that. What it commits is
   * searched when the work has ended, or has called `acknowledge`.
   */
  write<T>(what: string, work: (opened: Opened, acknowledge: () => Promise<void>) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Changes what the manifest says of the index, where it is still the one that is open. One of an earlier version that has no id stays as it is. */
  describe(more: Pick<Manifest, 'spread'>): Promise<void>;
  close(): void;
}

export interface Opened {
  readonly libraries: LanceLibraries;
  readonly connection: Connection;
  readonly table: Table;
  /** That of the index, and in it that of the table. */
  readonly folder: string;
  readonly path: string;
  readonly manifest: Manifest;
  readonly integrity: Integrity;
  /** Of the manifest that the table was opened for. */
  readonly stamp: string | undefined;
}

export function connectFolder(folder: string, durability: Durability): LanceConnection {
  let libraries: LanceLibraries | undefined;
  let now: Opened | undefined;
  /** Whether it was opened before the first document was stored: there is nothing then, and nothing to open. */
  let wasUnmade = false;
  /** While this process makes it. */
  let making: Promise<unknown> | undefined;

  const opened = (): Opened => {
    if (now === undefined) throw new FinetoothError('E_BUG', `the store ${folder} was used before it was opened or after it was closed`);
    return now;
  };
  const failure = (what: string, error: unknown): unknown => {
    const known = diskErrorOf(error, folder);
    if (known instanceof FinetoothError) return known;
    return indexDamaged(`cannot ${what} the index ${folder}: ${messageOf(error).split('\n')[0]}`, folder, error);
  };
  /**
   * Opens what is there now. The manifest is looked at again afterwards: an index that is just made again has tables that come and go. What a lost
   * power left goes first, unless it cannot be written to: then what is there is the judge.
   */
  const openNow = async ({ isLocked = false } = {}): Promise<void> => {
    for (let tries = 1; ; tries++) {
      const stamp = await stampOf(folder);
      try {
        const manifest = await readManifest(folder);
        if (manifest === undefined) throw indexGone(folder);
        if (now !== undefined) checkUsable(now.manifest, manifest, folder);
        if (await isUnfinished(folder, manifest)) {
          const drop = () => dropUnfinished(folder, manifest);
          await (isLocked ? drop() : withLock(join(folder, manifestName), undefined, drop, LONGEST_WAIT_MS)).catch(() => {});
        }
        const loaded = libraries as LanceLibraries;
        // What is still read from the table before is not closed under its reader.
        const { table, connection, path } = await openTable(loaded.lance, folder, manifest);
        now?.integrity.stop();
        now = { libraries: loaded, table, connection, folder, path, manifest, stamp, integrity: watchFiles(folder, path) };
        return;
      } catch (error) {
        if (tries === TRIES || (await stampOf(folder)) === stamp) throw failure('open', error);
      }
    }
  };
  /** The manifest as it is now, where it is still of the table that was opened, with its stamp. */
  const described = async ({ manifest }: Opened): Promise<Pick<Opened, 'manifest' | 'stamp'> | undefined> => {
    if (manifest.id === undefined) return undefined;
    const stamp = await stampOf(folder);
    const found = await readManifest(folder).catch(() => undefined);
    const isSame = found !== undefined && isSameIndex(found, manifest) && tableOf(found) === tableOf(manifest);
    return isSame && (await stampOf(folder)) === stamp ? { manifest: found, stamp } : undefined;
  };
  const isStill = async (before: Opened): Promise<boolean> =>
    (await stampOf(folder)) === before.stamp || (await described(before)) !== undefined;
  /** Another process may have made the index again, or deleted it, or said more of it. */
  const refresh = async (how = {}): Promise<void> => {
    if ((await stampOf(folder)) === opened().stamp) return;
    const more = await described(opened());
    if (more === undefined) await openNow(how);
    else now = { ...opened(), ...more };
  };
  const locked = async <T>(what: string, work: (signal: AbortSignal, takenOver: boolean) => Promise<T>, stop?: AbortSignal): Promise<T> => {
    try {
      return await withLock(join(folder, manifestName), stop, work, LONGEST_WAIT_MS);
    } catch (error) {
      if (now !== undefined && (await stampOf(folder)) === undefined) throw indexGone(folder);
      throw failure(what, error);
    }
  };

  return {
    opened,
    open: async (wanted) => {
      if (now !== undefined) {
        await refresh();
        return opened().manifest;
      }
      const known = await readManifest(folder);
      if (known === undefined && (await lostManifest(folder)))
        throw indexLost(`${folder} holds documents, and ${join(folder, manifestName)}, which says what they are, is missing`, folder);
      if (known === undefined && wanted === undefined) {
        wasUnmade = true;
        return undefined;
      }
      const loaded = await loadLance();
      libraries = loaded;
      if (known === undefined) {
        const manifest = wanted as Manifest;
        const schema = schemaOf(loaded, manifest);
        await mkdir(folder, { recursive: true }).catch((error: unknown) => Promise.reject(diskErrorOf(error, folder)));
        making = locked('make', () => createIndex(loaded.lance, folder, manifest, schema)).then(() => openNow());
        await making;
      } else await openNow();
      wasUnmade = false;
      return opened().manifest;
    },
    isUnmade: async () => {
      if (wasUnmade) await making?.catch(() => {});
      if (!wasUnmade || now !== undefined) return false;
      if ((await stampOf(folder)) === undefined) return true;
      throw indexReplaced(folder);
    },
    read: async (what, work) => {
      for (let tries = 1; ; tries++) {
        await refresh();
        const before = opened();
        try {
          await before.integrity.check();
          const result = await work(before);
          if (await isStill(before)) return result;
        } catch (error) {
          const isSame = await isStill(before);
          // Files that were merged into others meanwhile are gone; the newest version has what they held.
          if (isSame && (tries === TRIES || !isMissingFile(error))) throw failure(what, error);
        }
        if (tries === TRIES) throw indexReplaced(folder);
      }
    },
    stream: async function* (work) {
      await refresh();
      const before = opened();
      const version = await before.table.version();
      const fail = async (error: unknown): Promise<never> => {
        const [stamp, isSame] = [await stampOf(folder), await isStill(before)];
        if (isSame && isMissingFile(error) && (await before.table.version()) > version) throw indexCompacted(folder);
        throw isSame ? failure('read', error) : stamp === undefined ? indexGone(folder) : indexReplaced(folder);
      };
      try {
        await before.integrity.check();
        yield* work(before);
      } catch (error) {
        await fail(error);
      }
      // What was read last may be of another index.
      if (!(await isStill(before))) await fail(undefined);
    },
    write: (what, work, stop) => {
      const commit = async (signal: AbortSignal, takenOver: boolean) => {
        // A rebuild that is suspended at its last step must not come through after this.
        if (takenOver) await sweepFolder(folder);
        for (let tries = 1; ; tries++) {
          await refresh({ isLocked: true });
          const { table, path, manifest } = opened();
          const committed = await committedVersion(folder, manifest);
          await checkVersion(table, folder, committed);
          if (takenOver && tries === 1) await noteSuspended(folder, manifest, await table.version());
          throwIfStopped(signal);
          let recorded = committed;
          const acknowledge = async (): Promise<Listing> => {
            const listing = await listSynced(path, durability);
            const version = await table.version();
            if (version !== recorded) await recordVersion(folder, manifest, version, durability);
            recorded = version;
            return listing;
          };
          try {
            const result = await work(opened(), async () => {
              if ((await table.version()) !== recorded) await acknowledge();
            });
            const listing = await acknowledge();
            // What has no checksum yet gets one with the next write.
            await recordChecksums(path, listing).catch(() => {});
            return result;
          } catch (error) {
            // A writer that was suspended for longer than its lock lived commits beside this one; LanceDB lets one of them win.
            if (tries === TRIES || !/commit conflict/i.test(messageOf(error))) throw error;
          }
        }
      };
      return locked(what, commit, stop);
    },
    describe: async (more) => {
      const { id } = opened().manifest;
      if (id === undefined) return;
      await locked('describe', async (_, takenOver) => {
        if (takenOver) await sweepFolder(folder);
        await refresh({ isLocked: true });
        const { manifest, table } = opened();
        if (takenOver) await noteSuspended(folder, manifest, await table.version());
        // What was seen of one index does not hold for the one that took its place meanwhile.
        if (manifest.id === id) await replaceManifest(folder, { ...manifest, ...more });
        await refresh({ isLocked: true });
      });
    },
    close: () => {
      now?.integrity.stop();
      now?.table.close();
      now?.connection.close();
      now = undefined;
      wasUnmade = false;
    },
  };
}

function isMissingFile(error: unknown): boolean {
  return /not found|no such file|os error 2\b/i.test(messageOf(error));
}
