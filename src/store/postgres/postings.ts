/** Which passages have a word: their rows, ascending, how often each has it, and how many words each has. */
export interface Posting {
  readonly row: number;
  readonly count: number;
  readonly length: number;
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
