import { FinetoothError } from '../errors.ts';

/** A plain file of a tar archive. What of `body` is not read is skipped. */
export interface TarMember {
  readonly path: string;
  readonly bytes: number;
  readonly body: AsyncIterable<Uint8Array>;
}

const BLOCK = 512;

/** Reads a tar archive (ustar, pax, GNU long names) as it arrives and holds no more than one chunk of it. */
export async function* tarMembers(archive: AsyncIterable<Uint8Array>): AsyncGenerator<TarMember> {
  const chunks = archive[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  /** Up to `most` bytes; empty at the end of the archive. */
  const take = async (most: number): Promise<Uint8Array> => {
    while (rest.length === 0) {
      const next = await chunks.next();
      if (next.done) return rest;
      rest = next.value;
    }
    const taken = rest.subarray(0, most);
    rest = rest.subarray(taken.length);
    return taken;
  };
  const takeAll = async (count: number): Promise<Uint8Array> => {
    const all = new Uint8Array(count);
    for (let at = 0; at < count; ) {
      const taken = await take(count - at);
      if (taken.length === 0) throw damaged('it ends early');
      all.set(taken, at);
      at += taken.length;
    }
    return all;
  };

  let long: ReadonlyMap<string, string> = new Map();
  for (;;) {
    const block = await takeAll(BLOCK);
    if (block.every((byte) => byte === 0)) break;
    if (!checksumFits(block)) throw damaged('a header has a wrong checksum');
    const type = String.fromCharCode(block[156] ?? 0);
    const bytes = Number(long.get('size') ?? numberAt(block, 124, 12));
    const padding = (BLOCK - (bytes % BLOCK)) % BLOCK;
    if (type === 'x' || type === 'L') {
      if (bytes > 1 << 20) throw damaged('a header is larger than 1 MB');
      const content = await takeAll(bytes);
      await takeAll(padding);
      long = type === 'x' ? paxRecords(content) : new Map([['path', text(content, 0, bytes)]]);
      continue;
    }
    let left = bytes;
    const body = async function* (): AsyncGenerator<Uint8Array> {
      while (left > 0) {
        const taken = await take(left);
        if (taken.length === 0) throw damaged('it ends early');
        left -= taken.length;
        yield taken;
      }
    };
    const prefix = text(block, 257, 5) === 'ustar' ? text(block, 345, 155) : '';
    const path = long.get('path') ?? (prefix === '' ? text(block, 0, 100) : `${prefix}/${text(block, 0, 100)}`);
    if (type === '0' || type === '\0' || type === '7') yield { path, bytes, body: body() };
    for await (const _ of body());
    await takeAll(padding);
    long = new Map();
  }
  // To its end, so that whoever checks the archive as a whole sees all of it.
  while ((await take(BLOCK)).length > 0);
}

const damaged = (what: string): FinetoothError => new FinetoothError('E_DOWNLOAD', `the archive is damaged: ${what}`);

/** The checksum is the sum of the header's bytes with its own field read as spaces (POSIX ustar). */
function checksumFits(block: Uint8Array): boolean {
  let sum = 8 * 32;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += block[i] ?? 0;
  return sum === numberAt(block, 148, 8);
}

/** Octal digits, or base 256 when the first bit is set (GNU tar, sizes of 8 GiB and more). */
function numberAt(block: Uint8Array, start: number, length: number): number {
  if (((block[start] ?? 0) & 0x80) === 0) return Number.parseInt(text(block, start, length).trim() || '0', 8);
  let value = (block[start] ?? 0) & 0x7f;
  for (let i = start + 1; i < start + length; i++) value = value * 256 + (block[i] ?? 0);
  return value;
}

/** Records of a pax header: `<length> <key>=<value>\n`, the length in bytes and including itself. */
function paxRecords(bytes: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const length = Number.parseInt(text(bytes, at, 20), 10);
    const record = new TextDecoder().decode(bytes.subarray(at, at + length));
    const [, key, value] = /^\d+ ([^=]*)=([\s\S]*)\n$/.exec(record) ?? [];
    if (key === undefined || value === undefined) throw damaged('a pax header cannot be read');
    records.set(key, value);
    at += length;
  }
  return records;
}

function text(block: Uint8Array, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end === -1 ? field : field.subarray(0, end));
}
