import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Connection, Table } from '@lancedb/lancedb';
import { diskErrorOf, FinetoothError, messageOf, throwIfStopped } from '../errors.ts';
import { withLock } from '../file-lock.ts';
import { byScore } from '../math/order.ts';
import type { Document, Hit } from '../types.ts';
import { checkUsable, indexDamaged, indexGone, indexReplaced } from './index-changes.ts';
import { committedVersion, manifestName, measureFolder, readManifest, recordVersion, stampOf, sweepFolder } from './index-folder.ts';
import { checkVersion, createIndex, openTable } from './lance-table.ts';
import { type Entry, isSameIndex, type Manifest, type Probe, type Store } from './store.ts';

/** Documents from which an approximate index pays (50 ms exact, 11 approximate); below, every vector is compared: `npm run bench -- store`. */
const APPROXIMATE_FROM = 20_000;
/** Up to here the word index is rebuilt after each run of writes, so that its counts are exact; above, it is extended. */
const REBUILD_WORDS_UP_TO = 200_000;
/** Candidates fetched for each one returned, to be compared exactly: recall@25 is 1.000 at 100,000 documents, and .859 with 10. */
const REFINE = 40;
/** Partitions of the approximate index that are looked into. */
const PROBES = 40;
/** Versions that a reader may still have open are kept for ten minutes. */
const KEEP_VERSIONS_MS = 600_000;
/** A writer waits this long for another one, which may be building an index over millions of vectors. */
const WRITER_PATIENCE_MS = 300_000;
const IDS_PER_FILTER = 500;
/** Another process may make the index anew while it is read; so often it is looked at again. */
const TRIES = 5;

const quoted = (id: string): string => `'${id.replaceAll("'", "''")}'`;

const idIn = (ids: readonly string[]): string => `id IN (${ids.map(quoted).join(', ')})`;

const inChunks = function* <T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
};

const load = async () => {
  try {
    // LanceDB loads Arrow's CommonJS copy and knows only tables of that copy as tables.
    const arrow = createRequire(import.meta.url)('apache-arrow') as typeof import('apache-arrow');
    return { lance: await import('@lancedb/lancedb'), arrow };
  } catch (error) {
    throw new FinetoothError(
      'E_RUNTIME',
      `the store on disk needs LanceDB, which does not load here (${messageOf(error).split('\n')[0]}). Install it with "npm install @lancedb/lancedb@0.31.0 apache-arrow@18.1.0", or pass memoryStore().`,
      { cause: error },
    );
  }
};
type Libraries = Awaited<ReturnType<typeof load>>;

const schemaOf = ({ arrow }: Libraries, { dimensions, tokens }: Manifest) =>
  new arrow.Schema([
    ...['id', 'hash', 'textHash', 'terms', 'document'].map((name) => new arrow.Field(name, new arrow.Utf8(), false)),
    new arrow.Field('vector', new arrow.FixedSizeList(dimensions, new arrow.Field('item', new arrow.Float32(), true)), false),
    ...(tokens === undefined ? [] : [new arrow.Field('tokens', new arrow.Binary(), false)]),
  ]);

const rowsOf = (libraries: Libraries, entries: readonly Entry[], manifest: Manifest) => {
  const { arrow } = libraries;
  const { dimensions, tokens } = manifest;
  const vectors = new Float32Array(entries.length * dimensions);
  entries.forEach((entry, row) => vectors.set(entry.vector, row * dimensions));
  const type = new arrow.FixedSizeList(dimensions, new arrow.Field('item', new arrow.Float32(), true));
  const vector = arrow.makeData({ type, length: entries.length, child: arrow.makeData({ type: new arrow.Float32(), data: vectors }) });
  const column = (textIn: (entry: Entry) => string) => arrow.vectorFromArray(entries.map(textIn), new arrow.Utf8());
  const columns = {
    id: column((entry) => entry.id),
    hash: column((entry) => entry.hash),
    textHash: column((entry) => entry.textHash),
    terms: column((entry) => entry.terms),
    document: column((entry) => JSON.stringify(entry.document)),
    vector: arrow.makeVector(vector),
    ...(tokens === undefined
      ? {}
      : {
          tokens: arrow.vectorFromArray(
            entries.map((entry) => entry.tokens ?? new Uint8Array(0)),
            new arrow.Binary(),
          ),
        }),
  };
  return new arrow.Table(schemaOf(libraries, manifest), columns);
};

interface Row {
  readonly id: string;
  readonly hash: string;
  readonly textHash: string;
  readonly terms: string;
  readonly document: string;
  readonly vector: { toArray(): Float32Array };
  readonly tokens?: Uint8Array;
  readonly _distance?: number;
  readonly _score?: number;
}

const entryOf = (row: Row): Entry => ({
  id: row.id,
  hash: row.hash,
  textHash: row.textHash,
  terms: row.terms,
  document: JSON.parse(row.document) as Document,
  vector: Float32Array.from(row.vector.toArray()),
  ...(row.tokens === undefined ? {} : { tokens: row.tokens.slice() }),
});

/**
 * Documents and vectors in a folder, in LanceDB's format. Each `put` is one atomic commit: a killed process loses only what had
 * not been acknowledged. Several processes may read and write at once. Exact below 20,000 documents; above, IVF_RQ with
 * exact comparison of forty times as many as asked for.
 */
export const lanceStore = (folder: string): Store => {
  let libraries: Libraries | undefined;
  let connection: Connection | undefined;
  let table: Table | undefined;
  let manifest: Manifest | undefined;
  /** Of the manifest that `table` was opened for. */
  let stamp: string | undefined;
  /** Whether it was opened before the first document was stored: there is nothing then, and nothing to open. */
  let isUnmade = false;
  /** While this process makes it. */
  let making: Promise<unknown> | undefined;

  const opened = (): { readonly libraries: Libraries; readonly table: Table } => {
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
        ({ connection, table } = await openTable((libraries as Libraries).lance, folder, found));
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
  const indexNames = async (): Promise<Set<string>> => new Set((await opened().table.listIndices()).flatMap((index) => index.columns));
  const buildWords = async (): Promise<void> => {
    const { lance } = opened().libraries;
    const config = lance.Index.fts({
      baseTokenizer: 'whitespace',
      lowercase: false,
      stem: false,
      removeStopWords: false,
      asciiFolding: false,
      withPosition: false,
      maxTokenLength: 128,
    });
    await opened().table.createIndex('terms', { config, replace: true });
  };
  const rowsFor = async (probe: Probe, count: number, withTokens: boolean): Promise<Row[]> => {
    const { libraries: loaded, table: documents } = opened();
    const columns = ['id', 'document', ...(withTokens ? ['vector', 'tokens'] : [])];
    if ('terms' in probe) {
      const query = new loaded.lance.MatchQuery(probe.terms.join(' '), 'terms');
      return documents
        .query()
        .fullTextSearch(query)
        .select([...columns, '_score'])
        .limit(count)
        .toArray();
    }
    // Where there is no approximate index, refining and probing change nothing.
    const query = documents.query().nearestTo(probe.vector).distanceType('cosine').refineFactor(REFINE).nprobes(PROBES);
    return query
      .select([...columns, '_distance'])
      .limit(count)
      .toArray();
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
      libraries = await load();
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
      for (const chunk of inChunks([...new Set(ids)], IDS_PER_FILTER)) {
        await write('write to', async () => {
          if (from !== undefined && !isSameIndex(from, manifest as Manifest)) throw indexReplaced(folder);
          const content = chunk.map((id) => quoted(`${hashes?.get(id)} ${id}`)).join(', ');
          const filter = `${idIn(chunk)}${hashes === undefined ? '' : ` AND (hash || ' ' || id) IN (${content})`}`;
          const count = await opened().table.countRows(filter);
          if (count > 0) await opened().table.delete(filter);
          removed += count;
        });
      }
      return removed;
    },
    read: async function* (ids) {
      if (ids !== 'all') {
        for (const chunk of inChunks([...new Set(ids)], IDS_PER_FILTER)) {
          const rows: Row[] = await attempt('read', () => opened().table.query().where(idIn(chunk)).toArray());
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
      const rows = await attempt('search', async () => {
        try {
          return await rowsFor(probe, count, form !== undefined);
        } catch (error) {
          if ((await opened().table.countRows()) === 0) return [];
          // A process that was killed before its first `settle` leaves no word index.
          if (!('terms' in probe) || (await indexNames()).has('terms')) throw error;
          await write('tidy', buildWords);
          return await rowsFor(probe, count, form !== undefined);
        }
      });
      return rows
        .map(
          (row): Hit => ({
            id: row.id,
            score: row._score ?? 1 - (row._distance as number),
            document: JSON.parse(row.document) as Document,
            ...(form === undefined || row.tokens === undefined ? {} : { tokens: { form, data: row.tokens, vector: row.vector.toArray() } }),
          }),
        )
        .sort(byScore);
    },
    settle: async () => {
      await write('tidy', async () => {
        // Nobody's documents hang on it: what cannot be removed now is looked at again next time.
        await sweepFolder(folder).catch(() => {});
        const documents = opened().table;
        const count = await documents.countRows();
        if (count === 0) return;
        const names = await indexNames();
        const words = names.has('terms') ? await documents.indexStats('terms_idx') : undefined;
        if (words !== undefined && words.numUnindexedRows === 0 && words.numIndexedRows === count) return;
        await documents.optimize({ cleanupOlderThan: new Date(Date.now() - KEEP_VERSIONS_MS) });
        if (words === undefined || count <= REBUILD_WORDS_UP_TO) await buildWords();
        if (!names.has('vector') && count >= APPROXIMATE_FROM) {
          await documents.createIndex('vector', { config: opened().libraries.lance.Index.ivfRq({ distanceType: 'cosine' }) });
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
