import { describe, expect, it } from 'vitest';
import { loadedBytes, stripSymbols } from '../scripts/strip-symbols.ts';

interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: bigint;
  readonly bytes: Buffer;
  readonly link?: number;
}
const text: Section = { name: '.text', type: 1, flags: 6n, bytes: Buffer.from('all that is loaded') };
const bss: Section = { name: '.bss', type: 8, flags: 3n, bytes: Buffer.alloc(0) };
const comment: Section = { name: '.comment', type: 1, flags: 0n, bytes: Buffer.from('made by hand') };
const symtab: Section = { name: '.symtab', type: 2, flags: 0n, bytes: Buffer.alloc(48, 7), link: 5 };
const strtab: Section = { name: '.strtab', type: 3, flags: 0n, bytes: Buffer.from('\0a_name_of_a_function\0') };
const names: Section = { name: '.shstrtab', type: 3, flags: 0n, bytes: Buffer.alloc(0) };

/** A library of one segment that holds .text, as a linker lays it out: sections after one another, then their headers. The first header is empty. */
function library(sections: readonly Section[], loaded = ['.text']): Buffer {
  const table = Buffer.from(`\0${sections.map(({ name }) => `${name}\0`).join('')}`);
  const parts: Buffer[] = [Buffer.alloc(64 + 56)];
  const headers: Buffer[] = [Buffer.alloc(64)];
  let end = 64 + 56;
  let ended = end;
  for (const { name, type, flags, bytes, link = 0 } of sections) {
    const content = name === '.shstrtab' ? table : bytes;
    const header = Buffer.alloc(64);
    header.writeUInt32LE(table.indexOf(`\0${name}\0`) + 1, 0);
    header.writeUInt32LE(type, 4);
    header.writeBigUInt64LE(flags, 8);
    header.writeBigUInt64LE(BigInt(end), 24);
    header.writeBigUInt64LE(BigInt(type === 8 ? 1000 : content.length), 32);
    header.writeUInt32LE(link, 40);
    header.writeBigUInt64LE(1n, 48);
    headers.push(header);
    parts.push(content);
    end += content.length;
    if (loaded.includes(name)) ended = end;
  }
  const head = parts[0] as Buffer;
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(head);
  head.writeBigUInt64LE(64n, 32);
  head.writeBigUInt64LE(BigInt(end), 40);
  head.writeUInt16LE(1, 56);
  head.writeUInt16LE(headers.length, 60);
  head.writeUInt16LE(1 + sections.findIndex(({ name }) => name === '.shstrtab'), 62);
  head.writeUInt32LE(1, 64);
  head.writeBigUInt64LE(BigInt(ended), 64 + 32);
  return Buffer.concat([...parts, ...headers]);
}

/** Names and contents, as a reader of the file finds them. */
function read(file: Buffer): Readonly<Record<string, string>> {
  const first = Number(file.readBigUInt64LE(40));
  const header = (at: number): Buffer => file.subarray(first + at * 64, first + (at + 1) * 64);
  const content = (one: Buffer): Buffer => {
    const start = Number(one.readBigUInt64LE(24));
    return file.subarray(start, start + (one.readUInt32LE(4) === 8 ? 0 : Number(one.readBigUInt64LE(32))));
  };
  const table = content(header(file.readUInt16LE(62)));
  const nameOf = (one: Buffer): string => table.toString('latin1', one.readUInt32LE(0), table.indexOf(0, one.readUInt32LE(0)));
  const all = Array.from({ length: file.readUInt16LE(60) - 1 }, (_, at) => header(at + 1));
  return Object.fromEntries(all.map((one) => [nameOf(one), nameOf(one) === '.shstrtab' ? 'names' : content(one).toString('latin1')]));
}

describe('a library without symbols', () => {
  it('keeps all but the table of symbols and their names, where they stood', () => {
    const original = library([text, bss, comment, symtab, strtab, names]);
    const stripped = stripSymbols(original);
    expect(read(stripped)).toEqual({ '.text': 'all that is loaded', '.bss': '', '.comment': 'made by hand', '.shstrtab': 'names' });
    expect(loadedBytes(stripped)).toBe(loadedBytes(original));
    expect(stripped.subarray(64, loadedBytes(original)).equals(original.subarray(64, loadedBytes(original)))).toBe(true);
    expect(stripped.length).toBeLessThan(original.length);
  });

  it('points at sections by their new places', () => {
    const linked = { ...comment, name: '.note', link: 6 };
    const stripped = stripSymbols(library([text, bss, linked, { ...symtab, link: 5 }, strtab, names]));
    const first = Number(stripped.readBigUInt64LE(40));
    expect(stripped.readUInt32LE(first + 3 * 64 + 40)).toBe(4);
  });

  it('is not written over: the original stays as it was given', () => {
    const original = library([text, bss, comment, symtab, strtab, names]);
    const before = Buffer.from(original);
    stripSymbols(original);
    expect(original.equals(before)).toBe(true);
  });

  it('is the original where there are none', () => {
    const original = library([text, comment, names]);
    expect(stripSymbols(original)).toBe(original);
    expect(stripSymbols(stripSymbols(library([text, bss, comment, symtab, strtab, names])))).toEqual(
      stripSymbols(library([text, bss, comment, symtab, strtab, names])),
    );
  });

  it('is refused where the table is loaded, and for what is no library of Linux', () => {
    expect(() => stripSymbols(library([text, bss, comment, symtab, strtab, names], ['.text', '.symtab']))).toThrow('that are loaded');
    expect(() => stripSymbols(Buffer.from('MZ, a library of Windows'))).toThrow('no 64-bit ELF');
  });
});
