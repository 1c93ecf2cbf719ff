import { createHash } from 'node:crypto';
import { appendFile, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../../errors.ts';
import { hashFile } from '../../fetch/checksums.ts';
import { type Durability, syncFiles } from './durability.ts';
import { postingsFolder } from './postings.ts';

/** In the folder of a table, so that it goes wherever the table goes: a line for each file that never changes once it is written. */
export const checksumsName = 'finetooth.checksums';

/** A file of a table when it was written. */
export interface Checksum {
  /** Below the table's folder. */
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export interface Checksums {
  readonly files: ReadonlyMap<string, Checksum>;
  /** Lines that are not as they were written; a last one that a killed process left unfinished is none of them. */
  readonly damaged: number;
  /** Whether the last line is whole, so that another may follow. */
  readonly isEnded: boolean;
}

/** What a table consists of, and what is known of it. */
export interface Listing extends Checksums {
  readonly names: readonly string[];
}

/**
 * The files of a table that never change, and their checksums. Those that have none yet, which are those of the last commit and all of an index of an
 * earlier version, are on the disk then, where that is wanted.
 */
export async function listSynced(table: string, durability: Durability): Promise<Listing> {
  const [checksums, names] = [await readChecksums(table), await fileNames(table)];
  const fresh = names.filter((path) => !checksums.files.has(path));
  if (durability === 'power') await syncFiles(table, fresh);
  return { ...checksums, names };
}

/** Hashes the files that have no checksum yet and tells all that there are. For who holds the index's lock. */
export async function recordChecksums(table: string, listing: Listing): Promise<readonly Checksum[]> {
  const { files, damaged, isEnded, names } = listing;
  const recorded: Checksum[] = [];
  const added: Checksum[] = [];
  for (const path of names) {
    const known = files.get(path);
    const checksum = known ?? (await hashOf(table, path));
    recorded.push(checksum);
    if (known === undefined) added.push(checksum);
  }
  const place = join(table, checksumsName);
  // Lines of files that are gone are left until they are the most.
  if (damaged > 0 || !isEnded || files.size + added.length > 2 * recorded.length) await writeChecksums(table, recorded);
  else if (added.length > 0) await appendFile(place, added.map(lineOf).join(''));
  return recorded;
}

/** Puts these in the place of all others, in one step. */
export async function writeChecksums(table: string, checksums: readonly Checksum[]): Promise<void> {
  const part = join(table, `${checksumsName}.part`);
  try {
    await writeFile(part, checksums.map(lineOf).join(''), { flush: true });
    await rename(part, join(table, checksumsName));
  } catch (error) {
    await unlink(part).catch(() => {});
    throw error;
  }
}

/** None where there is no such file: the index is of an earlier version, and was not written to since. */
export async function readChecksums(table: string): Promise<Checksums> {
  const text = await readFile(join(table, checksumsName), 'utf8').catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return '';
    throw error;
  });
  const files = new Map<string, Checksum>();
  let damaged = 0;
  const lines = text.split('\n');
  const last = lines.pop();
  for (const line of lines) {
    const [sha256, bytes, path, check] = line.split(' ');
    const checksum = { sha256, bytes: Number(bytes), path } as Checksum;
    if (path === undefined || check !== checkOf(`${sha256} ${bytes} ${path}`)) damaged++;
    else files.set(path, checksum);
  }
  return { files, damaged, isEnded: last === '' };
}

/** What lies beside them is not finished. */
const endings: Readonly<Record<string, string>> = { _versions: '.manifest', [postingsFolder]: '.postings' };

/** Files that never change, by their paths: documents, deletions, versions, indexes and postings. */
export async function fileNames(table: string): Promise<string[]> {
  const found: string[] = [];
  for (const folder of ['data', '_deletions', '_versions', '_indices', postingsFolder]) {
    const isNested = folder === '_indices';
    const entries = await readdir(join(table, folder), { withFileTypes: true, recursive: isNested }).catch((error: unknown) => {
      if (systemCodeOf(error) === 'ENOENT') return [];
      throw error;
    });
    for (const entry of entries)
      if (entry.isFile() && entry.name.endsWith(endings[folder] ?? ''))
        found.push(join(entry.parentPath.slice(table.length + 1), entry.name));
  }
  return found;
}

async function hashOf(table: string, path: string): Promise<Checksum> {
  const at = join(table, path);
  return { path, bytes: (await stat(at)).size, sha256: await hashFile(at) };
}

/** A check of its own, so that a damaged line is not taken for a damaged file. */
function lineOf({ sha256, bytes, path }: Checksum): string {
  const line = `${sha256} ${bytes} ${path}`;
  return `${line} ${checkOf(line)}\n`;
}

function checkOf(line: string): string {
  return createHash('sha256').update(line).digest('hex').slice(0, 8);
}
