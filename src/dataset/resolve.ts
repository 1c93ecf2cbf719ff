import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FinetoothError } from '../errors.ts';
import { bookOfForeignFolder, checkFile } from '../fetch/checksums.ts';
import { bookOf, fetchNeeded, makeFolder, withHub } from '../fetch/fetch-file.ts';
import { isOffline } from '../fetch/hub.ts';
import type { Places } from '../model/files.ts';
import { type DatasetEntry, findDataset, nearestDataset } from './catalog.ts';
import {
  cachedFolder,
  type DatasetOptions,
  datasetPlaces,
  filesOf,
  type PlacedDataset,
  placeInFolder,
  placeOwn,
  placePath,
  type ResolvedDataset,
} from './place.ts';

/**
 * The files of a test collection. In this order: a path that exists; a bundled collection; the user's own folder; the cache; the hub.
 * Files of the user's are taken as they are, all others are checked.
 * Throws E_DATASET_UNKNOWN, E_DATASET_CHANGED, E_INPUT_MISSING, E_DOWNLOAD, E_DISK_FULL, E_STOPPED.
 */
export async function resolveDataset(nameOrPath: string, options: DatasetOptions = {}): Promise<ResolvedDataset> {
  const places = datasetPlaces(options);
  const given = await placePath(nameOrPath, places);
  if (given !== undefined) return given;
  const entry = findDataset(nameOrPath);
  const own = entry?.bundled === undefined ? await placeInFolder(nameOrPath, places) : undefined;
  if (own !== undefined) return own;
  if (entry === undefined) throw await unknown(nameOrPath, places);
  return ownDataset(entry, places, options);
}

/** A collection of the catalog, whatever else has its name: bundled, cached or fetched, and checked. */
export async function resolveCatalogued(name: string, options: Omit<DatasetOptions, 'folder'> = {}): Promise<ResolvedDataset> {
  const places = datasetPlaces(options);
  const entry = findDataset(name);
  if (entry === undefined) throw await unknown(name, places);
  return ownDataset(entry, places, options);
}

async function unknown(name: string, { folder }: Places): Promise<FinetoothError> {
  const own = folder === undefined ? [] : await readdir(folder).catch(() => []);
  const near = nearestDataset(name, own);
  const advice = near === undefined ? 'See the names with "finetooth datasets list".' : `Did you mean "${near}"?`;
  return new FinetoothError(
    'E_DATASET_UNKNOWN',
    `there is no test collection "${name}". ${advice} A collection may also be a path: "./folder" that holds corpus.jsonl, queries.jsonl and qrels/test.tsv.`,
  );
}

/** Bundled, cached or fetched, and checked. */
async function ownDataset(entry: DatasetEntry, places: Places, options: DatasetOptions): Promise<ResolvedDataset> {
  const here = await placeOwn(entry, places, { refetch: !(options.offline ?? isOffline(places.env)) });
  if (here === undefined) await fetchOwn(entry, places, options);
  const placed = here ?? (await placeOwn(entry, places));
  if (placed === undefined)
    throw new FinetoothError(
      'E_BUG',
      `the files of "${entry.name}" were fetched but are not where they belong. This is a mistake of finetooth.`,
    );
  // What has just come was hashed on its way.
  await checkOwn(entry, placed, places, here === undefined ? { ...options, full: false } : options);
  return here ?? { ...placed, source: 'hub' };
}

async function fetchOwn(entry: DatasetEntry, places: Places, options: DatasetOptions): Promise<void> {
  const folder = cachedFolder(entry, places);
  const missing = `the test collection "${entry.name}" is not on this machine`;
  if (entry.bundled !== undefined)
    throw new FinetoothError('E_INPUT_MISSING', `${missing}, although it comes with this package. Install finetooth again.`);
  if (options.offline ?? isOffline(places.env)) {
    const why = options.offline === true ? 'the network is not to be used' : 'HF_HUB_OFFLINE is set, so nothing is downloaded';
    throw new FinetoothError('E_INPUT_MISSING', `${missing}, and ${why}. ${copyByHand(entry, folder)}`);
  }
  const { signal = new AbortController().signal, onProgress, stallMs, retryPauseMs } = options;
  const fetching = { env: places.env, signal, onProgress, stallMs, retryPauseMs };
  const advice = `If the change is meant, delete ${folder} and run "finetooth datasets pull ${entry.name}" again; if not, the source or the way to it cannot be trusted.`;
  try {
    await withHub(fetching, async (hub) => {
      for (const { path, from, sha256 } of filesOf(entry)) {
        if (from === undefined) continue;
        const to = join(folder, path);
        await makeFolder(dirname(to));
        await fetchNeeded(hub, from, to, { ...fetching, sha256, advice });
      }
    });
  } catch (error) {
    if (!(error instanceof FinetoothError) || error.code !== 'E_DOWNLOAD') throw error;
    throw new FinetoothError(
      'E_DOWNLOAD',
      `the test collection "${entry.name}" could not be fetched. The hub: ${error.message}. ${copyByHand(entry, folder)}`,
      { cause: error },
    );
  }
}

/** Holds every file to its checksum: the catalog's, or else the one of its first use. Throws E_DATASET_CHANGED. */
async function checkOwn(entry: DatasetEntry, { folder, source }: PlacedDataset, places: Places, options: DatasetOptions): Promise<void> {
  const bundled = source === 'bundled';
  for (const file of filesOf(entry)) {
    const path = join(folder, file.path);
    const { full, signal } = options;
    const sha256 = await checkFile({
      kind: 'dataset',
      path,
      book: bundled ? bookOfForeignFolder(places.cache, dirname(path)) : bookOf(dirname(path)),
      expected: file.sha256,
      holdToRecord: !bundled,
      advice: bundled ? 'Install finetooth again.' : `Delete ${folder} and run "finetooth datasets pull ${entry.name}".`,
      ...(full && { full }),
      ...(signal && { signal }),
    });
    if (sha256 === undefined)
      throw new FinetoothError('E_INPUT_MISSING', `${path} vanished while it was read. Run the same command again.`);
  }
}

function copyByHand(entry: DatasetEntry, folder: string): string {
  const copies = filesOf(entry).flatMap(({ path, from }) =>
    from === undefined ? [] : [`${from.path} of ${from.repository} (revision ${from.revision}) to ${join(folder, path)}`],
  );
  return `To copy the files by hand, take them from these data sets of the hub: ${copies.join(', ')}.`;
}
