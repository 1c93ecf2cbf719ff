import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostedChecks } from '../assemble/check-hosted.ts';
import { hosted, hostedEmbedder } from '../assemble/hosted.ts';
import { FinetoothError, messageOf } from '../errors.ts';
import { cacheFolder as folderOf } from '../fetch/cache-folder.ts';
import { keyOf, type Variables } from '../hosted/connection.ts';
import type { HostedOptions } from '../hosted/model.ts';
import { priceOf } from '../hosted/money/cost.ts';
import type { Vendor } from '../hosted/vendor.ts';
import { knownModel, type Limits, type Price, type Task } from '../hosted/vendor-model.ts';
import { vendorNamed, vendors } from '../hosted/vendors/index.ts';
import type { Usage } from '../types.ts';
import { checkOptions, type OptionChecks, path, signal, texts, truth } from '../wording/check-options.ts';

export interface ListedModel {
  /** `vendor:model`. */
  readonly name: string;
  readonly task: Task;
  /** Numbers in a vector; absent where they are not known, and of a reranker. */
  readonly dimensions?: number;
  readonly limits: Limits;
  /** Absent where none is known. */
  readonly price?: Price;
  /** What the vendor runs under this name since when, where that is another model. */
  readonly servedBy?: { readonly name: string; readonly since: string };
}

/** How a tiny call went. */
export interface ProviderCheck {
  readonly model: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly ok: boolean;
  /** Milliseconds. */
  readonly took: number;
  /** Why not. */
  readonly error?: string;
  readonly usage?: Usage;
}

export interface ListedProvider {
  readonly name: string;
  readonly title: string;
  /** `none needed`, or the variable that the key is in; `missing` where there is none. */
  readonly key: string;
  /** The variable in which the key is looked for first. */
  readonly keyVariable: string;
  readonly baseVariable: string;
  readonly baseURL?: string;
  /** The npm package that is needed. */
  readonly package?: string;
  readonly languageModels: boolean;
  readonly models: readonly ListedModel[];
  /** The last one that anybody made here. */
  readonly lastCheck?: ProviderCheck;
}

export interface ProvidersOptions extends HostedOptions {
  /** Vendors, or `vendor:model`. @default all vendors */
  readonly names?: readonly string[];
  /** Where the outcomes of checks are cached. @default the one of downloaded models, as `variables` say */
  readonly cacheFolder?: string;
  /** Make one tiny call to each. Without names: to each that has a key. @default false */
  readonly check?: boolean;
  readonly signal?: AbortSignal;
}

const providersChecks: OptionChecks<ProvidersOptions> = { ...hostedChecks, names: texts, cacheFolder: path, check: truth, signal };

/**
 * Vendors with their keys (never the keys themselves), models, limits and prices, and how the last call to each went. Throws E_MODEL_UNKNOWN.
 *
 * @example
 * import { listProviders } from 'finetooth/tasks';
 *
 * const [cohere] = await listProviders({ names: ['cohere'] });
 * console.log(cohere.title, cohere.keyVariable); // Cohere COHERE_API_KEY
 */
export async function listProviders(options: ProvidersOptions = {}): Promise<readonly ListedProvider[]> {
  checkOptions('listProviders', options, providersChecks);
  const { names = [], variables = process.env, cacheFolder = folderOf(variables as NodeJS.ProcessEnv) } = options;
  const asked = names.map((name) => {
    const at = name.indexOf(':');
    return { vendor: vendorNamed(at < 0 ? name : name.slice(0, at)), model: at < 0 ? undefined : name.slice(at + 1) };
  });
  const wanted = asked.length > 0 ? asked : vendors.map((vendor) => ({ vendor, model: undefined }));
  const checks = await knownChecks(cacheFolder);
  if (options.check) {
    for (const { vendor, model } of wanted) {
      // No one means the servers that are not running, or the vendors that are not used.
      if (asked.length === 0 && (vendor.keyless === true || keyState(vendor, variables) === 'missing')) continue;
      checks[vendor.name] = await checkModel(vendor, model, options);
    }
    await keep(cacheFolder, checks);
  }
  return wanted.map(({ vendor }) => {
    const baseURL = variables[vendor.baseVariable] ?? vendor.baseURL;
    const lastCheck = checks[vendor.name];
    return {
      name: vendor.name,
      title: vendor.title,
      key: keyState(vendor, variables),
      keyVariable: vendor.keyVariables[0] ?? '',
      baseVariable: vendor.baseVariable,
      baseURL,
      package: vendor.package,
      languageModels: vendor.languageModel !== undefined,
      models: modelsOf(vendor, options),
      lastCheck,
    };
  });
}

/** Outcomes of checks by vendor; none where the file is not there or is none of ours. */
async function knownChecks(folder: string): Promise<Record<string, ProviderCheck>> {
  try {
    const value = JSON.parse(await readFile(fileIn(folder), 'utf8')) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, ProviderCheck>) : {};
  } catch {
    return {};
  }
}

function keyState(vendor: Vendor, variables: Variables): string {
  try {
    return keyOf(vendor, variables)?.from ?? (vendor.keyless ? 'none needed' : 'missing');
  } catch (error) {
    return messageOf(error);
  }
}

/** One tiny call: two words to be ranked, or to be embedded. */
async function checkModel(vendor: Vendor, given: string | undefined, options: ProvidersOptions): Promise<ProviderCheck> {
  const model = given ?? vendor.models[0]?.name;
  const started = performance.now();
  const outcome = { model: `${vendor.name}:${model ?? ''}`, at: new Date().toISOString() };
  const took = (): number => Math.round(performance.now() - started);
  try {
    if (model === undefined)
      throw new FinetoothError('E_USAGE', `${vendor.title} serves what its owner chose: name a model, ${vendor.name}:MODEL.`);
    const name = `${vendor.name}:${model}`;
    const { names: _, cacheFolder: __, check: ___, signal, ...own } = options;
    const [call, few] = [{ signal }, { ...own, retries: own.retries ?? 0, deadlineMs: own.deadlineMs ?? 20_000 }];
    const ranks = vendor.rerank !== undefined && knownModel(vendor, 'embed', model).row === undefined;
    const { usage } = ranks
      ? await hosted(name, few).score('bats', [{ text: 'bats' }, { text: 'cats' }], call)
      : await (await hostedEmbedder(name, few)).embed(['bats'], 'query', call);
    return { ...outcome, ok: true, took: took(), usage };
  } catch (error) {
    if (error instanceof FinetoothError && error.code === 'E_STOPPED') throw error;
    const code = error instanceof FinetoothError ? `${error.code}: ` : '';
    return { ...outcome, ok: false, took: took(), error: `${code}${messageOf(error)}` };
  }
}

async function keep(folder: string, checks: Readonly<Record<string, ProviderCheck>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  const beside = `${fileIn(folder)}.${process.pid}`;
  await writeFile(beside, `${JSON.stringify(checks, null, 2)}\n`);
  await rename(beside, fileIn(folder));
}

const modelsOf = (vendor: Vendor, { prices = {} }: HostedOptions): readonly ListedModel[] =>
  vendor.models
    .filter(({ nameOnly }) => nameOnly !== true)
    .map(({ name: model, task }) => {
      const name = `${vendor.name}:${model}`;
      const { limits, dimensions, price, servedBy } = knownModel(vendor, task, model);
      return { name, task, dimensions, limits, price: priceOf(name, prices) ?? price, servedBy };
    });

const fileIn = (folder: string): string => join(folder, 'provider-checks.json');
