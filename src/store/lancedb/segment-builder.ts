import type { FileHandle } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { SPARSE_BYTES } from '../../math/sparse.ts';
import type { SegmentName } from './postings.ts';
import { blocksOf, newHead, POSTING_BYTES, ROW_BYTES, ROWS_A_BLOCK } from './segment-layout.ts';

/** A passage as postings know it. */
export interface SegmentRow {
  readonly id: string;
  /** Which passage of its document, from 0. */
  readonly at: number;
  /** The number of its write. */
  readonly written: number;
}

export interface SegmentBuilder {
  readonly rows: number;
  readonly postings: number;
  /** Throws RangeError where a sparse vector is none: tokens that do not ascend, or a weight that is not finite and above 0. */
  add(rows: readonly (SegmentRow & { readonly sparse: Uint8Array })[]): void;
  write(file: FileHandle): Promise<Omit<SegmentName, 'file' | 'from'>>;
}

/** Vectors of some rows that follow each other, of each its tokens and then their weights. */
interface Chunk {
  readonly words: Uint32Array;
  readonly weights: Float32Array;
  /** Where each row ends. */
  readonly ends: Uint32Array;
}

/** Tokens below are counted in an array, in 16 MB at most; a vocabulary has some 30,000 to 260,000. Those that are hashes take a map. */
const DENSE = 2 ** 22;
/** What is written at once. */
const PIECE_BYTES = 4 << 20;

/**
 * Collects rows and writes them as a file of postings: counts how many rows each token has, then puts each where it belongs. Takes 8 bytes a weight
 * for what was added and 6 for what is written.
 */
export function segmentBuilder(): SegmentBuilder {
  const rows: SegmentRow[] = [];
  const chunks: Chunk[] = [];
  let [postings, top] = [0, 0];
  return {
    get rows() {
      return rows.length;
    },
    get postings() {
      return postings;
    },
    add: (added) => {
      const chunk = chunkOf(added.map(({ sparse }) => sparse));
      top = Math.max(top, checkedTop(chunk));
      chunks.push(chunk);
      postings += chunk.words.length / 2;
      for (const { id, at, written } of added) rows.push({ id, at, written });
    },
    write: async (file) => {
      const counts = top < DENSE ? denseCounts(top) : mappedCounts();
      const tokens: number[] = [];
      for (const chunk of chunks) {
        eachPosting(chunk, 0, (token) => {
          const count = counts.get(token);
          if (count === 0) tokens.push(token);
          counts.set(token, count + 1);
        });
        await turn();
      }
      const head = newHead(rows.length, tokens.length);
      head.tokens.set(Uint32Array.from(tokens).sort());
      let start = 0;
      for (const [slot, token] of head.tokens.entries()) {
        head.counts[slot] = counts.get(token);
        // From now on where its next row goes.
        counts.set(token, start);
        start += head.counts[slot] as number;
      }
      const [numbers, weights] = [new Uint16Array(postings), new Float32Array(postings)];
      let row = 0;
      for (const chunk of chunks) {
        eachPosting(chunk, row, (token, weight, number) => {
          const place = counts.get(token);
          counts.set(token, place + 1);
          numbers[place] = number;
          weights[place] = weight;
        });
        row += chunk.ends.length;
        await turn();
      }
      const out = writer(file, head.bytes.length);
      start = 0;
      for (const [slot, count] of head.counts.entries()) {
        const end = start + count;
        const list = new Uint8Array(POSTING_BYTES * count);
        list.set(bytesOf(weights.subarray(start, end)));
        list.set(bytesOf(numbers.subarray(start, end)), 4 * count);
        head.sums[slot] = crc32(list);
        await out.add(list);
        start = end;
      }
      for (let block = 0; block < blocksOf(rows.length); block++) {
        const bytes = blockOf(rows.slice(block * ROWS_A_BLOCK, (block + 1) * ROWS_A_BLOCK));
        head.blockBytes[block] = bytes.length;
        head.blockSums[block] = crc32(bytes);
        await out.add(bytes);
      }
      const bytes = await out.end();
      await file.write(head.bytes, 0, head.bytes.length, 0);
      return { rows: rows.length, bytes, headBytes: head.bytes.length, sum: crc32(head.bytes) };
    },
  };
}

function chunkOf(vectors: readonly Uint8Array[]): Chunk {
  const bytes = new Uint8Array(vectors.reduce((sum, { length }) => sum + length, 0));
  const ends = new Uint32Array(vectors.length);
  let at = 0;
  for (const [row, vector] of vectors.entries()) {
    if (vector.length % SPARSE_BYTES !== 0) throw new RangeError('the bytes of a sparse vector are not whole');
    bytes.set(vector, at);
    at += vector.length;
    ends[row] = at / 4;
  }
  return { words: new Uint32Array(bytes.buffer), weights: new Float32Array(bytes.buffer), ends };
}

/** The highest token. */
function checkedTop(chunk: Chunk): number {
  let [last, lastRow, top] = [-1, -1, 0];
  eachPosting(chunk, 0, (token, weight, row) => {
    if ((row === lastRow && token <= last) || !(weight > 0 && weight < Number.POSITIVE_INFINITY))
      throw new RangeError('a sparse vector is not as packSparse makes it');
    [last, lastRow] = [token, row];
    if (token > top) top = token;
  });
  return top;
}

function eachPosting({ words, weights, ends }: Chunk, firstRow: number, take: (token: number, weight: number, row: number) => void): void {
  let start = 0;
  for (let row = 0; row < ends.length; row++) {
    const end = ends[row] as number;
    const count = (end - start) / 2;
    for (let at = start; at < start + count; at++) take(words[at] as number, weights[at + count] as number, firstRow + row);
    start = end;
  }
}

interface Counts {
  get(token: number): number;
  set(token: number, count: number): void;
}

function denseCounts(top: number): Counts {
  const counts = new Uint32Array(top + 1);
  return {
    get: (token) => counts[token] as number,
    set: (token, count) => {
      counts[token] = count;
    },
  };
}

function mappedCounts(): Counts {
  const counts = new Map<number, number>();
  return { get: (token) => counts.get(token) ?? 0, set: (token, count) => void counts.set(token, count) };
}

function blockOf(rows: readonly SegmentRow[]): Uint8Array {
  const ids = rows.map(({ id }) => Buffer.from(id));
  const bytes = new Uint8Array(ROW_BYTES * rows.length + ids.reduce((sum, { length }) => sum + length, 0));
  const words = new Uint32Array(bytes.buffer, 0, 3 * rows.length);
  let end = 0;
  for (const [row, { at, written }] of rows.entries()) {
    const id = ids[row] as Buffer;
    bytes.set(id, ROW_BYTES * rows.length + end);
    end += id.length;
    words[row] = written;
    words[rows.length + row] = at;
    words[2 * rows.length + row] = end;
  }
  return bytes;
}

/** Gathers small pieces, and writes them from a place of the file on. */
function writer(file: FileHandle, from: number) {
  let [pieces, gathered, written]: [Uint8Array[], number, number] = [[], 0, from];
  const flush = async (): Promise<void> => {
    const piece = Buffer.concat(pieces);
    for (let at = 0; at < piece.length; ) at += (await file.write(piece, at, piece.length - at, written + at)).bytesWritten;
    [pieces, gathered, written] = [[], 0, written + piece.length];
  };
  return {
    add: async (bytes: Uint8Array): Promise<void> => {
      pieces.push(bytes);
      gathered += bytes.length;
      if (gathered >= PIECE_BYTES) await flush();
    },
    /** Bytes of the file. */
    end: async (): Promise<number> => {
      await flush();
      return written;
    },
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Uint16Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
