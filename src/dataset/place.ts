import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { absolutePath, datasetsFolder } from '../fetch/cache-folder.ts';
import { isFile, isSpoiled } from '../fetch/fetch-file.ts';
import { bundledFolder } from '../model/bundled.ts';
import { folderNamed, type Places, placesOf, type ResolveOptions } from '../model/files.ts';
import { kindOfPath } from '../read/path.ts';
import { type DatasetEntry, type DatasetFile, findDataset } from './catalog.ts';

export interface DatasetOptions extends Omit<ResolveOptions, 'folder'> {
  /** The user's own folder of test collections, `<folder>/<name>/corpus.jsonl` and so on. @default FINETOOTH_DATASETS */
  readonly folder?: string | undefined;
}

/** A test collection on this machine. */
export interface ResolvedDataset {
  /** Of the catalog, or the last part of the path. */
  readonly name: string;
  /** The folder that holds the files; for a path to a file, that file. */
  readonly folder: string;
  /** What gave the files. */
  readonly source: 'path' | 'bundled' | 'folder' | 'cache' | 'hub';
  /** Of a name in the catalog only; see `DatasetEntry`. */
  readonly licence?: string;
  readonly originalLicence?: string;
  readonly documents?: number;
  readonly queries?: number;
  readonly judgments?: number;
  /** Paths. A collection of the catalog has all three; a folder of the user's those that are there. */
  readonly files: { readonly corpus?: string; readonly queries?: string; readonly qrels?: string };
}

/** One that was found without asking anyone. */
export interface PlacedDataset extends ResolvedDataset {
  readonly source: 'bundled' | 'folder' | 'cache';
}

/** The names under which a folder of the user's may hold its files, as `finetooth eval` reads them. */
const namesOf = { corpus: ['corpus.jsonl'], queries: ['queries.jsonl'], qrels: ['qrels.tsv', 'qrels/test.tsv'] } as const;

/** What the catalog says of a collection, wherever its files are. */
export const statedOf = ({ name, licence, originalLicence, documents, queries, judgments }: DatasetEntry) => ({
  name,
  licence,
  ...(originalLicence !== undefined && { originalLicence }),
  documents,
  queries,
  judgments,
});

/** The small files first: a wrong name or a missing right shows before the large one, and with the documents a folder is whole. */
export const filesOf = ({ files }: DatasetEntry): readonly DatasetFile[] => [files.qrels, files.queries, files.corpus];

export const cachedFolder = (entry: DatasetEntry, { cache }: Places): string => join(datasetsFolder(cache), entry.name);

export const datasetPlaces = (options: Pick<DatasetOptions, 'folder' | 'cacheFolder' | 'env'>): Places =>
  placesOf(options, 'FINETOOTH_DATASETS');

/** A collection of the user's own folder, of the catalog or not. */
export async function placeInFolder(name: string, { folder }: Places): Promise<PlacedDataset | undefined> {
  const own = folder === undefined || /^\.|[/\\]/.test(name) ? undefined : await folderNamed(folder, name.toLowerCase());
  if (own === undefined) return undefined;
  const files = await filesIn(own);
  if (files.queries === undefined) return undefined;
  const entry = findDataset(name);
  return { ...(entry === undefined ? { name: basename(own) } : statedOf(entry)), folder: own, source: 'folder', files };
}

/**
 * A collection whose files are ours: bundled or cached, and whole. Nothing is hashed. `refetch`: what an earlier version kept of a portal's pages
 * counts as not there, so that it is fetched again.
 */
export async function placeOwn(
  entry: DatasetEntry,
  places: Places,
  { refetch = false }: { readonly refetch?: boolean } = {},
): Promise<PlacedDataset | undefined> {
  const own = entry.bundled === undefined ? undefined : bundledFolder('finetooth');
  if (entry.bundled !== undefined && own === undefined) return undefined;
  const folder = own === undefined ? cachedFolder(entry, places) : join(own, entry.bundled as string);
  const files = pathsIn(entry, folder);
  for (const path of Object.values(files))
    if (!(await isFile(path)) || (refetch && own === undefined && (await isSpoiled(path, path)))) return undefined;
  return { ...statedOf(entry), folder, source: own === undefined ? 'cache' : 'bundled', files };
}

/** A path of the user's. A folder that only has a collection's name and none of its files is not meant. */
export async function placePath(name: string, places: Places): Promise<ResolvedDataset | undefined> {
  const path = absolutePath(name, places.env);
  if (looksLikePath(name)) await kindOfPath(path, name);
  const one = name !== '' && (await isFile(path));
  if (!one && (name === '' || !(await isFolder(path)))) return undefined;
  const files = one ? {} : await filesIn(path);
  if (!one && Object.keys(files).length === 0 && !looksLikePath(name)) return undefined;
  return { name: basename(path), folder: path, source: 'path', files };
}

async function filesIn(folder: string): Promise<ResolvedDataset['files']> {
  const files: Record<string, string> = {};
  for (const [part, names] of Object.entries(namesOf)) {
    for (const path of names.flatMap((name) => [join(folder, name), join(folder, `${name}.gz`)])) {
      if (!(await isFile(path))) continue;
      files[part] = path;
      break;
    }
  }
  return files;
}

const pathsIn = (entry: DatasetEntry, folder: string): Required<ResolvedDataset['files']> => ({
  corpus: join(folder, entry.files.corpus.path),
  queries: join(folder, entry.files.queries.path),
  qrels: join(folder, entry.files.qrels.path),
});

const looksLikePath = (name: string): boolean => /[/\\]|^[.~]|\.(jsonl?|ndjson)(\.gz)?$/i.test(name);

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
