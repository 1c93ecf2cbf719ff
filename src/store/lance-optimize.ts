import type { IndexConfig, Table } from '@lancedb/lancedb';
import { LONGEST_WORD } from '../text/analyzer.ts';
import { columnsOf } from './lance-filter.ts';
import type { LanceLibraries } from './lance-library.ts';
import type { Manifest } from './store.ts';

/** Up to here the word index is rebuilt after each run of writes, so that its counts are exact; above, it is extended. */
const REBUILD_WORDS_UP_TO = 200_000;
/** Versions that a reader may still have open are kept for ten minutes. */
const KEEP_VERSIONS_MS = 600_000;
/** LanceDB leaves words of this many bytes of UTF-8 and more out of its index; the longest of ours has 64 letters of at most four. */
const MAX_TOKEN_BYTES = 4 * LONGEST_WORD + 1;

/** Bits a number in the approximate index: with 4, four candidates for each hit are as good as forty with 1 (decisions/0022). */
const BITS = 4;

export interface OptimizeOptions {
  /** Documents from which on vectors and filterable fields are indexed. */
  readonly from: number;
  /** Parts into which vectors are sorted. @default one for each 4,096 documents */
  readonly partitions?: number;
}

/** Merges what many writes left, drops old versions, and builds or extends the indexes. For who holds the index's lock. */
export async function optimizeTable(
  libraries: LanceLibraries,
  table: Table,
  { dimensions, filterable = {} }: Manifest,
  { from, partitions }: OptimizeOptions,
): Promise<void> {
  const count = await table.countRows();
  if (count === 0) return;
  const built = await indexesOf(table);
  const words = built.get('terms');
  // Before words of 64 letters of any script were kept, 128 bytes were the longest.
  const whole = words?.indexDetails?.max_token_length === MAX_TOKEN_BYTES;
  if (whole && words?.numUnindexedRows === 0 && words.numIndexedRows === count) return;
  // What is indexed and what is not are never merged: an index over the ids of some would keep a new index in two halves.
  const ids = words === undefined ? built.get('id') : undefined;
  if (ids !== undefined) await table.dropIndex(ids.name);
  await table.optimize({ cleanupOlderThan: new Date(Date.now() - KEEP_VERSIONS_MS) });
  if (!whole || count <= REBUILD_WORDS_UP_TO) await buildWords(libraries, table);
  if (count < from) return;
  const { Index } = libraries.lance;
  await indexIds(libraries, table, from);
  // The index takes whole bytes of one bit a number; other vectors are all compared.
  if (bitsOf(built) !== BITS && dimensions % 8 === 0)
    await table.createIndex('vector', { config: Index.ivfRq({ distanceType: 'cosine', numBits: BITS, numPartitions: partitions }) });
  for (const at of Object.keys(filterable).keys()) {
    const { value, high, other } = columnsOf(at);
    for (const column of [value, high]) if (!built.has(column)) await table.createIndex(column, { config: Index.btree() });
    if (!built.has(other)) await table.createIndex(other, { config: Index.labelList() });
  }
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

export async function buildWords({ lance }: LanceLibraries, table: Table): Promise<void> {
  const config = lance.Index.fts({
    baseTokenizer: 'whitespace',
    lowercase: false,
    stem: false,
    removeStopWords: false,
    asciiFolding: false,
    withPosition: false,
    maxTokenLength: MAX_TOKEN_BYTES,
  });
  await table.createIndex('terms', { config, replace: true });
}

/** Indexes by their column. */
export async function indexesOf(table: Table): Promise<ReadonlyMap<string, IndexConfig>> {
  return new Map((await table.listIndices()).flatMap((index) => index.columns.map((column) => [column, index] as const)));
}
