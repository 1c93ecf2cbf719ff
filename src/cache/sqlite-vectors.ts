import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { FinetoothError } from '../errors.ts';
import { sqliteTable } from './sqlite-table.ts';

/** What an embedder gave for one text. */
export interface KnownVector {
  /** Length 1. */
  readonly vector: Float32Array;
  /** Tokens of the text that were not read. */
  readonly truncatedTokens: number;
}

/** Vectors by key. Keys are of equal length and mean nothing here. */
export interface VectorCache {
  /** In the order of the keys; undefined for what is not known. */
  get(keys: readonly string[]): readonly (KnownVector | undefined)[];
  /** Replaces what was known under the same key. */
  put(entries: readonly (readonly [key: string, known: KnownVector])[]): void;
  close(): void;
}

/** Written into the file; another number is another layout. */
const FORMAT = 1;

interface Row {
  readonly vector: Uint8Array;
  readonly cut: number;
  readonly checksum: number;
}

/** In a folder, for any number of processes. Throws as `sqliteTable`, and E_CACHE_DAMAGED for a vector that changed. */
export function sqliteVectors(folder: string, maxEntries: number): VectorCache {
  const path = join(folder, 'vectors.sqlite');
  const columns = ['vector blob', 'cut integer', 'checksum integer'];
  const table = sqliteTable({ path, format: FORMAT, table: 'vectors', columns, maxEntries, what: 'a cache of vectors' });
  const knownOf = (key: string, { vector, cut: truncatedTokens, checksum }: Row): KnownVector => {
    if (checksumOf(key, vector, truncatedTokens) !== checksum)
      throw new FinetoothError('E_CACHE_DAMAGED', `${path} is damaged: a vector in it is not what was stored. Delete it.`);
    return { vector: new Float32Array(vector.slice().buffer), truncatedTokens };
  };
  return {
    get: (keys) =>
      table.attempt(() =>
        keys.map((key) => {
          const row = table.find(key) as Row | undefined;
          return row === undefined ? undefined : knownOf(key, row);
        }),
      ),
    put: (entries) =>
      table.write(
        entries.map(([key, { vector, truncatedTokens }]) => {
          const bytes = bytesOf(vector);
          return [key, bytes, truncatedTokens, checksumOf(key, bytes, truncatedTokens)];
        }),
      ),
    close: table.close,
  };
}

const checksumOf = (key: string, bytes: Uint8Array, truncatedTokens: number): number => crc32(bytes, crc32(`${key} ${truncatedTokens}`));

/** Float32 as it is, little-endian on every machine that Node runs on. */
const bytesOf = (vector: Float32Array): Uint8Array => new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
