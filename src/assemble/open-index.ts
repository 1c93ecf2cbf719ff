import { FinetoothError } from '../errors.ts';
import { typeOf } from '../filter/document-test.ts';
import type { BiEncoder } from '../model/bi-encoder.ts';
import { precisionIn } from '../model/catalog/fingerprint.ts';
import { hasTokenVectors } from '../model/catalog/model-entry.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { isReranker } from '../rerank/reranker.ts';
import type { RerankerPart, RerankerSettings } from '../rerank/reranker-plan.ts';
import { type CreateOptions, formOf, withoutSparse, withoutTitle } from '../search/create-options.ts';
import { createSearchIndex, type IndexParts, type SearchIndex } from '../search/search-index.ts';
import { analysisOf } from '../search/word-analysis.ts';
import { indexMissing } from '../store/index-changes.ts';
import type { Durability } from '../store/lancedb/durability.ts';
import { type Manifest, type Store, typesIn, withoutEmbedder } from '../store/store.ts';
import type { Document } from '../types.ts';
import { checkOptions } from '../wording/check-options.ts';
import { checkOpenIndexCall, type OpenIndexOptions, settingChecks } from './check-open-index.ts';
import { openEmbedder } from './embedder.ts';
import { defaultModel, namesOfModel, openModel } from './models.ts';
import { sparsePartsFor } from './open-sparse.ts';
import { recoverIndex } from './rebuild.ts';
import { checkNoReranker, createRerankerBuilder } from './reranker.ts';
import { sameModel } from './same-model.ts';
import { engineOf, isFolder, openStore, shownName } from './store.ts';
import { type OpenedForm, ownForm, unusedPrecision } from './unused-precision.ts';

/**
 * Opens an index, or prepares a new one: nothing is written before the first document. `openIndex<Movie>(…)` takes and gives back documents of that
 * type, which the compiler alone looks at.
 *
 * @param where a folder, `memory:`, the address of an index in a database (`qdrant://host:6333/films`, `postgres://host/database/films`), or a store
 * of your own
 *
 * @example
 * import { openIndex } from 'finetooth';
 *
 * const index = await openIndex('./animals', { create: { fields: ['text'] } });
 * await index.add([{ id: 'bats', text: 'They hunt insects at night.' }, { id: 'bees', text: 'They dance.' }]);
 * console.log((await index.status()).documents); // 2
 * await index.close();
 *
 * @throws E_INDEX_MISSING when there is no index and `create` was not asked for, E_FINGERPRINT when it holds another model's vectors,
 * E_RECIPE when `create` names other fields, other types, or another form of token vectors
 */
export async function openIndex<T extends object = Document>(
  where: string | Store,
  options: OpenIndexOptions = {},
): Promise<SearchIndex<T>> {
  checkOpenIndexCall(where, options);
  checkDurability(where, options.durability);
  const store = typeof where === 'string' ? openStore(where, options.durability) : where;
  const name = typeof where === 'string' ? shownName(where) : 'the store';
  const create = typeof options.create === 'object' ? options.create : {};
  let manifest = await store.open();
  if (manifest === undefined && typeof where === 'string' && isFolder(where) && (await recoverIndex(where))) manifest = await store.open();
  try {
    if (manifest === undefined && !options.create) {
      throw indexMissing(name);
    }
    if (manifest !== undefined) {
      sameRecipe(manifest, create, name);
      await analysisOf(manifest, name);
    }
    const sparse = await sparsePartsFor(options, manifest, create, name);
    const parts = await partsFor(options, manifest, create, name);
    return createSearchIndex<T>({ store, manifest, create, sparse, ...parts });
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Of a database it is the database's: it keeps what it has acknowledged, also when power is lost. */
function checkDurability(where: string | Store, durability: Durability | undefined): void {
  if (durability === undefined || (typeof where === 'string' && isFolder(where))) return;
  if (durability === 'power' && typeof where === 'string' && engineOf(where) !== undefined) return;
  throw new FinetoothError(
    'E_USAGE',
    'durability is that of an index in a folder: leave it out, and set it in your database or store where that has one.',
  );
}

function sameRecipe(manifest: Manifest, create: CreateOptions, where: string): void {
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
    const keeps = bits === undefined ? 'keeps no token vectors' : `keeps token vectors of ${bits} bits per number, pooled by ${pool}`;
    throw new FinetoothError(
      'E_RECIPE',
      (say) => `${where} ${keeps}. Leave ${say.option('tokens')} out, or rebuild it with ${say.rebuildIndex(where)}.`,
    );
  }
  const types = typesIn(manifest);
  const other = Object.entries(create.types ?? {}).find(([field, type]) => typeOf(field, types) !== type);
  if (other !== undefined) {
    const [field, type] = other;
    throw new FinetoothError(
      'E_RECIPE',
      (say) =>
        `${where} has ${JSON.stringify(field)} as ${typeOf(field, types) ?? 'a field without a type'}; got ${field}:${type}. Leave it out of ${say.option('types')}, or rebuild the index with ${say.rebuildIndex(where)}.`,
    );
  }
  sameForm(manifest, create, where);
  const { passages } = create;
  if (passages !== undefined && (passages === 'off') !== (manifest.splitter === undefined)) {
    const splits = manifest.splitter === undefined ? 'keeps one vector for each document' : 'splits long texts into passages';
    throw new FinetoothError(
      'E_RECIPE',
      (say) =>
        `${where} ${splits}; got ${say.option('passages')} ${passages}. Leave ${say.option('passages')} out, or rebuild it with ${say.rebuildIndex(where)}.`,
    );
  }
  if (create.vectorField !== undefined && create.vectorField !== manifest.vectorField) {
    const takes = manifest.vectorField === undefined ? 'embeds its documents' : `takes vectors from the field ${manifest.vectorField}`;
    throw new FinetoothError(
      'E_RECIPE',
      (say) =>
        `${where} ${takes}; got ${say.option('vectorField', create.vectorField)}. Leave ${say.option('vectorField')} out, or rebuild it with ${say.rebuildIndex(where)}.`,
    );
  }
  const { languages = ['en'], languageField } = manifest;
  const asked = create.languages?.[0] === 'none' ? [] : create.languages;
  if (asked !== undefined && asked[0] !== 'detect' && [...new Set(asked)].sort().join() !== [...languages].join()) {
    const stems = languages.length === 0 ? 'stems no words' : `stems words of ${languages.join(', ')}`;
    throw new FinetoothError(
      'E_RECIPE',
      (say) =>
        `${where} ${stems}; got ${create.languages?.join(', ')}. Leave ${say.option('languages')} out, or rebuild it with ${say.rebuildIndex(where)}.`,
    );
  }
  if (create.languageField !== undefined && create.languageField !== languageField) {
    const takes = languageField === undefined ? 'takes no languages from a field' : `takes languages from the field ${languageField}`;
    throw new FinetoothError(
      'E_RECIPE',
      (say) =>
        `${where} ${takes}; got ${create.languageField}. Leave ${say.option('languageField')} out, or rebuild it with ${say.rebuildIndex(where)}.`,
    );
  }
  const titleField = manifest.titleField ?? withoutTitle;
  if (create.titleField !== undefined && create.titleField !== titleField) {
    const compares = titleField === withoutTitle ? 'compares no field by itself' : `compares the field ${titleField} by itself`;
    throw new FinetoothError(
      'E_RECIPE',
      (say) =>
        `${where} ${compares}; got ${create.titleField}. Leave ${say.option('titleField')} out, or rebuild it with ${say.rebuildIndex(where)}.`,
    );
  }
  if (create.idField !== undefined && create.idField !== manifest.idField) {
    throw new FinetoothError(
      'E_RECIPE',
      (say) =>
        `${where} takes ids from ${manifest.idField ?? 'the content'}; got the field ${create.idField}. Leave ${say.option('idField')} out, or rebuild it with ${say.rebuildIndex(where)}.`,
    );
  }
}

/** Whether what was asked for as the embedder is, by one of its names, the model that the index was made with. */
function isModelOf({ model }: Manifest, embedder: OpenIndexOptions['embedder']): boolean {
  return embedder === undefined || (typeof embedder === 'string' && model !== undefined && namesOfModel(model).includes(embedder));
}

/** Throws E_RECIPE where the index uses its model in another way than is asked for. */
function sameForm({ dimensions, form = {} }: Manifest, create: CreateOptions, where: string): void {
  const made = { dimensions, queryPrompt: form.queryPrompt, documentPrompt: form.documentPrompt };
  for (const key of ['dimensions', 'queryPrompt', 'documentPrompt'] as const) {
    const [has, got] = [made[key], create[key]];
    if (got === undefined || got === has) continue;
    const what =
      key === 'dimensions'
        ? `holds vectors of ${has} numbers`
        : `puts the prompt ${has ?? 'of the model'} before ${key === 'queryPrompt' ? 'queries' : 'documents'}`;
    throw new FinetoothError(
      'E_RECIPE',
      (say) =>
        `${where} ${what}; got ${say.option(key, got)}. Leave ${say.option(key)} out, or rebuild it with ${say.rebuildIndex(where)}.`,
    );
  }
}

/** Which embedder and reranker the options ask for. The model's files are compared with the manifest before its workers start. */
async function partsFor(
  options: OpenIndexOptions,
  manifest: Manifest | undefined,
  create: CreateOptions,
  where: string,
): Promise<Pick<IndexParts, 'embedder' | 'reranker' | 'rerankers' | 'lateInteraction' | 'model' | 'notes'>> {
  const { models = {}, scoreCache, longDocuments, effort } = options;
  const isWithout = manifest?.embedder === withoutEmbedder;
  if (manifest !== undefined && manifest.model === undefined && options.embedder === undefined && !isWithout) {
    throw new FinetoothError(
      'E_FINGERPRINT',
      `${where} was built with an embedder of your own ("${manifest.embedder}"): pass the same one to open it.`,
    );
  }
  const wanted = options.embedder === undefined ? (isWithout ? null : (manifest?.model ?? defaultModel)) : options.embedder;
  // Another model than that of the index may have no such length or prompt: it is refused for what it is.
  const form = manifest === undefined ? formOf(create) : isModelOf(manifest, options.embedder) ? manifest.form : undefined;
  const accept = (fingerprint: string): void => sameModel(manifest, fingerprint, where);
  // An index keeps the form of weights that it was made with, whatever this processor would run best; what is asked for by an option is of the models that are named.
  const ofIndex = options.embedder === undefined ? { ...models, precision: manifest && precisionIn(manifest.embedder) } : models;
  const opened = wanted === null ? undefined : await openEmbedder(wanted, ofIndex, { accept, form, dimensions: manifest?.dimensions });
  const own = opened?.encoder !== undefined && hasTokenVectors(opened.encoder.files.entry) ? opened.encoder : undefined;
  /** Where vectors were given without a model that makes those of queries, texts are still reranked. */
  const isNamed = typeof wanted === 'string' || isWithout;
  const encoder = async (): Promise<BiEncoder> => {
    if (!isNamed)
      throw new FinetoothError('E_USAGE', 'late interaction needs a local model by name as the embedder; name a cross-encoder instead.');
    // A hosted embedder, one whose graph gives whole texts alone, or none has no token vectors: late interaction then reads the texts with the bundled model.
    return own ?? openModel(undefined, models);
  };
  const forms = openedForms(options, opened?.encoder, manifest !== undefined);
  const builder = createRerankerBuilder({
    encoder,
    indexed: own?.fingerprint,
    models,
    opened: forms,
    settings: { scoreCache, longDocuments, effort },
  });
  const { reranker = isNamed ? 'default' : null } = options;
  const build = (settings: RerankerSettings): Promise<Reranker> =>
    builder.build(reranker as RerankerPart | readonly RerankerPart[], {
      fallback: settings.fallback ?? options.fallback,
      strict: settings.strict ?? options.strict,
      calibration: settings.calibration ?? options.calibration,
      scoreCache: settings.scoreCache,
      longDocuments: settings.longDocuments,
      effort: settings.effort,
    });
  const close = async (): Promise<void> => {
    await builder.close();
    for (const one of [reranker].flat()) if (isReranker(one) === undefined) await (one as Reranker).close?.();
  };
  try {
    return {
      embedder: opened?.embedder ?? null,
      model: opened?.model,
      notes: unusedPrecision(models.precision, forms),
      lateInteraction: own === undefined ? undefined : () => builder.build('late-interaction'),
      reranker: reranker === null ? checkNoReranker(options) : await build({}),
      rerankers: {
        build: async (parts, settings) => {
          checkOptions<RerankerSettings>('index.rerankerNamed', settings, settingChecks);
          return reranker !== null && parts.length === 1 && parts[0] === 'default' ? build(settings) : builder.build(parts, settings);
        },
        close,
      },
    };
  } catch (error) {
    await close();
    await opened?.embedder.close?.();
    throw error;
  }
}

/** Local models that an index opens beside its rerankers. */
function openedForms(
  { embedder, sparse, create }: OpenIndexOptions,
  encoder: BiEncoder | undefined,
  isThere: boolean,
): readonly OpenedForm[] {
  const { sparseModel = withoutSparse } = typeof create === 'object' ? create : {};
  if (typeof sparse === 'string' || sparseModel !== withoutSparse) return ['asked'];
  if (encoder === undefined) return [];
  return [embedder === undefined ? ownForm(encoder.files.entry, isThere) : 'asked'];
}
