import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Random } from '../../src/math/random.ts';

/** A file or a folder, as programs see it and as the disk has it. */
interface TracedFile {
  readonly kind: 'file';
  content: Buffer;
  /** As it was when someone last waited for the disk. */
  durable: Buffer;
}
interface TracedFolder {
  readonly kind: 'folder';
  readonly entries: Map<string, Traced>;
  readonly durable: Map<string, Traced>;
  /** Changes of names that the disk may not have yet, in order; those of one call come together. */
  pending: (readonly (readonly [name: string, to: Traced | undefined])[])[];
}
type Traced = TracedFile | TracedFolder;

/** What a system call did, by the words of strace. */
export interface SystemCall {
  readonly name: string;
  /** As they are written there, texts without quotes. */
  readonly arguments: readonly string[];
  readonly result: number;
}

const newFolder = (): TracedFolder => ({ kind: 'folder', entries: new Map(), durable: new Map(), pending: [] });
const newFile = (): TracedFile => ({ kind: 'file', content: Buffer.alloc(0), durable: Buffer.alloc(0) });

/**
 * A file system that keeps apart what programs see and what is on the disk: contents are there once the file was waited for, names once their folder
 * was, and what was not may be there or not, in part or as zeros.
 */
export function tracedDisk(root: string) {
  const top = newFolder();
  const opened = new Map<number, { readonly node: Traced; at: number; readonly isAppending: boolean }>();
  const find = (path: string): Traced | undefined => {
    if (path === root) return top;
    const parent = path.startsWith(`${root}/`) ? find(dirname(path)) : undefined;
    return parent?.kind === 'folder' ? parent.entries.get(basename(path)) : undefined;
  };
  const change = (...changes: readonly (readonly [path: string, to: Traced | undefined])[]): void => {
    const byFolder = new Map<TracedFolder, [string, Traced | undefined][]>();
    for (const [path, to] of changes) {
      const folder = find(dirname(path)) as TracedFolder;
      byFolder.set(folder, [...(byFolder.get(folder) ?? []), [basename(path), to]]);
      if (to === undefined) folder.entries.delete(basename(path));
      else folder.entries.set(basename(path), to);
    }
    for (const [folder, some] of byFolder) folder.pending.push(some);
  };
  const isBelow = (path: string | undefined): path is string => path?.startsWith(`${root}/`) === true;
  const descriptor = (argument: string | undefined): number => Number.parseInt(argument ?? '', 10);
  const put = (node: TracedFile, bytes: Buffer, at: number): void => {
    const grown = Buffer.alloc(Math.max(node.content.length, at + bytes.length));
    node.content.copy(grown);
    bytes.copy(grown, at);
    node.content = grown;
  };

  const open = ([, path, flags = '']: readonly string[], result: number): void => {
    opened.delete(result);
    if (path !== root && !isBelow(path)) return;
    let node = find(path);
    if (node === undefined) {
      if (!flags.includes('O_CREAT')) return;
      node = newFile();
      change([path, node]);
    }
    if (node.kind === 'file' && flags.includes('O_TRUNC')) node.content = Buffer.alloc(0);
    opened.set(result, { node, at: 0, isAppending: flags.includes('O_APPEND') });
  };
  const move = (from: string | undefined, to: string | undefined): void => {
    if (!isBelow(from) || !isBelow(to)) return;
    const node = find(from);
    if (node === undefined) throw new Error(`${from} was moved and is not known`);
    change([from, undefined], [to, node]);
  };
  const calls: Readonly<Record<string, (given: readonly string[], result: number) => void>> = {
    openat: open,
    close: ([fd]) => void opened.delete(descriptor(fd)),
    write: ([fd, text], result) => {
      const file = opened.get(descriptor(fd));
      if (file?.node.kind !== 'file') return;
      const at = file.isAppending ? file.node.content.length : file.at;
      put(file.node, bytesOf(text).subarray(0, result), at);
      file.at = at + result;
    },
    pwrite64: ([fd, text, , at], result) => {
      const file = opened.get(descriptor(fd));
      if (file?.node.kind === 'file') put(file.node, bytesOf(text).subarray(0, result), Number(at));
    },
    ftruncate: ([fd, size]) => {
      const file = opened.get(descriptor(fd));
      if (file?.node.kind !== 'file') return;
      const cut = Buffer.alloc(Number(size));
      file.node.content.copy(cut);
      file.node.content = cut;
    },
    fsync: ([fd]) => {
      const node = opened.get(descriptor(fd))?.node;
      if (node?.kind === 'file') node.durable = node.content;
      if (node?.kind !== 'folder') return;
      apply(node.durable, node.pending);
      node.pending = [];
    },
    rename: ([from, to]) => move(from, to),
    renameat: ([, from, , to]) => move(from, to),
    renameat2: ([, from, , to]) => move(from, to),
    link: ([from, to]) => void (isBelow(to) && change([to, find(from as string)])),
    linkat: ([, from, , to]) => void (isBelow(to) && change([to, find(from as string)])),
    unlink: ([path]) => void (isBelow(path) && change([path, undefined])),
    unlinkat: ([, path]) => void (isBelow(path) && change([path, undefined])),
    rmdir: ([path]) => void (isBelow(path) && change([path, undefined])),
    mkdir: ([path]) => void (isBelow(path) && change([path, newFolder()])),
    mkdirat: ([, path]) => void (isBelow(path) && change([path, newFolder()])),
  };

  return {
    /** Does what a call did that succeeded. */
    run: ({ name, arguments: given, result }: SystemCall): void => {
      if (result < 0) return;
      const call = calls[name === 'fdatasync' ? 'fsync' : name];
      if (call === undefined) throw new Error(`${name} is not known to the traced disk`);
      call(given, result);
    },
    /** Writes what may be on the disk if the power is lost now into a folder: drawn by chance, within what a file system promises. */
    layOut: (place: string, random: Random): void => layOut(top, place, random),
  };
}

export type TracedDisk = ReturnType<typeof tracedDisk>;

function layOut(folder: TracedFolder, place: string, random: Random): void {
  mkdirSync(place, { recursive: true });
  const names = new Map(folder.durable);
  apply(names, folder.pending.slice(0, random.below(folder.pending.length + 1)));
  for (const [name, node] of names) {
    if (node.kind === 'folder') layOut(node, join(place, name), random);
    else writeFileSync(join(place, name), contentOf(node, random));
  }
}

function contentOf({ content, durable }: TracedFile, random: Random): Buffer {
  if (content.equals(durable)) return content;
  const chosen = [durable, content, content.subarray(0, random.below(content.length + 1)), Buffer.alloc(content.length)];
  return chosen[random.below(chosen.length)] as Buffer;
}

function apply(entries: Map<string, Traced>, changes: TracedFolder['pending']): void {
  for (const [name, to] of changes.flat())
    if (to === undefined) entries.delete(name);
    else entries.set(name, to);
}

/** `strace -xx` writes each byte as `\x41`. */
const bytesOf = (text = ''): Buffer => Buffer.from(text.replaceAll('\\x', ''), 'hex');
