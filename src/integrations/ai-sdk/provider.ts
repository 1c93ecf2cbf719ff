import { isEmbedderPart } from '../../assemble/check-open-index.ts';
import type { ModelOptions } from '../../assemble/model-options.ts';
import { createRerankerBuilder } from '../../assemble/reranker.ts';
import { FinetoothError } from '../../errors.ts';
import { createModelSessions } from '../../model/run/sessions.ts';
import type { Reranker } from '../../rerank/reranker.ts';
import type { RerankerPart } from '../../rerank/reranker-plan.ts';
import { someRerankerParts } from '../../rerank/reranker-plan.ts';
import { checkOptions, checkValue, type OptionChecks, oneOf, readOf, record } from '../../wording/check-options.ts';
import { type EmbedderPart, isRole, type LazyEmbedder, lazyEmbedder, type Role } from '../lazy-embedder.ts';
import { openRanker, type RankerOptions, rankerChecks } from '../list-ranker.ts';
import { embeddingModel } from './embedding.ts';
import { noSuchModel, toldToSdk } from './failures.ts';
import { checkModelId } from './known-models.ts';
import { rerankingModel } from './reranking.ts';
import type { FinetoothEmbeddingModel, FinetoothRerankingModel, SpecificationVersion } from './specification.ts';

/** What `createFinetooth` takes; `fallback`, `scoreCache` and the like hold for every reranking model. */
export interface FinetoothProviderOptions<Version extends SpecificationVersion = SpecificationVersion> extends RankerOptions {
  /** Rerankers by ids of your own: `{ careful: ['late-interaction', 'mxbai-rerank-base-v1'], mine: cascade([…]) }`. @default none */
  readonly rerankers?: Readonly<Record<string, RerankerPart | readonly RerankerPart[]>>;
  /** What `embeddingModel('default')` is: a name, `vendor:model`, or an embedder, which is not closed. @default bge-small-en-v1.5 */
  readonly embedder?: EmbedderPart;
  /** Embedders by ids of your own. @default none */
  readonly embedders?: Readonly<Record<string, EmbedderPart>>;
  /** `v4` for `ai` 7, `v3` for `ai` 6 and 7 and for Mastra. @default v4 */
  readonly specificationVersion?: Version;
}

/** A provider of the AI SDK whose models run in this process. */
export interface FinetoothProvider<Version extends SpecificationVersion = 'v4'> extends AsyncDisposable {
  readonly specificationVersion: Version;
  /** `default`, an id of `rerankers`, `late-interaction`, `first-stage`, a cross-encoder, `owner/name`, `./folder`, `vendor:model`. @throws NoSuchModelError */
  rerankingModel(modelId?: string): FinetoothRerankingModel<Version>;
  /** The same as `rerankingModel`. */
  reranking(modelId?: string): FinetoothRerankingModel<Version>;
  /**
   * `default`, an id of `embedders`, an embedding model by name, `owner/name`, `./folder`, `vendor:model`. `role` is what its texts are where a call does not
   * say; by default documents. @throws NoSuchModelError
   */
  embeddingModel(modelId?: string, settings?: { readonly role?: Role }): FinetoothEmbeddingModel<Version>;
  /** The same as `embeddingModel`. */
  embedding(modelId?: string, settings?: { readonly role?: Role }): FinetoothEmbeddingModel<Version>;
  /** Always throws NoSuchModelError. */
  languageModel(modelId: string): never;
  /** Always throws NoSuchModelError. */
  imageModel(modelId: string): never;
  /** Frees models and caches; later calls are refused with E_STOPPED. Rerankers and embedders of your own stay open. */
  close(): Promise<void>;
}

const isNames: typeof record = (value) => record(value) && 'an object of parts by their ids';
const optionChecks: OptionChecks<FinetoothProviderOptions> = {
  ...rankerChecks,
  rerankers: isNames,
  embedder: isEmbedderPart,
  embedders: isNames,
  specificationVersion: oneOf(['v3', 'v4']),
};

/**
 * Models in this process as a provider of the AI SDK. Each is loaded once, when it is first asked.
 *
 * @example
 * import { rerank } from 'ai';
 * import { createFinetooth } from 'finetooth/ai-sdk';
 *
 * const provider = createFinetooth({ rerankers: { quick: 'late-interaction' } });
 * const documents = ['Wheat rose.', 'Bats hunt by echo.'];
 * const { ranking } = await rerank({ model: provider.reranking('quick'), query: 'bats', documents });
 * console.log(ranking[0].document); // Bats hunt by echo.
 * await provider.close();
 *
 * @throws E_USAGE for an option that there is not, and for a value that is not what it must be
 */
export function createFinetooth<Version extends SpecificationVersion = 'v4'>(
  options: FinetoothProviderOptions<Version> = {},
): FinetoothProvider<Version> {
  checkOptions<FinetoothProviderOptions>('createFinetooth', options, optionChecks);
  const { rerankers, embedder, embedders, specificationVersion = 'v4' as Version, reranker = 'default', ...settings } = options;
  for (const [id, one] of readOf('rerankers', () => Object.entries(rerankers ?? {}))) checkValue(`rerankers.${id}`, one, someRerankerParts);
  for (const [id, one] of readOf('embedders', () => Object.entries(embedders ?? {}))) checkValue(`embedders.${id}`, one, isEmbedderPart);
  const models: ModelOptions = { ...settings.models, sessions: settings.models?.sessions ?? createModelSessions() };
  const rankable = new Map(Object.entries({ default: reranker, ...rerankers }));
  const embeddable = new Map<string, EmbedderPart | undefined>(Object.entries({ default: embedder, ...embedders }));
  const builder = createRerankerBuilder({ models, embedder: typeof embedder === 'string' ? embedder : undefined });
  const rankers = new Map<string, Reranker>();
  const opened = new Map<string, LazyEmbedder>();
  let isClosed = false;

  const checkOpen = (id: string): void => {
    if (isClosed) throw new FinetoothError('E_STOPPED', `the model "${id}" was closed before it was asked for more`);
  };
  const rankerNamed = (id: string): Reranker => {
    checkOpen(id);
    const ranker = rankers.get(id) ?? openRanker({ ...settings, reranker: rankable.get(id) ?? id }, builder, id);
    rankers.set(id, ranker);
    return ranker;
  };
  const embedderNamed = (id: string): LazyEmbedder => {
    checkOpen(id);
    const embedder = opened.get(id) ?? lazyEmbedder(id, embeddable.has(id) ? embeddable.get(id) : id, models);
    opened.set(id, embedder);
    return embedder;
  };
  const ranking: FinetoothProvider<Version>['rerankingModel'] = (id = 'default') => {
    checkModelId(id, 'cross-encoder', [...rankable.keys()], models.modelsFolder);
    return rerankingModel(id, specificationVersion, () => rankerNamed(id));
  };
  const embedding: FinetoothProvider<Version>['embeddingModel'] = (id = 'default', given) => {
    checkModelId(id, 'bi-encoder', [...embeddable.keys()], models.modelsFolder);
    checkOptions('embeddingModel', given, { role: isRole });
    return embeddingModel(id, specificationVersion, () => embedderNamed(id), {
      role: given?.role,
      told: (error, model, signal) => toldToSdk(error, { model, type: 'embeddingModel', signal }),
    });
  };
  const close = async (): Promise<void> => {
    isClosed = true;
    await Promise.all([...rankers.values(), ...opened.values()].map((one) => one.close?.()));
    await builder.close();
  };
  return {
    specificationVersion,
    rerankingModel: ranking,
    reranking: ranking,
    embeddingModel: embedding,
    embedding,
    languageModel: (id) => {
      throw noSuchModel(id, 'languageModel');
    },
    imageModel: (id) => {
      throw noSuchModel(id, 'imageModel');
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * The provider with every default: bundled models, nothing hosted.
 *
 * @example
 * import { embed } from 'ai';
 * import { finetooth } from 'finetooth/ai-sdk';
 *
 * const { embedding } = await embed({ model: finetooth.embedding('default', { role: 'query' }), value: 'bats' });
 * console.log(embedding.length); // 384
 */
export const finetooth: FinetoothProvider = createFinetooth();
