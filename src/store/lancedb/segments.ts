import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Table } from '@lancedb/lancedb';
import { messageOf, systemCodeOf } from '../../errors.ts';
import { newestVersion, readVersion } from './files.ts';
import { type Postings, postingsFolder, readPostings, type SegmentName } from './postings.ts';
import { type Head, headIn, POSTING_BYTES } from './segment-layout.ts';

/** A file of postings that is open. */
export interface Segment {
  readonly place: string;
  readonly head: Head;
  /** Where the list of each token begins, and at the end where the first block does. */
  readonly starts: Float64Array;
  /** Of each token 1 where its list was read once, and its checksum fits. */
  readonly checked: Uint8Array;
  /** Bytes from a place of the file on, in memory where 32-bit numbers may begin. Throws `UnusableSegment`. */
  read(into: Uint8Array, position: number): Promise<void>;
  close(): Promise<void>;
}

/** A file of postings that is missing, or not as it was written: every row is scored then. */
export class UnusableSegment extends Error {
  readonly path: string;
  readonly isMissing: boolean;

  constructor(path: string, reason: string, isMissing: boolean) {
    super(`${path} ${reason}`);
    this.path = path;
    this.isMissing = isMissing;
  }
}

export interface SearchedPostings extends Postings {
  /** Rows that are not in them, since they were written later. */
  readonly late: number;
}

export interface Segments {
  /** The postings of a version of a table, which stay the same; nothing where there are none that can be used. */
  of(table: Table): Promise<SearchedPostings | undefined>;
  /** Opens the files of these postings. Who calls it closes them. Throws `UnusableSegment`. */
  open(path: string, postings: Postings): Promise<readonly Segment[]>;
  /** What turned out to be damaged or lost is not read again, and made again by the next `optimize`. */
  dismiss(error: UnusableSegment): Promise<void>;
  isDismissed(path: string, postings: Postings): boolean;
}

type Known = Pick<Segment, 'head' | 'starts' | 'checked'>;

/** What is known of files of postings, which never change: their heads are read once. */
export function createSegments(): Segments {
  const versions = new WeakMap<Table, Promise<SearchedPostings | undefined>>();
  const heads = new Map<string, Known>();
  const damaged = new Set<string>();
  return {
    of: (table) => {
      const known = versions.get(table) ?? readSearched(table);
      versions.set(table, known);
      // What could not be read now may be read next time.
      known.catch(() => versions.delete(table));
      return known;
    },
    open: async (path, { segments }) => {
      const places = segments.map(({ file }) => join(path, postingsFolder, file));
      for (const place of heads.keys()) if (!places.includes(place)) heads.delete(place);
      const opened = await Promise.allSettled(
        segments.map(async (name, at): Promise<Segment> => {
          const place = places[at] as string;
          const file = await openSegment(place, name);
          try {
            const known = heads.get(place) ?? (await readHead(file, place, name));
            heads.set(place, known);
            return {
              place,
              ...known,
              read: (into, position) => readWhole(file, place, into, position),
              close: () => file.close(),
            };
          } catch (error) {
            await file.close();
            throw error;
          }
        }),
      );
      const whole = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      const failed = opened.find((one) => one.status === 'rejected');
      if (failed === undefined) return whole;
      await Promise.all(whole.map((segment) => segment.close()));
      throw failed.reason;
    },
    dismiss: async ({ path, message, isMissing }) => {
      heads.delete(path);
      if (isMissing && !(await isStillNamed(path))) return;
      if (damaged.has(path)) return;
      damaged.add(path);
      process.emitWarning(`${message}: searches by sparse vectors compare all documents until "finetooth compact" has made it again.`, {
        code: 'FINETOOTH_POSTINGS',
      });
    },
    isDismissed: (path, { segments }) => damaged.size > 0 && segments.some(({ file }) => damaged.has(join(path, postingsFolder, file))),
  };
}

/** Whether the newest version of the table needs a file that is missing. Others may have made postings again, and removed the old ones. */
async function isStillNamed(path: string): Promise<boolean> {
  const folder = dirname(path);
  const table = dirname(folder);
  try {
    const newest = await newestVersion(table);
    return newest !== undefined && (await readVersion(table, newest)).postings.includes(join(basename(folder), basename(path)));
  } catch {
    // Of what cannot be read here the search itself tells.
    return false;
  }
}

async function readSearched(table: Table): Promise<SearchedPostings | undefined> {
  const postings = await readPostings(table);
  return postings && { ...postings, late: await table.countRows(`written >= ${postings.before}`) };
}

/** Says that a part of a file is not as it was written. */
export function checkSum({ place }: Segment, bytes: Uint8Array, sum: number | undefined): void {
  if (crc32(bytes) !== sum) throw new UnusableSegment(place, 'is damaged: a checksum does not fit', false);
}

async function openSegment(place: string, { bytes }: SegmentName): Promise<FileHandle> {
  const file = await open(place, 'r').catch((error: unknown) => {
    const isMissing = systemCodeOf(error) === 'ENOENT';
    throw new UnusableSegment(place, isMissing ? 'is missing' : `cannot be read (${messageOf(error)})`, isMissing);
  });
  const { size } = await file.stat();
  if (size === bytes) return file;
  await file.close();
  throw new UnusableSegment(place, `is damaged: it has ${size} bytes instead of ${bytes}`, false);
}

async function readHead(file: FileHandle, place: string, { rows, bytes: all, headBytes, sum }: SegmentName): Promise<Known> {
  const bytes = new Uint8Array(Math.min(headBytes, all));
  await readWhole(file, place, bytes, 0);
  const head = crc32(bytes) === sum ? headIn(bytes) : undefined;
  if (head === undefined || head.rows !== rows) throw new UnusableSegment(place, 'is damaged, or of another index', false);
  const starts = new Float64Array(head.tokens.length + 1);
  starts[0] = bytes.length;
  for (const [slot, count] of head.counts.entries()) starts[slot + 1] = (starts[slot] as number) + POSTING_BYTES * count;
  return { head, starts, checked: new Uint8Array(head.tokens.length) };
}

async function readWhole(file: FileHandle, place: string, into: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < into.length; ) {
    const { bytesRead } = await file.read(into, at, into.length - at, position + at).catch((error: unknown) => {
      throw new UnusableSegment(place, `cannot be read (${messageOf(error)})`, false);
    });
    if (bytesRead === 0) throw new UnusableSegment(place, 'ends too early', false);
    at += bytesRead;
  }
}
