/** Names of functions that a debugger shows, of which nothing is loaded: a fifth of some libraries. */

/** Fields of ELF64, little endian: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const [HEADER, SEGMENT, SECTION] = [64, 56, 64];
const SYMTAB = 2;
const ALLOCATED = 2n;

interface Section {
  readonly type: number;
  readonly flags: bigint;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly align: number;
  /** Its header, 64 bytes of their own. */
  readonly header: Buffer;
}

/**
 * A shared library of Linux without its table of symbols for debuggers, as `strip` makes it: the rest stands where it stood, and every byte that is loaded is
 * that of the original. Returns the original where it has no such table.
 *
 * @throws where the file is no 64-bit ELF of little endian, or a table lies among what is loaded
 */
export function stripSymbols(library: Buffer): Buffer {
  if (library.readUInt32BE(0) !== 0x7f454c46 || library[4] !== 2 || library[5] !== 1)
    throw new Error('this is no 64-bit ELF file of little endian: only those of Linux are stripped');
  const sections = sectionsOf(library);
  const symbols = sections.findIndex(({ type }) => type === SYMTAB);
  if (symbols < 0) return library;
  const dropped = new Set([symbols, (sections[symbols] as Section).link]);
  const loaded = loadedBytes(library);
  if ([...dropped].some((at) => (sections[at] as Section).flags & ALLOCATED || (sections[at] as Section).offset < loaded))
    throw new Error(`the table of symbols lies among the ${loaded} bytes that are loaded`);

  const kept = sections.flatMap((section, at) => (dropped.has(at) ? [] : [{ section, at }]));
  const placeOf = new Map(kept.map(({ at }, place) => [at, place]));
  const parts: Buffer[] = [Buffer.from(library.subarray(0, loaded))];
  let end = loaded;
  const append = (bytes: Buffer, align: number): number => {
    const start = Math.ceil(end / align) * align;
    parts.push(Buffer.alloc(start - end), bytes);
    end = start + bytes.length;
    return start;
  };
  for (const { section } of kept) {
    section.header.writeUInt32LE(placeOf.get(section.link) ?? 0, 40);
    // What is not loaded moves up.
    if (section.offset < loaded || section.size === 0) continue;
    const bytes = library.subarray(section.offset, section.offset + section.size);
    section.header.writeBigUInt64LE(BigInt(append(bytes, Math.max(1, section.align))), 24);
  }
  const table = append(Buffer.concat(kept.map(({ section }) => section.header)), 8);
  const head = parts[0] as Buffer;
  head.writeBigUInt64LE(BigInt(table), 40);
  head.writeUInt16LE(kept.length, 60);
  head.writeUInt16LE(placeOf.get(library.readUInt16LE(62)) ?? 0, 62);
  return Buffer.concat(parts);
}

/** Bytes from the beginning that some segment maps into memory, the headers among them. */
export function loadedBytes(library: Buffer): number {
  const first = Number(library.readBigUInt64LE(32));
  const count = library.readUInt16LE(56);
  const ends = Array.from({ length: count }, (_, at) => {
    const start = first + at * SEGMENT;
    return Number(library.readBigUInt64LE(start + 8) + library.readBigUInt64LE(start + 32));
  });
  return Math.max(HEADER, first + count * SEGMENT, ...ends);
}

function sectionsOf(library: Buffer): readonly Section[] {
  const first = Number(library.readBigUInt64LE(40));
  return Array.from({ length: library.readUInt16LE(60) }, (_, at) => {
    const header = Buffer.from(library.subarray(first + at * SECTION, first + (at + 1) * SECTION));
    return {
      type: header.readUInt32LE(4),
      flags: header.readBigUInt64LE(8),
      offset: Number(header.readBigUInt64LE(24)),
      // NOBITS has a size in memory and none in the file.
      size: header.readUInt32LE(4) === 8 ? 0 : Number(header.readBigUInt64LE(32)),
      link: header.readUInt32LE(40),
      align: Number(header.readBigUInt64LE(48)),
      header,
    };
  });
}
