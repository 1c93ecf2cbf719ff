import { FinetoothError } from '../errors.ts';
import { type BiEncoder, fingerprintOf } from '../model/bi-encoder.ts';
import { findEntry } from '../model/catalog/catalog.ts';
import { asBiEncoder, asCrossEncoder } from '../model/catalog/kind.ts';
import type { BiEncoderEntry, ModelEntry, ModelFiles } from '../model/catalog/model-entry.ts';
import type { CrossEncoder } from '../model/cross-encoder.ts';
import { resolveModel } from '../model/files.ts';
import type { PoolOptions } from '../model/run/open-pool.ts';
import { createModelSessions, type ModelSessions } from '../model/run/sessions.ts';
import { eitherSignal } from '../time/either-signal.ts';
import type { EmbeddingForm } from '../types.ts';
import { checkArguments, text } from '../wording/check-options.ts';
import { optional } from '../wording/check-shapes.ts';
import { inForm } from './embedding-form.ts';
import { checkModelOptions, type LocalModelOptions, type ModelFileOptions, type ModelRunOptions } from './model-options.ts';

/**
 * The model of the package: small, English, on this machine from the start.
 *
 * @example
 * import { defaultModel } from 'finetooth/embedders';
 *
 * console.log(defaultModel); // bge-small-en-v1.5
 */
export const defaultModel = 'bge-small-en-v1.5';
/** The cross-encoder of the package: small, English, on this machine from the start. */
export const defaultCrossEncoder = 'ms-marco-minilm-l-12-v2';

/**
 * A local embedding model by name (the bundled one without), its files checked (and fetched, where they must be) before its workers start.
 *
 * @example
 * import { localEmbedder, openModel } from 'finetooth/embedders';
 *
 * const encoder = await openModel('bge-small-en-v1.5', { threads: 1 });
 * const { count } = await localEmbedder(encoder).embed(['Bats hunt by echo.'], 'document');
 * console.log(count); // 1
 * await encoder.close();
 */
export async function openModel(name?: string, options: LocalModelOptions = {}): Promise<BiEncoder> {
  checkArguments("openModel('bge-small-en-v1.5')", { name: [name, optional(text)] });
  checkModelOptions('openModel', options);
  return openModelInForm(name, options);
}

/** The same as an index uses it. `accept` sees the fingerprint before the workers start, and throws where another is needed. */
export async function openModelInForm(
  name?: string,
  options: LocalModelOptions = {},
  { accept, form }: { readonly accept?: (fingerprint: string) => void; readonly form?: EmbeddingForm } = {},
): Promise<BiEncoder> {
  const files = inForm(asBiEncoder(await filesOf(name ?? defaultModel, name === undefined ? asBundled(options) : options)), form);
  accept?.(fingerprintOf(files));
  return sessionsOf(options).biEncoder(files, poolOf(options));
}

/** A local cross-encoder by name: of the catalog, `owner/name` on the hub, or `./folder`. */
export async function openCrossEncoder(name: string, options: LocalModelOptions = {}): Promise<CrossEncoder> {
  return sessionsOf(options).crossEncoder(asCrossEncoder(await filesOf(name, options)), poolOf(options));
}

/** Whether a model makes vectors or scores pairs. Its files are fetched and checked where they are not known yet. Throws E_MODEL_UNKNOWN, E_MODEL_MISSING. */
export async function kindOfModel(name: string, options: LocalModelOptions = {}): Promise<ModelEntry['kind']> {
  return (await filesOf(name, options)).entry.kind;
}

/** Whether a local model was trained for late interaction. Its files are fetched and checked as `kindOfModel` does, but for those of the catalog, of which it is known. */
export async function isLateInteraction(name: string, options: LocalModelOptions = {}): Promise<boolean> {
  const entry = findEntry(name) ?? (await filesOf(name, options)).entry;
  return entry.kind === 'bi-encoder' && entry.lateInteraction !== undefined;
}

/** What is known of an embedding model; of one that is not in the catalog its files are looked at. Nothing is loaded. */
export async function entryOf(name: string, options: LocalModelOptions = {}): Promise<BiEncoderEntry> {
  const listed = findEntry(name);
  return listed?.kind === 'bi-encoder' ? listed : asBiEncoder(await filesOf(name, options)).entry;
}

/** Every name that stands for a model of the catalog; of another, its own. */
export function namesOfModel(name: string): readonly string[] {
  const entry = findEntry(name);
  return entry === undefined ? [name] : [entry.name, entry.repository, ...(entry.madeFrom ?? [])];
}

/** Options for a model that no one named: the form of weights that was asked for is another's. */
export const asBundled = <Options extends ModelFileOptions>(options: Options): Options => ({ ...options, precision: undefined });

/** Each fetching can be stopped by itself, whatever else the caller's signal stops. */
export async function filesOf(
  name: string,
  { cacheFolder, modelsFolder, offline, signal, onDownload, precision, onPrecision, runtime, device }: ModelFileOptions & PoolOptions,
): Promise<ModelFiles> {
  const wanted = { cacheFolder, folder: modelsFolder, offline, precision, onPrecision, runtime, device };
  if (onDownload === undefined) return resolveModel(name, { ...wanted, signal });
  const own = new AbortController();
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const cancel = (): void =>
    own.abort(new FinetoothError('E_STOPPED', `fetching the model "${name}" was cancelled. Ask again, and it goes on where it was.`));
  const fetching = { model: name, cancel, over };
  try {
    return await resolveModel(name, {
      ...wanted,
      signal: eitherSignal(signal, own.signal),
      onProgress: (progress) => onDownload({ ...progress, fetching }),
    });
  } finally {
    end();
  }
}

function sessionsOf({ sessions = createModelSessions() }: ModelRunOptions): ModelSessions {
  return sessions;
}

export function poolOf({ runtime, threads, maxMemory, device }: PoolOptions): PoolOptions {
  return { runtime, threads, maxMemory, device };
}
