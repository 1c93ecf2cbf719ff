import { localEmbedder } from '../embed/local.ts';
import type { HostedOptions } from '../hosted/model.ts';
import { type BiEncoder, fingerprintOf } from '../model/bi-encoder.ts';
import { asBiEncoder, asCrossEncoder } from '../model/catalog/kind.ts';
import type { ModelEntry, ModelFiles } from '../model/catalog/model-entry.ts';
import { resolveModel } from '../model/files.ts';
import type { PoolOptions } from '../model/run/open-pool.ts';
import { createModelSessions, type ModelSessions } from '../model/run/sessions.ts';
import { crossEncoder } from '../rerank/parts/cross-encoder.ts';
import { lateInteraction } from '../rerank/parts/late-interaction.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { cascade } from '../rerank/wrappers/cascade.ts';
import { inParts } from '../rerank/wrappers/in-parts.ts';
import { lanceStore } from '../store/lancedb.ts';
import { memoryStore } from '../store/memory.ts';
import type { Progress } from '../types.ts';

/** The model of the package: small, English, on this machine from the start. */
export const defaultModel = 'bge-small-en-v1.5';
/** The cross-encoder of the package: small, English, on this machine from the start. */
export const defaultCrossEncoder = 'ms-marco-minilm-l-12-v2';

export interface ModelOptions extends PoolOptions {
  /**
   * What a reranker does with a text that its window does not hold: read as much as fits and say how much it left out, or read it in parts
   * and let the best one count. @default truncate for local models, chunk for hosted ones
   */
  readonly longDocuments?: 'truncate' | 'chunk';
  /** Where downloaded models are kept. */
  readonly cacheFolder?: string;
  /** A folder of models of the user's own. */
  readonly modelsFolder?: string;
  /** Never download. @default false */
  readonly offline?: boolean;
  /** Keys, addresses, limits and money of hosted models. */
  readonly hosted?: HostedOptions;
  /** A folder where the vectors of hosted embedders are kept, see `cachedEmbedder`. @default none */
  readonly vectorCache?: string;
  /** Models that several indexes and rerankers share, so that each is loaded once. @default a set of its own for each index */
  readonly sessions?: ModelSessions;
  readonly signal?: AbortSignal;
  readonly onDownload?: (progress: Progress & { readonly file: string }) => void;
}

/** Files and the rest: where a model's files come from, and how it runs. */
const filesFor = async (
  name: string,
  options: ModelOptions,
): Promise<{ readonly files: ModelFiles; readonly pool: PoolOptions; readonly sessions: ModelSessions }> => {
  const {
    cacheFolder,
    modelsFolder,
    offline,
    signal,
    onDownload,
    longDocuments: _,
    hosted: __,
    vectorCache: ___,
    sessions = createModelSessions(),
    ...pool
  } = options;
  const files = await resolveModel(name, {
    cacheFolder,
    folder: modelsFolder,
    offline,
    signal,
    onProgress: onDownload,
  });
  return { files, pool, sessions };
};

/** A local embedding model by name, its files checked (and fetched, where they must be) before its workers start. */
export const openModel = async (
  name: string = defaultModel,
  options: ModelOptions = {},
  accept?: (fingerprint: string) => void,
): Promise<BiEncoder> => {
  const { files, pool, sessions } = await filesFor(name, options);
  const checked = asBiEncoder(files);
  accept?.(fingerprintOf(checked));
  return sessions.biEncoder(checked, pool);
};

/** Whether a model makes vectors or scores pairs. Its files are fetched and checked where they are not known yet. Throws E_MODEL_UNKNOWN, E_MODEL_MISSING. */
export const kindOfModel = async (name: string, options: ModelOptions = {}): Promise<ModelEntry['kind']> =>
  (await filesFor(name, options)).files.entry.kind;

/** A local cross-encoder by name: of the catalog, `owner/name` on the hub, or `./folder`. */
export const openCrossEncoderReranker = async (name: string = defaultCrossEncoder, options: ModelOptions = {}): Promise<Reranker> => {
  const { files, pool, sessions } = await filesFor(name, options);
  const model = sessions.crossEncoder(asCrossEncoder(files), pool);
  const reranker = crossEncoder(model);
  return options.longDocuments === 'chunk' ? inParts(reranker, model.split) : reranker;
};

/** Late interaction with the encoder that an index has. */
export const openLateInteraction = (encoder: BiEncoder, { longDocuments }: ModelOptions = {}): Reranker => {
  const reranker = lateInteraction(encoder);
  return longDocuments === 'chunk' ? inParts(reranker, (_, texts, call) => encoder.split(texts, call)) : reranker;
};

export { cascade, createModelSessions, crossEncoder, lanceStore, lateInteraction, localEmbedder, memoryStore };

/**
 * Names that a pipeline may give a reranker beside those of cross-encoders and `vendor:model`; `default` is what `search` uses, `local` the same
 * where others may be hosted, and `first-stage` keeps the order of the first stage, as a last resort.
 */
export const rerankerNames = ['default', 'local', 'late-interaction', 'first-stage'] as const;
