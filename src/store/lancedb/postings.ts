import { join } from 'node:path';
import type { Table } from '@lancedb/lancedb';

/** Of the folder of a table: files of postings, which LanceDB neither reads nor removes. */
export const postingsFolder = '_postings';
/** Of the field `sparse`: which files hold the postings of a version of the table, as JSON. */
const METADATA = 'finetooth-postings';
const FORMAT = 1;

/** The postings of some rows of a table: for each token the rows that have it, with their weights. */
export interface SegmentName {
  readonly file: string;
  /** Rows of writes with this number or a later one, up to the next segment that says another. */
  readonly from: number;
  readonly rows: number;
  /** Of the file, and of its head. */
  readonly bytes: number;
  readonly headBytes: number;
  /** CRC-32 of the head, which has those of all that follows. */
  readonly sum: number;
}

/**
 * What is known of the postings of a version of a table. It is a part of that version, so that each version is searched by its own postings, also
 * in a copy and after a way back.
 */
export interface Postings {
  /** Every row of a write below this number that the version holds is in one of the segments. */
  readonly before: number;
  readonly segments: readonly SegmentName[];
}

/** Nothing where there are none, or those of a later version of finetooth. */
export async function readPostings(table: Table): Promise<Postings | undefined> {
  const field = (await table.schema()).fields.find(({ name }) => name === 'sparse');
  return parsePostings(field?.metadata.get(METADATA));
}

/** Makes a version of the table that is searched by these, or by none. */
export async function namePostings(table: Table, postings: Postings | undefined): Promise<void> {
  const metadata = { [METADATA]: postings === undefined ? '' : JSON.stringify({ format: FORMAT, ...postings }) };
  await table.updateFieldMetadata([{ path: 'sparse', metadata }]);
}

/** Paths below the folder of a table of the postings that metadata of its fields name. */
export function postingsIn(metadata: ReadonlyMap<string, string>): string[] {
  return (parsePostings(metadata.get(METADATA))?.segments ?? []).map(({ file }) => join(postingsFolder, file));
}

/** What is missing or damaged of these is not missed: then every row is scored. */
export const isPostings = (path: string): boolean => path.startsWith(postingsFolder);

function parsePostings(text: string | undefined): Postings | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text || 'null');
  } catch {
    return undefined;
  }
  const { format, before, segments } = (value ?? {}) as Partial<Postings> & { readonly format?: unknown };
  if (format !== FORMAT || !isCount(before) || !Array.isArray(segments) || !segments.every(isName)) return undefined;
  return { before, segments };
}

/** A file is never looked for elsewhere. */
function isName(value: unknown): value is SegmentName {
  const { file, from, rows, bytes, headBytes, sum } = (value ?? {}) as Partial<Record<keyof SegmentName, unknown>>;
  return typeof file === 'string' && /^[0-9a-f-]+\.postings$/.test(file) && [from, rows, bytes, headBytes, sum].every(isCount);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
