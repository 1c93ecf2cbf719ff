import type { HostedOptions } from '../hosted/model.ts';
import { type PrecisionChoice, precisionChoices } from '../model/catalog/precision.ts';
import type { PrecisionChosen } from '../model/choose-precision.ts';
import type { PoolOptions } from '../model/run/open-pool.ts';
import { devices } from '../model/run/runtime.ts';
import type { ModelSessions } from '../model/run/sessions.ts';
import { isEffort } from '../rerank/effort.ts';
import { type RerankerSettings, waysOfLongDocuments } from '../rerank/reranker-plan.ts';
import type { Progress } from '../types.ts';
import {
  callback,
  checkOptions,
  type OptionChecks,
  oneOf,
  part,
  positive,
  record,
  signal,
  text,
  truth,
  type ValueCheck,
  whole,
} from '../wording/check-options.ts';

/**
 * Where the files of a local model come from.
 *
 * @example
 * import { createReranker, type ModelFileOptions } from 'finetooth';
 *
 * const files: ModelFileOptions = { offline: true }; // fetch nothing, whatever is asked for
 * await createReranker('late-interaction', files).close?.();
 */
export interface ModelFileOptions {
  /** Where downloaded models are cached. */
  readonly cacheFolder?: string;
  /** A folder of models of the user's own. */
  readonly modelsFolder?: string;
  /** Never download. @default false */
  readonly offline?: boolean;
  /** Stops the fetching of files. */
  readonly signal?: AbortSignal;
  readonly onDownload?: (progress: FileDownload) => void;
  /**
   * Of a model with files of several forms, which. `auto`: the one that this processor is measured to run best, in under a second at first use, remembered in the cache folder.
   * A name may say it itself (`owner/name:q4`), and keeps it. The bundled models have one form. @default auto
   */
  readonly precision?: PrecisionChoice;
  /** Hears once which form was measured to be the best. */
  readonly onPrecision?: (chosen: PrecisionChosen) => void;
}

/** A file that is on its way: bytes of how many. */
export interface FileDownload extends Progress {
  readonly file: string;
  /** Of a model's file; absent of a collection's. */
  readonly fetching?: ModelFetching;
}

/** All files of a model, one after the other. */
export interface ModelFetching {
  /** The model, by the name that was asked for. */
  readonly model: string;
  /** Stops it: who waits for the model gets E_STOPPED. What has come stays, and the next try goes on from there. */
  readonly cancel: () => void;
  /** Resolves when all files are here, or fetching them has ended otherwise. */
  readonly over: Promise<void>;
}

/**
 * How a local model runs.
 *
 * @example
 * import { createReranker, type ModelRunOptions } from 'finetooth';
 *
 * const small: ModelRunOptions = { threads: 1 };
 * await createReranker('late-interaction', small).close?.();
 */
export interface ModelRunOptions extends PoolOptions {
  /** Models that several indexes and rerankers share, so that each is loaded once. @default a set of its own for each index */
  readonly sessions?: ModelSessions;
}

/** What opening a local model takes: its files, and how it runs. */
export interface LocalModelOptions extends ModelFileOptions, ModelRunOptions {}

/** What opening any model takes: a local one, or one behind an API. */
export interface ModelOptions extends LocalModelOptions {
  /** Keys, addresses, limits and money of hosted models. */
  readonly hosted?: HostedOptions;
  /** A folder where the vectors of hosted embedders are cached, see `cachedEmbedder`. @default none */
  readonly vectorCache?: string;
}

/** A path that the system can be asked for. */
export const isPath: ValueCheck = (value) =>
  text(value) === undefined && !(value as string).includes('\0') ? undefined : 'the path of a folder';
export const modelChecks: OptionChecks<ModelOptions> = {
  runtime: oneOf(['auto', 'native', 'wasm']),
  threads: whole(1, 64),
  device: oneOf(devices),
  maxMemory: positive,
  cacheFolder: isPath,
  modelsFolder: isPath,
  offline: truth,
  hosted: record,
  vectorCache: isPath,
  sessions: part('what createModelSessions gives', ['biEncoder', 'crossEncoder', 'sparseEncoder']),
  signal,
  onDownload: callback,
  precision: oneOf(precisionChoices),
  onPrecision: callback,
};

/** How a model is told to rank. */
export type RankingOptions = Pick<RerankerSettings, 'longDocuments'>;
export const rankingChecks: OptionChecks<RankingOptions> = { longDocuments: oneOf(waysOfLongDocuments) };

/** Throws E_USAGE for anything else than what opening a model takes. `prefix` stands before the names of options that lie in another. */
export function checkModelOptions(who: string, options: unknown, prefix = ''): void {
  checkOptions<ModelOptions>(who, options, modelChecks, prefix);
}

/** How `local` is told to rank. */
export type LocalRankingOptions = RankingOptions & Pick<RerankerSettings, 'effort'>;

/** The same for `local`. */
export function checkLocalOptions(who: string, options: unknown): void {
  checkOptions<ModelOptions & LocalRankingOptions>(who, options, { ...modelChecks, ...rankingChecks, effort: isEffort });
}

/** The same for a model that ranks. */
export function checkRankingOptions(who: string, options: unknown): void {
  checkOptions<ModelOptions & RankingOptions>(who, options, { ...modelChecks, ...rankingChecks });
}
