import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Table } from '@lancedb/lancedb';
import type { Manifest } from '../store.ts';
import { UNCOMMITTED_MS } from './clean.ts';
import type { Opened } from './connection.ts';
import { namesIn } from './files.ts';
import { earliestLate } from './late-writes.ts';
import { namePostings, type Postings, postingsFolder, readPostings, type SegmentName } from './postings.ts';
import { cellReader, countsWrites, hasPassages } from './rows.ts';
import { type SegmentBuilder, segmentBuilder } from './segment-builder.ts';
import { MOST_ROWS } from './segment-layout.ts';
import { type Segments, UnusableSegment } from './segments.ts';

/** Weights of a segment: while it is built they take 14 bytes each. */
const MOST_WEIGHTS = 12_000_000;
/** Rows that were written since from which on they get postings: until then each search scores them, in up to 25 ms. */
const MANY_LATE = 2048;
/** Rows that are not there any more are tolerated up to one in so many. */
const DEAD_SHARE = 5;
/** Younger postings that are up to so many times as large are built again with those of what was written since: so each row is built a few times at most. */
const GROWTH = 2;

export interface PostingsOptions {
  /** Rows from which on there are postings. */
  readonly from: number;
  /** Builds all of them again where anything could be better. @default false */
  readonly whole?: boolean;
  readonly segments: Segments;
}

/**
 * Brings the postings of sparse vectors up to what was written, once that is enough, in memory for one segment alone; all are built again where a fifth of their
 * rows are gone, or a file is missing or damaged. Killed at any moment it leaves those that there were. For who holds the index's lock.
 */
export async function buildPostings(
  { table, path, folder, manifest, integrity }: Pick<Opened, 'table' | 'path' | 'folder' | 'manifest' | 'integrity'>,
  { from, whole = false, segments }: PostingsOptions,
): Promise<void> {
  if (manifest.sparse === undefined || !countsWrites(manifest)) return;
  const now = await readPostings(table);
  const count = await table.countRows();
  if (now === undefined && count < from) return;
  const damages = await (whole ? integrity.finish() : integrity.known());
  const isWhole = now?.segments.every(({ file }) => damages.every((damage) => damage.path !== join(postingsFolder, file)));
  const kept = now === undefined || !isWhole ? undefined : await keptOf(table, path, now, { from, whole, segments });
  if (kept?.isDone) return;
  // What is built of damaged documents would be damaged with a checksum that fits.
  await integrity.finish();
  await integrity.check();
  // To compact an index does not know from how many documents on it is to have postings: what there was stays.
  if (count < from && !whole) {
    await namePostings(table, undefined);
    return;
  }
  await dropUnnamed(path);
  const start = kept?.segments ?? [];
  // No row has the number of a later write, but for one of a writer that was suspended and is still to come.
  const before = Math.min(await table.version(), await earliestLate(folder, manifest));
  const first = kept?.before ?? 0;
  if (before <= first && now !== undefined) return;
  const added = await writeSegments(table, path, manifest, { first, before, most: mostRows(from) }).catch((error: unknown) => {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  });
  // What is no sparse vector cannot stand in postings, and is scored all the same.
  await namePostings(table, added && { before, segments: [...start, ...added] });
}

/** So that few documents are searched in several segments too, where an index is made of few. */
const mostRows = (from: number): number => Math.min(MOST_ROWS, Math.max(16, 4 * from));

interface Kept extends Postings {
  /** Whether there is nothing to be done. */
  readonly isDone: boolean;
}

/** Those of the segments that stay, which hold the writes before a number; nothing where none do. */
async function keptOf(
  table: Table,
  path: string,
  now: Postings,
  { from, whole, segments }: Required<PostingsOptions>,
): Promise<Kept | undefined> {
  if (segments.isDismissed(path, now) || !(await areThere(path, now, segments))) return undefined;
  const rows = now.segments.reduce((sum, one) => sum + one.rows, 0);
  const dead = rows - (await table.countRows(`written < ${now.before}`));
  const late = await table.countRows(`written >= ${now.before}`);
  const starts = new Set(now.segments.map((one) => one.from));
  if (whole) return dead === 0 && late === 0 && starts.size <= 1 ? { ...now, isDone: true } : undefined;
  if (dead > rows / DEAD_SHARE) return undefined;
  if (late < Math.min(MANY_LATE, Math.max(1, from / 4))) return { ...now, isDone: true };
  let [added, before, kept] = [late, now.before, now.segments];
  for (const start of [...starts].toReversed()) {
    const size = kept.reduce((sum, one) => sum + (one.from === start ? one.rows : 0), 0);
    if (size >= mostRows(from) || size > GROWTH * added) break;
    [added, before, kept] = [added + size, start, kept.filter((one) => one.from !== start)];
  }
  return { before, segments: kept, isDone: false };
}

async function areThere(path: string, postings: Postings, segments: Segments): Promise<boolean> {
  try {
    await Promise.all((await segments.open(path, postings)).map((segment) => segment.close()));
    return true;
  } catch (error) {
    if (error instanceof UnusableSegment) return false;
    throw error;
  }
}

/** Builds segments over the rows of some writes, as many as these need. */
async function writeSegments(
  table: Table,
  path: string,
  manifest: Manifest,
  { first, before, most }: { readonly first: number; readonly before: number; readonly most: number },
): Promise<readonly SegmentName[]> {
  const where = `written >= ${first} AND written < ${before}`;
  const count = await table.countRows(where);
  // All about as large.
  const each = Math.max(1, Math.ceil(count / Math.ceil(Math.max(1, count) / most)));
  const names: SegmentName[] = [];
  let builder = segmentBuilder();
  const finish = async (): Promise<void> => {
    if (builder.rows > 0) names.push({ ...(await writeSegment(path, builder)), from: first });
    builder = segmentBuilder();
  };
  const columns = ['id', 'sparse', 'written', ...(hasPassages(manifest) ? ['passage'] : [])];
  for await (const batch of table.query().where(where).select(columns)) {
    const cell = cellReader(batch);
    for (let at = 0; at < batch.numRows; ) {
      const rows = Array.from({ length: Math.min(batch.numRows - at, each - builder.rows) }, (_, i) => ({
        id: cell('id', at + i) as string,
        at: (cell('passage', at + i) as number | undefined) ?? 0,
        written: cell('written', at + i) as number,
        sparse: cell('sparse', at + i) as Uint8Array,
      }));
      builder.add(rows);
      at += rows.length;
      if (builder.rows >= each || builder.postings >= MOST_WEIGHTS) await finish();
    }
  }
  await finish();
  return names;
}

/** Under another name until it is whole. */
async function writeSegment(path: string, builder: SegmentBuilder): Promise<Omit<SegmentName, 'from'>> {
  const folder = join(path, postingsFolder);
  await mkdir(folder, { recursive: true });
  const name = `${randomUUID()}.postings`;
  const part = join(folder, `${name}.part`);
  try {
    const file = await open(part, 'w');
    try {
      const written = await builder.write(file);
      await file.close();
      await rename(part, join(folder, name));
      return { file: name, ...written };
    } finally {
      await file.close().catch(() => {});
    }
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Removes what was not finished by who was killed; who is suspended may go on for a while. Others are removed with the versions that they are of. */
async function dropUnnamed(path: string): Promise<void> {
  for (const name of await namesIn(join(path, postingsFolder))) {
    if (!name.endsWith('.part')) continue;
    const place = join(path, postingsFolder, name);
    const { mtimeMs } = (await stat(place).catch(() => undefined)) ?? { mtimeMs: Date.now() };
    if (Date.now() - mtimeMs > UNCOMMITTED_MS) await rm(place, { force: true });
  }
}
