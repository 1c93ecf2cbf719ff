import type { IndexConfig, Table } from '@lancedb/lancedb';
import { boundVersions, dropVersions } from './lance-clean.ts';
import { filterFields } from './lance-columns.ts';
import type { LanceLibraries } from './lance-library.ts';
import { countsWrites } from './lance-rows.ts';
import { buildWords, holdsLongWords, readBuiltWords } from './lance-words.ts';
import type { Manifest } from './store.ts';

/** Versions that a reader may still have open are kept for ten minutes. */
const KEEP_VERSIONS_MS = 600_000;
/** Up to so many documents the word index is built again after each run of writes, in some 50 ms. */
const SMALL = 2000;
/** Above, only when a tenth of the documents, or so many, were written or removed since. */
const MANY_CHANGED = 5000;
/** Writes after which their files are merged, as each write lists all files; and documents for each, as a file weighs as much as some documents. */
const MANY_FILES = 256;
const DOCUMENTS_A_FILE = 16;
/** Bits a number in the approximate index: with 4, four candidates for each hit are as good as forty with 1 (decisions/0024). */
const BITS = 4;

/** Documents from which the approximate index is built, and those over filterable fields: `npm run bench -- store`. */
export const APPROXIMATE_FROM = 20_000;

/** A table that is open, and its folder. */
export interface OptimizedTable {
  readonly libraries: LanceLibraries;
  readonly table: Table;
  readonly path: string;
  readonly manifest: Manifest;
}

export interface OptimizeOptions {
  /** Documents from which on vectors and filterable fields are indexed. */
  readonly from: number;
  /** Parts into which vectors are sorted. @default one for each 4,096 documents */
  readonly partitions?: number;
}

/**
 * Merges what many writes left, drops old versions, and builds or extends the indexes, once there is enough to do: until then searches look at what
 * is not indexed one by one. Old versions never take more than a share of what the newest one needs. For who holds the index's lock.
 */
export async function optimizeTable({ libraries, table, path, manifest }: OptimizedTable, options: OptimizeOptions): Promise<void> {
  const count = await table.countRows();
  const built = await indexesOf(table);
  const needsVectors = count >= options.from && bitsOf(built) !== BITS && manifest.dimensions % 8 === 0;
  if (count > 0 && (needsVectors || (await isDue(table, manifest, built.get('terms'), count))))
    await mergeTable(libraries, table, manifest, options);
  // No one's documents hang on it: what cannot be dropped now is looked at again next time.
  await boundVersions(path).catch(() => {});
}

/** Merges all files, whether there is enough to do or not, and leaves the newest version alone. `step` is called before each of three steps. */
export async function compactTable(opened: OptimizedTable, options: OptimizeOptions, step: (done: number) => void): Promise<void> {
  const { libraries, table, path, manifest } = opened;
  step(0);
  // First of all: LanceDB merges nothing where an old version is damaged.
  await dropVersions(path);
  if ((await table.countRows()) > 0) await mergeTable(libraries, table, manifest, options);
  step(1);
  await dropVersions(path);
  step(2);
}

/** Builds an index over ids where there is none, or most rows are not in it: all of them together cost twice what the last one does. */
export async function indexIds({ lance }: LanceLibraries, table: Table, from: number): Promise<void> {
  const count = await table.countRows();
  const { numIndexedRows = 0 } = (await indexesOf(table)).get('id') ?? {};
  if (count >= from && 2 * numIndexedRows < count) await table.createIndex('id', { config: lance.Index.btree(), replace: true });
}

/** Bits a number in the approximate index over vectors, 1 where an earlier version built it; nothing where there is none. */
export function bitsOf(indexes: ReadonlyMap<string, IndexConfig>): number | undefined {
  return indexes.get('vector')?.indexDetails?.compression?.num_bits;
}

/** Indexes by their column. */
export async function indexesOf(table: Table): Promise<ReadonlyMap<string, IndexConfig>> {
  return new Map((await table.listIndices()).flatMap((index) => index.columns.map((column) => [column, index] as const)));
}

async function isDue(table: Table, manifest: Manifest, words: IndexConfig | undefined, count: number): Promise<boolean> {
  if (words === undefined || !holdsLongWords(words)) return true;
  const { numIndexedRows: indexed = 0, numUnindexedRows: unindexed = 0 } = words;
  const known = await readBuiltWords(table, words);
  if (known === undefined) return countsWrites(manifest) || unindexed > 0 || indexed !== count;
  const changed = unindexed + known.documents - indexed;
  if (changed > (count <= SMALL ? 0 : Math.min(count / 10, MANY_CHANGED))) return true;
  return (await table.stats()).fragmentStats.numFragments > Math.min(MANY_FILES, count / DOCUMENTS_A_FILE);
}

async function mergeTable(libraries: LanceLibraries, table: Table, manifest: Manifest, options: OptimizeOptions): Promise<void> {
  const { from, partitions } = options;
  const count = await table.countRows();
  const built = await indexesOf(table);
  // What is indexed and what is not are never merged: an index over the ids of some would keep a new index in two halves.
  const ids = built.has('terms') ? undefined : built.get('id');
  if (ids !== undefined) await table.dropIndex(ids.name);
  await table.optimize({ cleanupOlderThan: new Date(Date.now() - KEEP_VERSIONS_MS) });
  await buildWords(libraries, table, manifest);
  if (count < from) return;
  const { Index } = libraries.lance;
  await indexIds(libraries, table, from);
  if (countsWrites(manifest) && !built.has('written')) await table.createIndex('written', { config: Index.btree() });
  // The index takes whole bytes of one bit a number; other vectors are all compared.
  if (bitsOf(built) !== BITS && manifest.dimensions % 8 === 0)
    await table.createIndex('vector', { config: Index.ivfRq({ distanceType: 'cosine', numBits: BITS, numPartitions: partitions }) });
  for (const { value, high, other } of filterFields(manifest)) {
    for (const column of [value, high]) if (!built.has(column)) await table.createIndex(column, { config: Index.btree() });
    if (!built.has(other)) await table.createIndex(other, { config: Index.labelList() });
  }
}
