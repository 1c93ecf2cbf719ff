import { stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { FinetoothError } from '../../errors.ts';
import { nearestName } from '../../wording/nearest-name.ts';
import { weightFiles } from '../safetensors.ts';
import { bytesPerWeight } from './bytes-per-weight.ts';
import { cardExamples } from './card-examples.ts';
import { externalDataOf } from './external-data.ts';
import { precisionOfGraph } from './graph-precision.ts';
import { inferCrossEncoder, statedClassifier } from './infer-cross-encoder.ts';
import { inferEmbedding, matryoshkaOf, prefixOf } from './infer-embedding.ts';
import { inferLateInteraction } from './infer-late-interaction.ts';
import { inferSparse, readStatedSparse, type StatedSparse } from './infer-sparse.ts';
import { inferStatic } from './infer-static.ts';
import { poolingBeside, refuseUnlessAsKnown, refuseUnlessEncoder } from './known-encoders.ts';
import { findKnown, type Recipe } from './known-repositories.ts';
import { type BiEncoderEntry, type CrossEncoderEntry, type ModelEntry, poolings } from './model-entry.ts';
import { count, type Json, objectOf, ROUTER, readJson, readModules, readRouter, textOf } from './modules.ts';
import { readOutputs } from './onnx-outputs.ts';
import { originOf } from './origin.ts';
import { readCard } from './read-card.ts';
import { readExamples, readStatedScoring, type StatedScoring } from './stated-scoring.ts';

/** The files that say how a model is to be used, as sentence-transformers lays them out. All are optional. */
const readFirst = [
  'config.json',
  'tokenizer_config.json',
  'modules.json',
  '1_Pooling/config.json',
  'sentence_bert_config.json',
  'config_sentence_transformers.json',
] as const;
export const settingFiles = [
  ...readFirst,
  ROUTER,
  'adapter_config.json',
  'chat_template.jinja',
  'artifact.metadata',
  'onnx_config.json',
  'README.md',
] as const;

/** What `finetooth.json` in a model's folder may state; it wins over everything that is read from the other files. */
const overrideKeys = [
  'kind',
  'precision',
  'licence',
  'dimensions',
  'matryoshka',
  'pooling',
  'prefix',
  'maxTokens',
  'languages',
  'parameters',
  'scoring',
  'examples',
  'sparse',
] as const;

/** Models with positions counted from the padding id on have two fewer than their table (transformers, modeling_roberta.py). */
const offsetPositions = new Set(['roberta', 'xlm-roberta', 'camembert', 'mpnet', 'xlm-roberta-xl']);

/** Of either kind of model; what does not concern a kind is ignored for it. */
type Overrides = Partial<Omit<BiEncoderEntry, 'kind'>> & {
  readonly sparse?: StatedSparse | undefined;
  readonly kind?: ModelEntry['kind'];
  readonly scoring?: StatedScoring | undefined;
  readonly examples?: CrossEncoderEntry['examples'];
};

export interface InferOptions {
  readonly folder: string;
  readonly name: string;
  readonly repository: string;
  readonly revision?: string | undefined;
  readonly modelPath: string;
  /** Path of the ONNX file in the repository, where that is known. */
  readonly repositoryPath: string;
}

/** The entry of a model that is not in the catalog, from the files beside it. */
export async function inferEntry({ folder, name, repository, revision, modelPath, repositoryPath }: InferOptions): Promise<ModelEntry> {
  const [config = {}, tokenizer = {}, , pooling, sentence = {}, prompts = {}] = await Promise.all(
    readFirst.map((file) => readJson(join(folder, file))),
  );
  const modules = await readModules(folder);
  const overrides = await readOverrides(folder);
  const settings = objectOf(config);
  const known = findKnown(repository);
  const precision = overrides.precision ?? (await precisionOfGraph(modelPath, repositoryPath));
  const common = {
    name,
    repository,
    ...(revision !== undefined && { revision }),
    files: await withLayers(
      folder,
      { model: { path: repositoryPath }, tokenizer: { path: 'tokenizer.json' } },
      (await externalDataOf(modelPath)).map((data) => ({ path: within(folder, join(dirname(modelPath), data)) })),
    ),
    precision,
    // SPDX for "no one looked": the licence stands in the model's own card.
    licence: overrides.licence ?? known?.licence ?? 'NOASSERTION',
    maxTokens: overrides.maxTokens ?? maxTokensOf(objectOf(sentence), objectOf(tokenizer), settings),
    languages: overrides.languages ?? known?.languages ?? [],
    ...(known?.scores && { scores: known.scores }),
    // Estimated from the size of the weights.
    parameters: overrides.parameters ?? Math.max(1, Math.round((await stat(modelPath)).size / bytesPerWeight[precision] / 1e6)),
  };
  const library = await librarySettings(folder, objectOf(prompts), known?.recipe);
  const files = { folder, config: settings, tokenizer: objectOf(tokenizer), sentence: objectOf(sentence), library, modules };
  if (modelPath.endsWith('.safetensors'))
    return {
      ...common,
      ...(await inferStatic(modelPath, { name, config: settings, modules })),
      kind: 'bi-encoder',
      tokenSize: 0,
      pooling: 'mean',
      prefix: overrides.prefix ?? prefixOf(library),
      matryoshka: overrides.matryoshka ?? matryoshkaOf(settings),
      ...(overrides.maxTokens !== undefined && { maxTokens: overrides.maxTokens }),
    };
  const outputs = await readOutputs(modelPath);
  const recipe =
    known?.recipe.form === 'sparse' ? { activation: known.recipe.activation, queryWeights: known.recipe.queryWeights } : undefined;
  const sparse =
    overrides.kind === undefined || overrides.kind === 'sparse-encoder'
      ? inferSparse({
          ...files,
          name,
          routes: await readRouter(folder),
          outputs,
          stated: overrides.sparse ?? (modules === undefined ? recipe : undefined),
          isStated: overrides.kind === 'sparse-encoder' || (recipe !== undefined && modules === undefined),
        })
      : undefined;
  if (sparse !== undefined)
    return {
      ...common,
      ...sparse,
      files: await withLayers(folder, common.files, sparse.queryWeights && [sparse.queryWeights]),
      kind: 'sparse-encoder',
      prefix: overrides.prefix ?? prefixOf(library),
    };
  const scoring =
    overrides.kind === 'bi-encoder'
      ? undefined
      : ((await inferCrossEncoder({ ...files, repository, origin: await originOf(folder), stated: overrides.scoring, name })) ??
        (overrides.kind === 'cross-encoder' ? statedClassifier(overrides.scoring, name) : undefined));
  if (scoring !== undefined) {
    const examples = overrides.examples?.length ? overrides.examples : cardExamples(await readCard(folder));
    return {
      ...common,
      files: await withLayers(folder, common.files, scoring.form === 'head' ? scoring.layers : undefined),
      kind: 'cross-encoder',
      scoring,
      ...(examples.length > 0 && { examples }),
    };
  }
  const late = inferLateInteraction({
    ...files,
    name,
    metadata: objectOf(await readJson(join(folder, 'artifact.metadata'))),
    outputs,
    stated: overrides.dimensions ?? (known?.recipe.form === 'late-interaction' ? known.dimensions : undefined),
  });
  if (late?.lateInteraction !== undefined) {
    const { documentLength } = late.lateInteraction;
    const maxTokens = overrides.maxTokens ?? documentLength;
    return {
      ...common,
      files: await withLayers(folder, common.files, late.dense),
      ...late,
      kind: 'bi-encoder',
      pooling: 'mean',
      prefix: overrides.prefix ?? prefixOf(library),
      maxTokens,
      lateInteraction: { ...late.lateInteraction, documentLength: maxTokens },
    };
  }
  const embedding = inferEmbedding({
    name,
    config: settings,
    tokenizer: objectOf(tokenizer),
    modules,
    pooling: poolingBeside(known, pooling ?? overrides.pooling, modules),
    prompts: library,
    outputs,
  });
  if (known !== undefined)
    refuseUnlessAsKnown(known, { pooling: embedding.pooling, stated: overrides.pooling, hasModules: modules !== undefined });
  const isStated = overrides.kind ?? overrides.pooling ?? modules ?? pooling ?? known;
  if (isStated === undefined && embedding.pooling !== 'output') refuseUnlessEncoder(settings, name);
  const dimensions = overrides.dimensions ?? embedding.dimensions;
  if (dimensions === undefined) {
    const advice =
      'Put the model\'s config.json there, or a finetooth.json with {"dimensions": …, "pooling": "cls" or "mean", "maxTokens": …}.';
    throw new FinetoothError('E_MODEL_FAILED', `${folder} does not say how many dimensions the model has. ${advice}`);
  }
  return {
    ...common,
    files: await withLayers(folder, common.files, embedding.dense),
    ...embedding,
    kind: 'bi-encoder',
    dimensions,
    matryoshka: overrides.matryoshka ?? embedding.matryoshka ?? known?.matryoshka,
    pooling: overrides.pooling ?? embedding.pooling,
    prefix: overrides.prefix ?? embedding.prefix,
  };
}

/**
 * config_sentence_transformers.json, or what stands for it where a conversion leaves it out: onnx_config.json, in which PyLate's exporter keeps the same keys, and what
 * is known of the repository by name.
 */
async function librarySettings(folder: string, own: Json, recipe: Recipe | undefined): Promise<Json> {
  const exported = objectOf(await readJson(join(folder, 'onnx_config.json')));
  const isOfPyLate = exported.model_type === 'ColBERT' || ('query_prefix' in exported && 'document_prefix' in exported);
  const known: Json =
    recipe?.form === 'pooled'
      ? { prompts: recipe.prompts }
      : recipe?.form === 'late-interaction' && recipe.settings !== undefined
        ? { model_type: 'ColBERT', ...recipe.settings }
        : {};
  return { ...known, ...(isOfPyLate && exported), ...own };
}

/** The files of a model with those that hold weights beside its graph: of the graph itself, or of its own layers, whose tensors may lie in shards. */
async function withLayers(
  folder: string,
  files: ModelEntry['files'],
  layers: readonly { readonly path: string }[] | undefined,
): Promise<ModelEntry['files']> {
  if (layers === undefined || layers.length === 0) return files;
  const paths = await Promise.all(
    layers.map(async ({ path }) => (await weightFiles(join(folder, path))).map((file) => within(folder, file))),
  );
  return { ...files, others: [...(files.others ?? []), ...paths.flat().map((path) => ({ path, as: path }))] };
}

/** A path in a folder as a repository writes it. */
const within = (folder: string, path: string): string => relative(folder, path).replaceAll('\\', '/');

async function readOverrides(folder: string): Promise<Overrides> {
  const path = join(folder, 'finetooth.json');
  const value = objectOf((await readJson(path)) ?? {});
  for (const key of Object.keys(value)) {
    if ((overrideKeys as readonly string[]).includes(key)) continue;
    const near = nearestName(key, overrideKeys);
    throw new FinetoothError(
      'E_INPUT_FORMAT',
      `${path} has the unknown key "${key}"${near ? `; did you mean "${near}"?` : `. Known: ${overrideKeys.join(', ')}.`}`,
    );
  }
  const prefix = objectOf(value.prefix);
  const rules: readonly (readonly [string, boolean, string])[] = [
    [
      'kind',
      ['bi-encoder', 'cross-encoder', 'sparse-encoder'].includes(String(value.kind ?? 'bi-encoder')),
      'bi-encoder, cross-encoder or sparse-encoder',
    ],
    [
      'sparse',
      readStatedSparse(value.sparse ?? {}) !== undefined,
      '{ "activation": "relu" or "log1p_relu", "pooling": "max" or "sum", "mostWeights": a whole number above 0, "queryWeights": a file in the folder }, all optional',
    ],
    ['precision', Object.hasOwn(bytesPerWeight, String(value.precision ?? 'fp32')), `one of ${Object.keys(bytesPerWeight).join(', ')}`],
    ['pooling', poolings.some((one) => one === (value.pooling ?? 'cls')), `one of ${poolings.join(', ')}`],
    ['dimensions', count(value.dimensions ?? 1) !== undefined, 'a whole number above 0'],
    [
      'matryoshka',
      matryoshkaOf({ matryoshka_dimensions: value.matryoshka ?? [1], is_matryoshka: value.matryoshka }) !== undefined,
      'a list of whole numbers above 0, or true',
    ],
    ['maxTokens', count(value.maxTokens ?? 1) !== undefined, 'a whole number above 0'],
    ['parameters', typeof (value.parameters ?? 1) === 'number', 'a number of millions'],
    ['licence', typeof (value.licence ?? '') === 'string', 'a text'],
    [
      'languages',
      [value.languages ?? []].flat().every((code) => typeof code === 'string') && Array.isArray(value.languages ?? []),
      'a list of texts',
    ],
    [
      'prefix',
      [prefix.query ?? '', prefix.document ?? ''].every((text) => typeof text === 'string'),
      '{ "query": text, "document": text }',
    ],
  ];
  const wrong = rules.find(([, right]) => !right);
  if (wrong !== undefined)
    throw new FinetoothError('E_INPUT_FORMAT', `"${wrong[0]}" in ${path} must be ${wrong[2]}, got ${JSON.stringify(value[wrong[0]])}.`);
  const texts = { query: textOf(prefix.query) ?? '', document: textOf(prefix.document) ?? '' };
  const matryoshka = matryoshkaOf({ matryoshka_dimensions: value.matryoshka, is_matryoshka: value.matryoshka });
  const [scoring, examples] = await Promise.all([readStatedScoring(value.scoring, path), readExamples(value.examples, path)]);
  const sparse = value.sparse === undefined ? undefined : readStatedSparse(value.sparse);
  return { ...(value as Overrides), sparse, matryoshka, scoring, examples, ...(value.prefix !== undefined && { prefix: texts }) };
}

function maxTokensOf(sentence: Json, tokenizer: Json, config: Json): number {
  const stated = count(sentence.max_seq_length);
  if (stated !== undefined) return stated;
  const positions = count(config.max_position_embeddings);
  const table = positions === undefined ? undefined : positions - (offsetPositions.has(String(config.model_type)) ? 2 : 0);
  // A tokenizer without a limit states 1e30.
  const limit = count(tokenizer.model_max_length);
  return Math.min(table ?? 1e6, limit !== undefined && limit < 1e6 ? limit : 1e6, table === undefined && limit === undefined ? 512 : 1e6);
}
