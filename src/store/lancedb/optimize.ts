import { sep } from 'node:path';
import type { IndexConfig, Table } from '@lancedb/lancedb';
import { filterFields } from '../filter-columns.ts';
import type { Manifest } from '../store.ts';
import { buildPostings } from './build-postings.ts';
import { boundVersions, dropShuffles, dropVersions } from './clean.ts';
import type { Durability } from './durability.ts';
import type { Integrity } from './integrity.ts';
import type { LanceLibraries } from './library.ts';
import { isPostings } from './postings.ts';
import { countsWrites } from './rows.ts';
import type { Segments } from './segments.ts';
import { buildWords, holdsLongWords, readBuiltWords } from './words.ts';

/** Up to so many documents the word index is built again after each run of writes, in some 50 ms. */
const SMALL = 2000;
/** Above, only when a tenth of the documents, or so many, were written or removed since. */
const MANY_CHANGED = 5000;
/** Writes after which their files are merged, as each write lists all files; and documents for each, as a file weighs as much as some documents. */
const MANY_FILES = 256;
const DOCUMENTS_A_FILE = 16;
/**
 * Bits a number in the approximate index, and candidates for each hit that are then as good as all of 100,000, by bits: 4 bits cost twice as much to
 * build, and 1 twice as much to search (decisions/0024).
 */
const BITS = 2;
const REFINE = new Map([
  [1, 40],
  [2, 3],
  [4, 2],
]);
/** Numbers of the vectors of which that was measured. */
const REFINED = 384;
/** Documents of a part of the approximate index, while they are few; more parts than a share of the square root of all cost more than they save. */
const DOCUMENTS_A_PART = 4096;
const SHARE_OF_ROOT = 1 / 13;
/** The parts are made again when there are so many times as many documents as when they were made. */
const GROWN = 4;
/** For the centres of the parts so many documents of each are looked at, so often: more cost as much as the rest, and find nothing better. */
const TRAINING = { sampleRate: 64, maxIterations: 10 };
/** Of the field `vector`: over how many documents the parts were made. */
const METADATA = 'finetooth-vectors';

/** Documents from which the approximate index is built, and those over filterable fields: `npm run bench -- store`. */
export const APPROXIMATE_FROM = 20_000;

/** A table that is open, and its folder, `path`. */
export interface OptimizedTable {
  readonly libraries: LanceLibraries;
  readonly table: Table;
  readonly path: string;
  /** Of the index. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly integrity: Integrity;
}

export interface OptimizeOptions {
  /** Documents from which on vectors, sparse vectors and filterable fields are indexed. */
  readonly from: number;
  /** Parts into which vectors are sorted. @default one for each 4,096 documents, above 100,000 growing as their square root */
  readonly partitions?: number;
  /** Of what takes the place of old versions before these are dropped. */
  readonly durability: Durability;
  /** Records the newest version as the one that is searched, before those are dropped that were. */
  readonly acknowledge: () => Promise<void>;
  readonly segments: Segments;
}

/**
 * Merges what many writes left, drops old versions, and builds or extends the indexes, once there is enough to do: until then searches look at what
 * is not indexed one by one. Old versions never take more than a share of what the newest one needs. For who holds the index's lock.
 */
export async function optimizeTable(opened: OptimizedTable, options: OptimizeOptions): Promise<void> {
  const { libraries, table, path, manifest, integrity } = opened;
  const count = await table.countRows();
  const built = await indexesOf(table);
  const isWanted = async (): Promise<boolean> =>
    (await needsVectors(table, manifest, built, options.from)) || (await isDue(table, manifest, built.get('terms'), count));
  if (count > 0 && (await isWanted())) {
    // What is merged gets a checksum of its own, with whatever a disk has changed in it.
    await integrity.finish();
    await integrity.check();
    await mergeTable(libraries, table, manifest, options);
  }
  await buildPostings(opened, options);
  await options.acknowledge();
  // No one's documents hang on it: what cannot be dropped now is looked at again next time.
  await boundVersions(path, options.durability).catch(() => {});
}

/** Merges all files, whether there is enough to do or not, and leaves the newest version alone. `step` is called before each of three steps. */
export async function compactTable(opened: OptimizedTable, options: OptimizeOptions, step: (done: number) => void): Promise<void> {
  const { libraries, table, path, manifest } = opened;
  step(0);
  await dropDamagedIndexes(opened);
  await options.acknowledge();
  // First of all: LanceDB merges nothing where an old version is damaged.
  await dropVersions(path, options.durability);
  if ((await table.countRows()) > 0) await mergeTable(libraries, table, manifest, options);
  await buildPostings(opened, { ...options, whole: true });
  await options.acknowledge();
  step(1);
  await dropVersions(path, options.durability);
  step(2);
}

/** Indexes are built again of documents that are whole. Throws E_INDEX_DAMAGED where these are damaged. */
async function dropDamagedIndexes({ table, integrity }: OptimizedTable): Promise<void> {
  const damages = await integrity.finish();
  const isIndex = (path: string): boolean => path.startsWith(`_indices${sep}`) || isPostings(path);
  if (damages.some(({ path }) => !isIndex(path))) await integrity.check();
  const damaged = new Set(damages.map(({ path }) => path.split(sep)[1]));
  for (const { name, indexUuid } of damages.length === 0 ? [] : await table.listIndices())
    if (damaged.has(indexUuid)) await table.dropIndex(name);
}

/**
 * Builds an index over ids where there is none, or most rows are not in it: all of them together cost twice what the last one does. Returns whether it
 * did.
 */
export async function indexIds({ lance }: LanceLibraries, table: Table, from: number): Promise<boolean> {
  const count = await table.countRows();
  const { numIndexedRows = 0 } = (await indexesOf(table)).get('id') ?? {};
  if (count < from || 2 * numIndexedRows >= count) return false;
  await table.createIndex('id', { config: lance.Index.btree(), replace: true });
  return true;
}

/** Bits a number in the approximate index over vectors, 1 where an earlier version built it; nothing where there is none. */
export function bitsOf(indexes: ReadonlyMap<string, IndexConfig>): number | undefined {
  return indexes.get('vector')?.indexDetails?.compression?.num_bits;
}

/**
 * Candidates to be compared exactly for each hit of an approximate index of so many bits a number over up to 100,000 rows; of none it does not matter. Of
 * vectors with fewer numbers the codes say less: their error goes with the root of the numbers (RaBitQ), and so do candidates.
 */
export function refineOf(bits: number | undefined, dimensions: number): number {
  const coarse = Math.max(1, Math.sqrt(REFINED / dimensions));
  return coarse * ((bits && REFINE.get(bits)) ?? (REFINE.get(BITS) as number));
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
  // LanceDB would drop old versions before the disk has what takes their place: they are dropped by `boundVersions`.
  await table.optimize({ cleanupOlderThan: new Date(0) });
  await buildWords(libraries, table, manifest);
  if (count < from) return;
  const { Index } = libraries.lance;
  await indexIds(libraries, table, from);
  if (countsWrites(manifest) && !built.has('written')) await table.createIndex('written', { config: Index.btree() });
  if (await needsVectors(table, manifest, built, from)) {
    const config = Index.ivfRq({ distanceType: 'cosine', numBits: BITS, numPartitions: partitions ?? partsFor(count), ...TRAINING });
    await table.createIndex('vector', { config, replace: true });
    await table.updateFieldMetadata([{ path: 'vector', metadata: { [METADATA]: String(count) } }]);
    await dropShuffles();
  }
  for (const { value, high, other } of filterFields(manifest)) {
    for (const column of [value, high]) if (!built.has(column)) await table.createIndex(column, { config: Index.btree() });
    if (!built.has(other)) await table.createIndex(other, { config: Index.labelList() });
  }
}

/** Whether the approximate index is to be made, anew where it has one bit a number or there were far fewer documents. */
async function needsVectors(
  table: Table,
  { dimensions }: Manifest,
  built: ReadonlyMap<string, IndexConfig>,
  from: number,
): Promise<boolean> {
  const count = await table.countRows();
  // The index takes whole bytes of one bit a number; other vectors are all compared.
  if (count < from || dimensions % 8 !== 0) return false;
  if ((bitsOf(built) ?? 0) < BITS) return true;
  const field = (await table.schema()).fields.find(({ name }) => name === 'vector');
  return count > GROWN * Number(field?.metadata.get(METADATA) ?? count);
}

const partsFor = (count: number): number => Math.max(1, Math.round(Math.min(count / DOCUMENTS_A_PART, Math.sqrt(count) * SHARE_OF_ROOT)));
