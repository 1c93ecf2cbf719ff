import { join } from 'node:path';
import type { Connection, IndexConfig, Table } from '@lancedb/lancedb';
import { diskErrorOf, FinetoothError, messageOf } from '../errors.ts';
import { withLock } from '../file-lock.ts';
import { LONGEST_WORD } from '../text/analyzer.ts';
import type { Document, Hit } from '../types.ts';
import { createManifest, manifestName, measureFolder, readManifest } from './index-folder.ts';
import { conditionsFor, type FoundRow, findByVector, findByWords } from './lance-find.ts';
import { type LanceLibraries, loadLance } from './lance-library.ts';
import type { Entry, Manifest, Probe, Store } from './store.ts';

/** Up to here the word index is rebuilt after each run of writes, so that its counts are exact; above, it is extended. */
const REBUILD_WORDS_UP_TO = 200_000;
/** Versions that a reader may still have open are kept for ten minutes. */
const KEEP_VERSIONS_MS = 600_000;
/** A writer waits this long for another one, which may be building an index over millions of vectors. */
const WRITER_PATIENCE_MS = 300_000;
const TABLE = 'documents';
/** LanceDB leaves words of this many bytes of UTF-8 and more out of its index; the longest of ours has 64 letters of at most four. */
const MAX_TOKEN_BYTES = 4 * LONGEST_WORD + 1;

const schemaOf = ({ arrow }: LanceLibraries, { dimensions, tokens }: Manifest) =>
  new arrow.Schema([
    ...['id', 'hash', 'textHash', 'terms', 'document'].map((name) => new arrow.Field(name, new arrow.Utf8(), false)),
    new arrow.Field('vector', new arrow.FixedSizeList(dimensions, new arrow.Field('item', new arrow.Float32(), true)), false),
    ...(tokens === undefined ? [] : [new arrow.Field('tokens', new arrow.Binary(), false)]),
  ]);

const tableOf = (libraries: LanceLibraries, entries: readonly Entry[], manifest: Manifest) => {
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

  const opened = (): { readonly libraries: LanceLibraries; readonly table: Table } => {
    if (libraries === undefined || table === undefined)
      throw new FinetoothError('E_BUG', `the store ${folder} was used before it was opened or after it was closed`);
    return { libraries, table };
  };
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const known = diskErrorOf(error, folder);
      if (known instanceof FinetoothError) throw known;
      throw new FinetoothError(
        'E_INDEX_DAMAGED',
        `cannot ${what} the index ${folder}: ${messageOf(error).split('\n')[0]}. If it keeps failing, build it anew in another folder.`,
        {
          cause: error,
        },
      );
    }
  };
  /**
   * One writer at a time over all processes: two merges at once that both bring a new id would both insert it. A killed writer's lock
   * is free after five seconds.
   */
  const write = <T>(what: string, work: () => Promise<T>): Promise<T> =>
    attempt(what, () => withLock(join(folder, manifestName), undefined, work, WRITER_PATIENCE_MS));
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
  let wordsAreBuilt = false;
  const ensureWords = async (): Promise<void> => {
    if (!wordsAreBuilt && !(await indexes()).has('terms')) await write('tidy', buildWords);
    wordsAreBuilt = true;
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
      const known = await readManifest(folder);
      if (known === undefined && wanted === undefined) return undefined;
      libraries = await loadLance();
      if (known === undefined) await createManifest(folder, wanted as Manifest);
      const made = known ?? ((await readManifest(folder)) as Manifest);
      manifest = made;
      await (known === undefined ? write : attempt)('open', async () => {
        const { lance } = libraries as LanceLibraries;
        connection = await lance.connect(folder, { readConsistencyInterval: 0 });
        table = await connection.createEmptyTable(TABLE, schemaOf(libraries as LanceLibraries, made), { existOk: true, mode: 'create' });
      });
      return made;
    },
    put: async (entries) => {
      if (entries.length === 0) return;
      const data = tableOf(opened().libraries, entries, manifest as Manifest);
      await write('write to', () => opened().table.mergeInsert('id').whenMatchedUpdateAll().whenNotMatchedInsertAll().execute(data));
    },
    delete: async (ids) => {
      let removed = 0;
      for (const filter of conditionsFor([...new Set(ids)])) {
        await write('write to', async () => {
          const count = await opened().table.countRows(filter);
          if (count > 0) await opened().table.delete(filter);
          removed += count;
        });
      }
      return removed;
    },
    read: async function* (ids) {
      const filters = ids === 'all' ? [undefined] : conditionsFor([...new Set(ids)]);
      for (const filter of filters) {
        const query = opened().table.query();
        for await (const batch of filter === undefined ? query : query.where(filter)) {
          for (const row of batch.toArray()) yield entryOf(row as unknown as Row);
        }
      }
    },
    find: async (probe, count, options = {}) => {
      const form = options.tokens ? manifest?.tokens : undefined;
      if (count <= 0 || ('terms' in probe && probe.terms.length === 0)) return [];
      const rows = await attempt('search', () => rowsFor(probe, count, form !== undefined, options.exact ?? false));
      return rows.map(
        ({ id, score, document, tokens, vector }): Hit => ({
          id,
          score,
          document: JSON.parse(document) as Document,
          ...(form === undefined || tokens === undefined || vector === undefined ? {} : { tokens: { form, data: tokens, vector } }),
        }),
      );
    },
    settle: async () => {
      await write('tidy', async () => {
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
          const config = lance.Index.ivfRq({ distanceType: 'cosine', ...(partitions === undefined ? {} : { numPartitions: partitions }) });
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
    },
  };
};
