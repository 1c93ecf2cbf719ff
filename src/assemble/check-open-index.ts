import type { Embedder } from '../embed/embedder.ts';
import type { SparseEmbedder } from '../embed/sparse.ts';
import { type EmbeddingModel, isEmbeddingModel } from '../hosted/ai-sdk.ts';
import { isEffort } from '../rerank/effort.ts';
import { type RerankerPlan, type RerankerSettings, rerankerParts, someRerankerParts } from '../rerank/reranker-plan.ts';
import type { CreateOptions } from '../search/create-options.ts';
import { checkLanguages } from '../search/languages.ts';
import { indexPlan } from '../search/plan.ts';
import { checkOf } from '../search/plan-checks.ts';
import { type Durability, durabilities } from '../store/lancedb/durability.ts';
import {
  checkOptions,
  checkValue,
  either,
  type OptionChecks,
  oneOf,
  part,
  record,
  text,
  texts,
  truth,
  type ValueCheck,
} from '../wording/check-options.ts';
import { checkHostedModels } from './check-hosted.ts';
import { checkModelOptions, isPath, type ModelOptions, rankingChecks } from './model-options.ts';

/** `reranker` is `default` where the embedder is a model by name, and otherwise none. */
export interface OpenIndexOptions extends RerankerPlan {
  /** Make the index when there is none. @default false, so that a misspelt folder is an error */
  readonly create?: boolean | CreateOptions;
  /**
   * A model by name (`vendor:model` for a hosted one), an embedder of your own, an embedding model of the AI SDK, or null for none: to read and
   * prune, to add documents that bring their vectors, to search by words or by `vector`. @default the index's own model, else bge-small-en-v1.5
   */
  readonly embedder?: string | Embedder | EmbeddingModel | null;
  /** A sparse embedder of your own, or a local sparse model by name: what weighs the tokens of an index that keeps weights. @default the index's own model, or `create.sparseModel` */
  readonly sparse?: string | SparseEmbedder;
  readonly models?: ModelOptions;
  /** What an acknowledged write outlives: `power` also the loss of power, `process` a kill, some milliseconds sooner. @default power */
  readonly durability?: Durability;
}

const CALL = "openIndex('./movies', { create: true })";

const isNull: ValueCheck = (value) => (value === null ? undefined : 'null');
const isEmbedder: ValueCheck = part('an embedder', ['embed'], ['fingerprint']);

const isModel =
  (fits: (value: unknown) => boolean): ValueCheck =>
  (value) =>
    fits(value) ? undefined : 'a model of the AI SDK';

/** Whether a caller's value is an embedder, or a name of one. */
export const isEmbedderPart: ValueCheck = either(
  'the name of a model, an embedder, or an embedding model of the AI SDK',
  text,
  isEmbedder,
  isModel(isEmbeddingModel),
);

const isStore: ValueCheck = (value) =>
  part('a store', ['open', 'upsert', 'delete', 'get', 'search', 'count', 'stats', 'optimize', 'close'])(value) ??
  record((value as { readonly capabilities?: unknown }).capabilities);

export const createChecks: OptionChecks<CreateOptions> = {
  fields: either('a list of fields, such as ["title", "text"]', (value) =>
    Array.isArray(value) && value.length === 0 ? 'none' : texts(value),
  ),
  idField: checkOf(indexPlan.idField),
  tokens: either('{ bits, pool } or null', record, isNull),
  types: checkOf(indexPlan.types),
  dimensions: checkOf(indexPlan.dimensions),
  queryPrompt: checkOf(indexPlan.queryPrompt),
  documentPrompt: checkOf(indexPlan.documentPrompt),
  passages: checkOf(indexPlan.passages),
  sparseModel: checkOf(indexPlan.sparseModel),
  vectorField: checkOf(indexPlan.vectorField),
  languages: checkOf(indexPlan.languages),
  languageField: checkOf(indexPlan.languageField),
  titleField: checkOf(indexPlan.titleField),
};

const tokensChecks: OptionChecks<{ readonly bits?: number; readonly pool?: number }> = {
  bits: oneOf([8, 4, 1]),
  pool: checkOf(indexPlan.tokenPool),
};

/** What is put around a reranker. */
export const settingChecks: OptionChecks<RerankerSettings> = {
  fallback: either('a list of names of rerankers, or of rerankers', rerankerParts),
  strict: truth,
  calibration: either('the path of a file of "finetooth calibrate", or what readCalibration gives', isPath, record),
  scoreCache: isPath,
  longDocuments: rankingChecks.longDocuments,
  effort: isEffort,
};

export const openChecks: OptionChecks<OpenIndexOptions> = {
  create: either('true, false, or an object such as { fields: ["title", "text"] }', truth, record),
  embedder: either('the name of a model, an embedder, an embedding model of the AI SDK, or null', isEmbedderPart, isNull),
  reranker: either(
    'the name of a reranker, a list of names, a reranker, a reranking model of the AI SDK, or null',
    someRerankerParts,
    isNull,
  ),
  ...settingChecks,
  sparse: either('the name of a sparse model, or a sparse embedder', text, part('a sparse embedder', ['embed', 'names'], ['fingerprint'])),
  models: record,
  durability: oneOf(durabilities),
};

/** Throws E_USAGE for anything else than what `openIndex` takes, and shows the right call. */
export function checkOpenIndexCall(where: unknown, options: unknown): void {
  checkValue('the index of openIndex', where, either('the path of a folder, or a store', isPath, isStore), CALL);
  checkOptions<OpenIndexOptions>('openIndex', options, openChecks);
  const { create, models } = (options ?? {}) as OpenIndexOptions;
  checkModelOptions('openIndex', models, 'models.');
  checkHostedModels('openIndex', models?.hosted, 'models.hosted.');
  if (typeof create !== 'object') return;
  checkOptions<CreateOptions>('openIndex', create, createChecks, 'create.');
  checkLanguages(create.languages);
  if (create.tokens !== null) checkOptions('openIndex', create.tokens, tokensChecks, 'create.tokens.');
}
