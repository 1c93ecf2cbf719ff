import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection, IndexConfig, Table } from '@lancedb/lancedb';
import { diskErrorOf, FinetoothError, messageOf, throwIfStopped } from '../errors.ts';
import { LONGEST_WORD } from '../text/analyzer.ts';
import { withLock } from '../time/file-lock.ts';
import type { Document, Hit } from '../types.ts';
import { checkUsable, indexDamaged, indexGone, indexReplaced } from './index-changes.ts';
import { committedVersion, manifestName, measureFolder, readManifest, recordVersion, stampOf, sweepFolder } from './index-folder.ts';
import { conditionsFor, type FoundRow, findByVector, findByWords } from './lance-find.ts';
import { type LanceLibraries, loadLance } from './lance-library.ts';
import { entryOf, type Row, rowsOf, schemaOf } from './lance-rows.ts';
import { checkVersion, createIndex, openTable } from './lance-table.ts';
import { isSameIndex, type Manifest, type Probe, type Store } from './store.ts';

/** Up to here the word index is rebuilt after each run of writes, so that its counts are exact; above, it is extended. */
const REBUILD_WORDS_UP_TO = 200_000;
/** Versions that a reader may still have open are kept for ten minutes. */
const KEEP_VERSIONS_MS = 600_000;
/** A writer waits this long for another one, which may be building an index over millions of vectors. */
const WRITER_PATIENCE_MS = 300_000;
/** LanceDB leaves words of this many bytes of UTF-8 and more out of its index; the longest of ours has 64 letters of at most four. */
const MAX_TOKEN_BYTES = 4 * LONGEST_WORD + 1;
/** Another process may make the index anew while it is read; so often it is looked at again. */
const TRIES = 5;

/** The approximate index over vectors. */
export interface LanceStoreOptions {
  /** Documents from which it is built (50 ms exact, 11 approximate there); below, every vector is compared: `npm run bench -- store`. @default 20,000 */
  readonly approximateFrom?: number;
  /** Parts into which it sorts the vectors. @default one for each 4,096 documents */
  readonly partitions?: number;
  /** Parts that a search looks into. @default 40 */
  readonly probes?: number;
  /**
   * Candidates fetched for each one returned, to be compared exactly: recall@25 is 1.000 at 100,000 documents, and .859 with 10.
   * @default 40
   */
  readonly refine?: number;
}

/**
 * Documents and vectors in a folder, in LanceDB's format. Each `put` is one atomic commit: a killed process loses only what had
 * not been acknowledged. Several processes may read and write at once. Exact below 20,000 documents; above, IVF_RQ with
 * exact comparison of forty times as many as asked for.
 */
export const lanceStore = (
  folder: string,
  { approximateFrom = 20_000, partitions, probes = 40, refine = 40 }: LanceStoreOptions = {},
): Store => {
  let libraries: LanceLibraries | undefined;
  let connection: Connection | undefined;
  let table: Table | undefined;
  let manifest: Manifest | undefined;
  /** Of the manifest that `table` was opened for. */
  let stamp: string | undefined;
  /** Whether it was opened before the first document was stored: there is nothing then, and nothing to open. */
  let isUnmade = false;
  /** While this process makes it. */
  let making: Promise<unknown> | undefined;

  const opened = (): { readonly libraries: LanceLibraries; readonly table: Table } => {
    if (libraries === undefined || table === undefined)
      throw new FinetoothError('E_BUG', `the store ${folder} was used before it was opened or after it was closed`);
    return { libraries, table };
  };
  const failure = (what: string, error: unknown): unknown => {
    const known = diskErrorOf(error, folder);
    if (known instanceof FinetoothError) return known;
    return indexDamaged(`cannot ${what} the index ${folder}: ${messageOf(error).split('\n')[0]}`, folder, error);
  };
  /** Opens what is there now. The manifest is looked at again afterwards: an index that is just made anew has tables that come and go. */
  const openNow = async (): Promise<void> => {
    for (let tries = 1; ; tries++) {
      const now = await stampOf(folder);
      try {
        const found = await readManifest(folder);
        if (found === undefined) throw indexGone(folder);
        if (manifest !== undefined) checkUsable(manifest, found, folder);
        // What is still read from the table before is not closed under its reader.
        ({ connection, table } = await openTable((libraries as LanceLibraries).lance, folder, found));
        [manifest, stamp] = [found, now];
        return;
      } catch (error) {
        if (tries === TRIES || (await stampOf(folder)) === now) throw failure('open', error);
      }
    }
  };
  /** Another process may have made the index anew, or deleted it. */
  const refresh = async (): Promise<void> => {
    opened();
    if ((await stampOf(folder)) !== stamp) await openNow();
  };
  /** Reads, again when the index was made anew meanwhile: an answer is of one index. */
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries++) {
      await refresh();
      const before = stamp;
      try {
        const result = await work();
        if ((await stampOf(folder)) === before) return result;
      } catch (error) {
        if ((await stampOf(folder)) === before) throw failure(what, error);
      }
      if (tries === TRIES) throw indexReplaced(folder);
    }
  };
  const locked = async <T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    try {
      return await withLock(join(folder, manifestName), undefined, work, WRITER_PATIENCE_MS);
    } catch (error) {
      if (table !== undefined && (await stampOf(folder)) === undefined) throw indexGone(folder);
      throw failure(what, error);
    }
  };
  /**
   * One writer at a time over all processes: two merges at once that both bring a new id would both insert it. A killed writer's lock
   * is free after five seconds. Who waited may find another index in the place of the one that was opened, and writes to that.
   */
  const write = <T>(what: string, work: () => Promise<T>): Promise<T> =>
    locked(what, async (signal) => {
      for (let tries = 1; ; tries++) {
        await refresh();
        await checkVersion(opened().table, folder, await committedVersion(folder, manifest as Manifest));
        throwIfStopped(signal);
        try {
          const result = await work();
          await recordVersion(folder, manifest as Manifest, await opened().table.version());
          return result;
        } catch (error) {
          // A writer that was suspended for longer than its lock lived commits beside this one; LanceDB lets one of them win.
          if (tries === TRIES || !/commit conflict/i.test(messageOf(error))) throw error;
        }
      }
    });
  const indexes = async (): Promise<Map<string, IndexConfig>> =>
    new Map((await opened().table.listIndices()).flatMap((index) => index.columns.map((column) => [column, index] as const)));
  const buildWords = async (): Promise<void> => {
    const { lance } = opened().libraries;
    const config = lance.Index.fts({
      baseTokenizer: 'whitespace',
      lowercase: false,
      stem: false,
      removeStopWords: false,
      asciiFolding: false,
      withPosition: false,
      maxTokenLength: MAX_TOKEN_BYTES,
    });
    await opened().table.createIndex('terms', { config, replace: true });
  };
  /** A process that was killed before its first `settle` leaves no word index, and LanceDB would split words its own way. */
  let wordsBuiltFor: string | undefined;
  const ensureWords = async (): Promise<void> => {
    if (wordsBuiltFor === stamp) return;
    if (!(await indexes()).has('terms')) await write('tidy', buildWords);
    wordsBuiltFor = stamp;
  };
  const rowsFor = async (probe: Probe, count: number, withTokens: boolean, exact: boolean): Promise<readonly FoundRow[]> => {
    const { libraries: loaded, table: documents } = opened();
    if ((await documents.countRows()) === 0) return [];
    if ('vector' in probe) return findByVector(documents, probe.vector, count, withTokens, exact, { refine, probes });
    await ensureWords();
    return findByWords(loaded, documents, probe.terms, count, withTokens);
  };

  return {
    open: async (wanted) => {
      if (table !== undefined) {
        await refresh();
        return manifest;
      }
      const known = await readManifest(folder);
      if (known === undefined && wanted === undefined) {
        isUnmade = true;
        return undefined;
      }
      libraries = await loadLance();
      if (known === undefined) {
        const { lance } = libraries;
        const schema = schemaOf(libraries, wanted as Manifest);
        await mkdir(folder, { recursive: true }).catch((error: unknown) => Promise.reject(diskErrorOf(error, folder)));
        making = locked('make', () => createIndex(lance, folder, wanted as Manifest, schema)).then(openNow);
        await making;
      } else await openNow();
      isUnmade = false;
      return manifest;
    },
    put: async (entries) => {
      const data = entries.length === 0 ? undefined : rowsOf(opened().libraries, entries, manifest as Manifest);
      // With nothing to put too: what is unchanged in an index that is just made anew would be acknowledged and then gone.
      await write('write to', async () => {
        if (data !== undefined) await opened().table.mergeInsert('id').whenMatchedUpdateAll().whenNotMatchedInsertAll().execute(data);
      });
    },
    delete: async (ids, { hashes, from } = {}) => {
      let removed = 0;
      for (const filter of conditionsFor([...new Set(ids)], hashes)) {
        await write('write to', async () => {
          if (from !== undefined && !isSameIndex(from, manifest as Manifest)) throw indexReplaced(folder);
          const count = await opened().table.countRows(filter);
          if (count > 0) await opened().table.delete(filter);
          removed += count;
        });
      }
      return removed;
    },
    read: async function* (ids) {
      if (ids !== 'all') {
        for (const filter of conditionsFor([...new Set(ids)])) {
          const rows: Row[] = await attempt('read', () => opened().table.query().where(filter).toArray());
          yield* rows.map(entryOf);
        }
        return;
      }
      await refresh();
      const before = stamp;
      const fail = async (error: unknown): Promise<never> => {
        const now = await stampOf(folder);
        throw now === before ? failure('read', error) : now === undefined ? indexGone(folder) : indexReplaced(folder);
      };
      try {
        for await (const batch of opened().table.query()) for (const row of batch.toArray()) yield entryOf(row as unknown as Row);
      } catch (error) {
        await fail(error);
      }
      // What was read last may be of another index.
      if ((await stampOf(folder)) !== before) await fail(undefined);
    },
    find: async (probe, count, options = {}) => {
      const form = options.tokens ? manifest?.tokens : undefined;
      if (count <= 0 || ('terms' in probe && probe.terms.length === 0)) return [];
      if (isUnmade) await making?.catch(() => {});
      if (isUnmade && table === undefined) {
        if ((await stampOf(folder)) === undefined) return [];
        throw indexReplaced(folder);
      }
      const rows = await attempt('search', () => rowsFor(probe, count, form !== undefined, options.exact ?? false));
      return rows.map(
        ({ id, score, document, tokens, vector }): Hit => ({
          id,
          score,
          document: JSON.parse(document) as Document,
          tokens: form === undefined || tokens === undefined || vector === undefined ? undefined : { form, data: tokens, vector },
        }),
      );
    },
    settle: async () => {
      await write('tidy', async () => {
        // Nobody's documents hang on it: what cannot be removed now is looked at again next time.
        await sweepFolder(folder).catch(() => {});
        const documents = opened().table;
        const count = await documents.countRows();
        if (count === 0) return;
        const built = await indexes();
        const words = built.get('terms');
        // Before words of 64 letters of any script were kept, 128 bytes were the longest.
        const whole = words?.indexDetails?.max_token_length === MAX_TOKEN_BYTES;
        if (whole && words?.numUnindexedRows === 0 && words.numIndexedRows === count) return;
        await documents.optimize({ cleanupOlderThan: new Date(Date.now() - KEEP_VERSIONS_MS) });
        if (!whole || count <= REBUILD_WORDS_UP_TO) await buildWords();
        // The index takes whole bytes of one bit a number; other vectors are all compared.
        if (!built.has('vector') && count >= approximateFrom && (manifest as Manifest).dimensions % 8 === 0) {
          const { lance } = opened().libraries;
          const config = lance.Index.ivfRq({ distanceType: 'cosine', numPartitions: partitions });
          await documents.createIndex('vector', { config });
        }
      });
    },
    status: async () => {
      const documents = await attempt('read', () => opened().table.countRows());
      const { bytes, changedAt } = await measureFolder(folder);
      return changedAt === undefined ? { documents, bytes } : { documents, bytes, changedAt: changedAt.toISOString() };
    },
    close: async () => {
      table?.close();
      connection?.close();
      table = undefined;
      connection = undefined;
      isUnmade = false;
    },
  };
};
