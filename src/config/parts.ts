import { localEmbedder } from '../embed/local.ts';
import { type BiEncoder, type BiEncoderOptions, fingerprintOf, openBiEncoder } from '../model/bi-encoder.ts';
import { resolveModel } from '../model/files.ts';
import { lateInteraction } from '../rerank/late-interaction.ts';
import { lanceStore } from '../store/lancedb.ts';
import { memoryStore } from '../store/memory.ts';
import type { Progress } from '../types.ts';

/** The model of the package: small, English, on this machine from the start. */
export const defaultModel = 'bge-small-en-v1.5';

export interface ModelOptions extends BiEncoderOptions {
  /** Where downloaded models are kept. */
  readonly cacheFolder?: string;
  /** A folder of models of the user's own. */
  readonly modelsFolder?: string;
  /** Never download. @default false */
  readonly offline?: boolean;
  readonly signal?: AbortSignal;
  readonly onDownload?: (progress: Progress & { readonly file: string }) => void;
}

/** A local model by name, its files checked (and fetched, where they must be) before its workers start. */
export const openModel = async (
  name: string = defaultModel,
  options: ModelOptions = {},
  accept?: (fingerprint: string) => void,
): Promise<BiEncoder> => {
  const { cacheFolder, modelsFolder, offline, signal, onDownload, ...biEncoder } = options;
  const files = await resolveModel(name, {
    ...(cacheFolder === undefined ? {} : { cacheFolder }),
    ...(modelsFolder === undefined ? {} : { folder: modelsFolder }),
    ...(offline === undefined ? {} : { offline }),
    ...(signal === undefined ? {} : { signal }),
    ...(onDownload === undefined ? {} : { onProgress: onDownload }),
  });
  accept?.(fingerprintOf(files));
  return openBiEncoder(files, biEncoder);
};

export { lanceStore, lateInteraction, localEmbedder, memoryStore };

/** Names that a pipeline may give a reranker; `default` is what `search` uses. */
export const rerankerNames = ['default', 'late-interaction'] as const;
