import { readdir } from 'node:fs/promises';
import { datasetCatalog, findDataset } from '../dataset/catalog.ts';
import {
  type DatasetOptions,
  datasetPlaces,
  type PlacedDataset,
  placeInFolder,
  placeOwn,
  type ResolvedDataset,
  statedOf,
} from '../dataset/place.ts';
import { resolveCatalogued } from '../dataset/resolve.ts';
import { checkArguments, checkOptions, text } from '../wording/check-options.ts';
import { listChecks, pullChecks } from './place-checks.ts';

export interface ListedDataset extends Omit<PlacedDataset, 'folder' | 'source' | 'files'> {
  /** Where `resolveDataset` would take it from. */
  readonly source: PlacedDataset['source'] | 'hub';
  /** Absent for what is on the hub. */
  readonly folder?: string;
}

/**
 * Every collection of the catalog, then the others in the user's own folder, whose numbers and licence no one stated.
 *
 * @example
 * import { listDatasets } from 'finetooth/tasks';
 *
 * console.log((await listDatasets()).filter(({ source }) => source === 'bundled').map(({ name }) => name).join(' ')); // films…
 */
export async function listDatasets(
  options: Pick<DatasetOptions, 'folder' | 'cacheFolder' | 'env'> = {},
): Promise<readonly ListedDataset[]> {
  checkOptions('listDatasets', options, { folder: listChecks.folder, cacheFolder: listChecks.cacheFolder, env: listChecks.env });
  const places = datasetPlaces(options);
  const found: ListedDataset[] = [];
  for (const entry of datasetCatalog) {
    const own = entry.bundled === undefined ? await placeInFolder(entry.name, places) : undefined;
    const placed = own ?? (await placeOwn(entry, places));
    found.push(placed === undefined ? { ...statedOf(entry), source: 'hub' } : listed(placed));
  }
  const names = places.folder === undefined ? [] : await readdir(places.folder).catch(() => []);
  for (const name of names.filter((candidate) => findDataset(candidate) === undefined).sort()) {
    const own = await placeInFolder(name, places);
    if (own !== undefined) found.push(listed(own));
  }
  return found;
}

/**
 * Makes sure that a collection of the catalog is bundled or in the cache, whatever else has its name; what was there is hashed in full.
 * Throws E_DATASET_UNKNOWN, E_DATASET_CHANGED, E_INPUT_MISSING, E_DOWNLOAD, E_DISK_FULL, E_STOPPED.
 *
 * @example
 * import { pullDataset } from 'finetooth/tasks';
 *
 * const { folder } = await pullDataset('films');
 * console.log(folder.endsWith('films')); // true
 */
export async function pullDataset(name: string, options: Omit<DatasetOptions, 'folder' | 'full'> = {}): Promise<ResolvedDataset> {
  checkArguments("pullDataset('scifact')", { name: [name, text] });
  const { full: _, ...checks } = pullChecks;
  checkOptions('pullDataset', options, checks);
  return resolveCatalogued(name, { ...options, full: true });
}

const listed = ({ files: _, ...placed }: PlacedDataset): ListedDataset => placed;
