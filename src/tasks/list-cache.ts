import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { bytesIn } from '../cache/bytes-in.ts';
import { indexIn, readRecord, recordIn } from '../cache/searched-record.ts';
import { absolutePath, cacheFolder, searchedFolder } from '../fetch/cache-folder.ts';
import type { CallOptions } from '../types.ts';
import { checkOptions, type OptionChecks, path, signal, text } from '../wording/check-options.ts';

export interface CacheOptions extends CallOptions {
  /** The cache folder. @default FINETOOTH_CACHE, else that of the system */
  readonly cacheFolder?: string;
  /** Indexes of this file or folder alone. @default of all */
  readonly source?: string;
}

/** An index of a file or a folder that was searched as it is. */
export interface CachedIndex {
  /** The real path of what it was made of. */
  readonly source: string;
  /** Where it is. */
  readonly folder: string;
  /** How the source was read, where that was said: options of `indexOf`. */
  readonly reading: Readonly<Record<string, unknown>>;
  /** Absent where making it was stopped: the next search goes on. */
  readonly documents?: number;
  readonly bytes: number;
  /** When it was last searched, in ISO 8601. */
  readonly usedAt: string;
  /** Whether the source is there: an index whose source is gone serves no one. */
  readonly state: 'ok' | 'unfinished' | 'source missing';
}

/** Whether `clearCache` deletes it: by itself, with `all`, or never. */
export type Clearing = 'always' | 'all' | 'never';

/** What else is in the cache folder. */
export interface CachePart {
  readonly folder: string;
  readonly about: string;
  readonly bytes: number;
  readonly cleared: Clearing;
}

export interface CacheReport {
  readonly folder: string;
  /** The one that was used last first. */
  readonly indexes: readonly CachedIndex[];
  readonly parts: readonly CachePart[];
  /** Of the whole folder. */
  readonly bytes: number;
}

export const cacheChecks: OptionChecks<CacheOptions> = { cacheFolder: path, source: text, signal };

/** Folders of the cache by name. What is not named here was not put there by this version, and is never deleted. */
const parts: Readonly<Record<string, Pick<CachePart, 'about' | 'cleared'>>> = {
  compiled: { about: 'what Node compiled of the commands; made again by the next one', cleared: 'always' },
  stamps: { about: 'checksums of model files that were seen; made again', cleared: 'always' },
  models: { about: 'downloaded models; fetched again when they are named', cleared: 'all' },
  datasets: { about: 'downloaded test collections; fetched again when they are named', cleared: 'all' },
  eval: { about: 'answers and indexes of evaluations; asked for again, at hosted models for money', cleared: 'all' },
  indexes: { about: 'indexes that were made on the page, and what was judged in them; delete them there', cleared: 'never' },
  samples: { about: 'the index of the bundled films, and what was judged in it', cleared: 'never' },
};

/**
 * What is kept on this machine: indexes of files and folders that were searched as they are, downloaded models and test collections, and what is made again by itself. A
 * cache folder that is not there holds nothing.
 *
 * @example
 * import { listCache } from 'finetooth/tasks';
 *
 * const { folder, indexes } = await listCache();
 * console.log(folder, indexes.map(({ source, bytes }) => `${source}: ${bytes}`));
 */
export async function listCache(options: CacheOptions = {}): Promise<CacheReport> {
  checkOptions('listCache', options, cacheChecks);
  const folder = placeOf(options);
  const indexes = await searchedIn(folder, options);
  const others = (await namesIn(folder)).filter((name) => join(folder, name) !== searchedFolder(folder));
  const found = await Promise.all(
    others.map(async (name): Promise<CachePart> => {
      const { about, cleared } = parts[name] ?? { about: 'not of this version', cleared: 'never' };
      return { folder: join(folder, name), about, cleared, bytes: await bytesIn(join(folder, name)) };
    }),
  );
  const order = [...Object.keys(parts), ...others];
  const placeIn = (part: CachePart): number => order.indexOf(basename(part.folder));
  return {
    folder,
    indexes,
    parts: found.toSorted((a, b) => placeIn(a) - placeIn(b)),
    bytes: [...indexes, ...found].reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

export const placeOf = ({ cacheFolder: own }: Pick<CacheOptions, 'cacheFolder'>): string =>
  own === undefined ? cacheFolder(process.env) : absolutePath(own, process.env);

async function searchedIn(cache: string, { source }: CacheOptions): Promise<readonly CachedIndex[]> {
  const kept = (await namesIn(searchedFolder(cache))).map((name) => join(searchedFolder(cache), name));
  // Of a source that is gone the path is as it was written down.
  const wanted = source === undefined ? undefined : [await realpath(source).catch(() => resolve(source)), resolve(source)];
  const all = await Promise.all(kept.map(describe));
  return all
    .filter((one) => wanted === undefined || wanted.includes(one.source) || wanted.includes(one.folder))
    .toSorted((a, b) => (a.usedAt === b.usedAt ? (a.folder < b.folder ? -1 : 1) : a.usedAt < b.usedAt ? 1 : -1));
}

async function describe(kept: string): Promise<CachedIndex> {
  const [record, time, bytes] = await Promise.all([
    readRecord(kept),
    stat(recordIn(kept)).catch(() => stat(kept).catch(() => undefined)),
    bytesIn(kept),
  ]);
  const { source, reading, documents } = record ?? { source: '', reading: {} };
  const isThere = (await stat(source === '' ? kept : source).catch(() => undefined)) !== undefined;
  const state = !isThere ? 'source missing' : documents === undefined ? 'unfinished' : 'ok';
  return { source, folder: indexIn(kept, source), reading, documents, bytes, usedAt: (time?.mtime ?? new Date(0)).toISOString(), state };
}

const namesIn = async (folder: string): Promise<readonly string[]> => (await readdir(folder).catch(() => [])).toSorted();
