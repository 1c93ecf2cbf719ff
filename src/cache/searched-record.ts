import { mkdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { diskErrorOf, FinetoothError, messageOf } from '../errors.ts';

/** What is written beside the index of a file or a folder: whose it is. The time of the file is when it was last used. */
export interface SearchedRecord {
  /** The real path. */
  readonly source: string;
  /** How it is read, where that was said: options of `indexOf`. */
  readonly reading: Readonly<Record<string, unknown>>;
  /** Absent until the index was finished once. */
  readonly documents?: number;
}

/** The index in the folder of one of them: named as its source is, by which servers call it. */
export function indexIn(kept: string, source: string): string {
  const name = shortNameOf(source);
  return join(kept, name === '' || name.startsWith('source.json') ? 'index' : name);
}

/** The last part of a path, in characters that every file system takes. */
export const shortNameOf = (path: string): string => basename(path).replace(/[^\p{L}\p{N}._-]/gu, '-');

/** Path of the record in such a folder. */
export const recordIn = (kept: string): string => join(kept, 'source.json');

/**
 * Says that it is used now, and what it holds where that is known. Written atomically: another process may do the same.
 *
 * @throws E_USAGE for a cache folder that cannot be written to, E_DISK_FULL
 */
export async function noteUse(kept: string, record: SearchedRecord): Promise<void> {
  const file = recordIn(kept);
  try {
    if (record.documents === undefined && (await stat(file).catch(() => undefined)) !== undefined) {
      const now = new Date();
      await utimes(file, now, now);
      return;
    }
    await mkdir(kept, { recursive: true });
    const part = `${file}.part-${process.pid}-${Math.trunc(performance.now() * 1000)}`;
    await writeFile(part, JSON.stringify(record));
    await rename(part, file);
  } catch (error) {
    const told = diskErrorOf(error, kept);
    if (told !== error) throw told;
    throw new FinetoothError(
      'E_USAGE',
      `an index cannot be kept in ${kept} (${messageOf(error)}). Name a folder that can be written to by FINETOOTH_CACHE.`,
      { cause: error },
    );
  }
}

/** What is noted of it; undefined where nothing is, or someone has damaged it. */
export async function readRecord(kept: string): Promise<SearchedRecord | undefined> {
  const { z } = await import('zod');
  const form = z.object({
    source: z.string(),
    reading: z.record(z.string(), z.unknown()).default({}),
    documents: z.number().int().nonnegative().optional(),
  });
  try {
    return form.parse(JSON.parse(await readFile(recordIn(kept), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Takes back what was noted of a source that could not be read at all: there is no index. */
export async function forgetUnmade(kept: string, index: string): Promise<void> {
  if ((await stat(index).catch(() => undefined)) !== undefined) return;
  await rm(recordIn(kept), { force: true }).catch(() => {});
  // Where another process has just begun it is not empty.
  await rmdir(kept).catch(() => {});
}
