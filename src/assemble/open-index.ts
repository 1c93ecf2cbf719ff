import type { Embedder } from '../embed/embedder.ts';
import { FinetoothError } from '../errors.ts';
import { type EmbeddingModel, isEmbeddingModel, isRerankingModel, type RerankingModel } from '../hosted/ai-sdk.ts';
import type { Reranker } from '../rerank/reranker.ts';
import type { CreateOptions } from '../search/add.ts';
import { createSearchIndex, type IndexParts, type SearchIndex } from '../search/search-index.ts';
import type { Manifest, Store } from '../store/store.ts';
import { analyzerVersion } from '../text/analyzer.ts';
import { checkOpenIndexCall } from './check-open-index.ts';
import { openEmbedder } from './embedders.ts';
import { hosted, hostedEmbedder } from './hosted.ts';
import { defaultModel, lanceStore, type ModelOptions, openModel } from './parts.ts';
import { recoverIndex } from './rebuild.ts';
import { rerankerShelf, withFallback } from './rerankers.ts';
import { sameModel } from './same-model.ts';

export interface OpenIndexOptions {
  /** Make the index when there is none. @default false, so that a misspelt folder is an error */
  readonly create?: boolean | CreateOptions;
  /**
   * A model by name (`vendor:model` for a hosted one), an embedder of your own, an embedding model of the AI SDK, or null to read and prune without
   * one. @default the index's own model, else bge-small-en-v1.5
   */
  readonly embedder?: string | Embedder | EmbeddingModel | null;
  /**
   * A reranker by name (`default`, `late-interaction`, a cross-encoder, `vendor:model`; several are a cascade), one of your own, a reranking model of
   * the AI SDK, or null for none. @default `default`, where the embedder is a model by name
   */
  readonly reranker?: string | readonly string[] | Reranker | RerankingModel | null;
  /** Names of rerankers that rank when that one cannot, in this order: `local`, `vendor:model`, `first-stage`. @default none */
  readonly fallback?: readonly string[];
  /** Throw where a fallback would rank. @default false */
  readonly strict?: boolean;
  readonly models?: ModelOptions;
}

const sameRecipe = (manifest: Manifest, create: CreateOptions, where: string): void => {
  const differs = create.fields !== undefined && JSON.stringify(create.fields) !== JSON.stringify(manifest.fields);
  if (differs) {
    throw new FinetoothError(
      'E_RECIPE',
      (say) =>
        `${where} was made from the fields ${manifest.fields.join(',')}; got ${create.fields?.join(',')}. Leave ${say.option('fields')} out, or rebuild it with ${say.rebuildIndex(where)}.`,
    );
  }
  const { bits, pool } = manifest.tokens ?? {};
  const { tokens } = create;
  if (tokens !== undefined && (tokens === null ? bits !== undefined : (tokens.bits ?? bits) !== bits || (tokens.pool ?? pool) !== pool)) {
    const keeps = bits === undefined ? 'keeps no token vectors' : `keeps token vectors of ${bits} bits a number, pooled by ${pool}`;
    throw new FinetoothError(
      'E_RECIPE',
      (say) => `${where} ${keeps}. Leave ${say.option('tokens')} out, or rebuild it with ${say.rebuildIndex(where)}.`,
    );
  }
  if (create.idField !== undefined && create.idField !== manifest.idField) {
    throw new FinetoothError(
      'E_RECIPE',
      (say) =>
        `${where} takes ids from ${manifest.idField ?? 'the content'}; got the field ${create.idField}. Leave ${say.option('idField')} out, or rebuild it with ${say.rebuildIndex(where)}.`,
    );
  }
};

/** Which embedder and reranker the options ask for. The model's files are compared with the manifest before its workers start. */
const partsFor = async (
  options: OpenIndexOptions,
  manifest: Manifest | undefined,
  where: string,
): Promise<Pick<IndexParts, 'embedder' | 'reranker' | 'rerankers' | 'model'>> => {
  const { reranker, models = {} } = options;
  const given = options.embedder === undefined ? (manifest?.model ?? defaultModel) : options.embedder;
  const embedder = isEmbeddingModel(given) ? await hostedEmbedder(given, { ...models.hosted, dimensions: manifest?.dimensions }) : given;
  const isNamed = typeof reranker === 'string' || Array.isArray(reranker);
  const named = isNamed ? ([reranker].flat() as readonly string[]) : undefined;
  const own = isRerankingModel(reranker)
    ? hosted(reranker, models.hosted)
    : named === undefined
      ? (reranker as Reranker | null | undefined)
      : undefined;
  if (typeof embedder !== 'string') {
    if (embedder !== null) sameModel(manifest, embedder.fingerprint, where);
    const rerankers = rerankerShelf(() => {
      throw new FinetoothError('E_USAGE', 'late interaction needs a local model by name as the embedder; name a cross-encoder instead.');
    }, models);
    const first = named === undefined ? (own ?? null) : await rerankers.getAll(named);
    return { embedder, reranker: first === null ? null : await withFallback(first, options, rerankers.get), rerankers };
  }
  if (manifest !== undefined && manifest.model === undefined && options.embedder === undefined) {
    throw new FinetoothError(
      'E_FINGERPRINT',
      `${where} was built with an embedder of your own ("${manifest.embedder}"): pass the same one to open it.`,
    );
  }
  const opened = await openEmbedder(embedder, models, (fingerprint) => sameModel(manifest, fingerprint, where), manifest?.dimensions);
  // A hosted embedder has no token vectors: late interaction then reads the texts with the bundled model.
  const rerankers = rerankerShelf(async () => opened.encoder ?? openModel(undefined, models), models);
  try {
    const first = own === undefined ? await rerankers.getAll(named ?? ['default']) : own;
    return {
      embedder: opened.embedder,
      reranker: first === null ? null : await withFallback(first, options, rerankers.get),
      rerankers,
      model: opened.model,
    };
  } catch (error) {
    await opened.embedder.close?.();
    throw error;
  }
};

/**
 * Opens an index, or prepares a new one: nothing is written before the first document.
 *
 * @param where a folder, or a store of your own
 * @throws E_INDEX_MISSING when there is no index and `create` was not asked for, E_FINGERPRINT when it holds another model's vectors,
 * E_RECIPE when `create` names other fields or another form of token vectors
 */
export const openIndex = async (where: string | Store, options: OpenIndexOptions = {}): Promise<SearchIndex> => {
  checkOpenIndexCall(where, options);
  const store = typeof where === 'string' ? lanceStore(where) : where;
  const name = typeof where === 'string' ? where : 'the store';
  const create = typeof options.create === 'object' ? options.create : {};
  let manifest = await store.open();
  if (manifest === undefined && typeof where === 'string' && (await recoverIndex(where))) manifest = await store.open();
  try {
    if (manifest === undefined && !options.create) {
      throw new FinetoothError('E_INDEX_MISSING', (say) => `${name} is not an index. Make one with ${say.makeIndex(name)}.`);
    }
    if (manifest !== undefined) {
      sameRecipe(manifest, create, name);
      const { analyzer } = manifest;
      if (analyzer !== analyzerVersion) {
        throw new FinetoothError(
          'E_INDEX_DAMAGED',
          (say) =>
            `${name} was made with the word analysis "${analyzer}"; this version has "${analyzerVersion}". Rebuild it with ${say.rebuildIndex(name)}.`,
        );
      }
    }
    const parts = await partsFor(options, manifest, name);
    return createSearchIndex({ store, manifest, create, ...parts });
  } catch (error) {
    await store.close();
    throw error;
  }
};
