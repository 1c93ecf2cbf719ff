import { binaryArray, integerArray, textArray } from './binary-array.ts';
import type { Ask } from './database.ts';
import type { Tables } from './schema.ts';

/** Which passages have a word: their rows, ascending, how often each has it, and how many words each has. */
export interface Posting {
  readonly row: number;
  readonly count: number;
  readonly length: number;
}

/** What a write adds to the postings of words: how many passages have each word more, fewer where that is below 0, and which are new. */
export async function insertPostings(
  ask: Ask,
  { postings }: Tables,
  write: number,
  words: readonly { readonly word: string; readonly passages: number; readonly postings: readonly Posting[] }[],
): Promise<void> {
  await ask(
    `INSERT INTO ${postings} SELECT word, $1, passages, rows FROM unnest($2::text[], $3::integer[], $4::bytea[]) AS new (word, passages, rows)`,
    [
      write,
      textArray(words.map(({ word }) => word)),
      integerArray(words.map(({ passages }) => passages)),
      binaryArray(
        'bytea',
        words.map((one) => packPostings(one.postings)),
      ),
    ],
  );
}

/** Postings as bytes: of each the difference of its row to that before, its count and its length, seven bits a byte, the lower ones first. */
export function packPostings(postings: readonly Posting[]): Buffer {
  const bytes: number[] = [];
  const write = (value: number): void => {
    let left = value;
    // Rows pass 32 bits, where bit operations end.
    for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
    bytes.push(left);
  };
  let before = 0;
  for (const { row, count, length } of postings) {
    write(row - before);
    write(count);
    write(length);
    before = row;
  }
  return Buffer.from(bytes);
}

export function readPostings(bytes: Uint8Array, take: (row: number, count: number, length: number) => void): void {
  let at = 0;
  const read = (): number => {
    let byte = bytes[at++] as number;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let times = 0x80; byte >= 0x80; times *= 0x80) {
      byte = bytes[at++] as number;
      value += (byte & 0x7f) * times;
    }
    return value;
  };
  for (let row = 0; at < bytes.length; ) {
    row += read();
    const count = read();
    take(row, count, read());
  }
}
