/**
 * A file of postings, all numbers little-endian as in memory (LanceDB runs on no other machines):
 *
 * - the head: 32-bit numbers: `MAGIC`, rows, tokens; of each token, ascending, its number, then of each how many rows have it, then of each the CRC-32
 *   of its list; of each block of rows its bytes, then of each its CRC-32
 * - of each token its list: the weights in single precision, then the rows, which ascend, in 16 bits
 * - the blocks, each of 256 rows: of each row the number of its write, then of each that of its passage, then of each where its id ends, all in 32
 *   bits; then the ids
 */
export const MAGIC = 0x31737066;

/** Rows are numbered in 16 bits, so that their scores lie in half a megabyte, which a processor keeps at hand. */
export const MOST_ROWS = 65_536;
export const ROWS_A_BLOCK = 256;
/** Bytes of a row of a token with its weight. */
export const POSTING_BYTES = 6;
/** Bytes of a row of a block, without its id. */
export const ROW_BYTES = 12;

/** Numbers before the first token. */
const FIRST = 3;

/** Parts of the head of a file, as views on it. */
export interface Head {
  readonly rows: number;
  readonly tokens: Uint32Array;
  readonly counts: Uint32Array;
  readonly sums: Uint32Array;
  readonly blockBytes: Uint32Array;
  readonly blockSums: Uint32Array;
}

export const blocksOf = (rows: number): number => Math.ceil(rows / ROWS_A_BLOCK);

/** A head to be filled, and its bytes. */
export function newHead(rows: number, tokens: number): Head & { readonly bytes: Uint8Array } {
  const words = new Uint32Array(FIRST + 3 * tokens + 2 * blocksOf(rows));
  words.set([MAGIC, rows, tokens]);
  return { ...partsOf(words), bytes: new Uint8Array(words.buffer) };
}

/** Nothing where these bytes are none. */
export function headIn(bytes: Uint8Array): Head | undefined {
  if (bytes.length < 4 * FIRST || bytes.length % 4 !== 0) return undefined;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const [magic, rows, tokens] = words as unknown as readonly [number, number, number];
  return magic === MAGIC && words.length === FIRST + 3 * tokens + 2 * blocksOf(rows) ? partsOf(words) : undefined;
}

function partsOf(words: Uint32Array): Head {
  const [rows, tokens] = [words[1] as number, words[2] as number];
  let at = FIRST;
  const next = (count: number): Uint32Array => words.subarray(at, (at += count));
  const blocks = blocksOf(rows);
  return { rows, tokens: next(tokens), counts: next(tokens), sums: next(tokens), blockBytes: next(blocks), blockSums: next(blocks) };
}
