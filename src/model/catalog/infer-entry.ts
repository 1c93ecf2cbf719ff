import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FinetoothError, messageOf, systemCodeOf } from '../../errors.ts';
import { nearestName } from '../../wording/nearest-name.ts';
import { inferCrossEncoder } from './infer-cross-encoder.ts';
import type { BiEncoderEntry, CrossEncoderEntry, ModelEntry } from './model-entry.ts';
import type { Scoring } from './scoring.ts';
import { readExamples, readStatedScoring, type StatedScoring } from './stated-scoring.ts';

type Json = Readonly<Record<string, unknown>>;

/** The files that say how a model is to be used, as sentence-transformers lays them out. All are optional. */
export const settingFiles = [
  'config.json',
  'tokenizer_config.json',
  'modules.json',
  '1_Pooling/config.json',
  'sentence_bert_config.json',
  'config_sentence_transformers.json',
  'adapter_config.json',
  'chat_template.jinja',
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
] as const;

/** Models with positions counted from the padding id on have two fewer than their table (transformers, modeling_roberta.py). */
const offsetPositions = new Set(['roberta', 'xlm-roberta', 'camembert', 'mpnet', 'xlm-roberta-xl']);

const bytesPerWeight = { fp32: 4, fp16: 2, int8: 1 } as const;

/** Of either kind of model; what does not concern a kind is ignored for it. */
type Overrides = Partial<Omit<BiEncoderEntry, 'kind'>> & {
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

/** The repository that a converted model was made from: `_name_or_path` of its config.json. */
export async function originOf(folder: string): Promise<string | undefined> {
  const name = textOf(objectOf(await readJson(join(folder, 'config.json')))._name_or_path);
  return name !== undefined && /^[\w][\w.-]*\/[\w][\w.-]*$/.test(name) ? name : undefined;
}

/** The entry of a model that is not in the catalog, from the files beside it. */
export async function inferEntry({ folder, name, repository, revision, modelPath, repositoryPath }: InferOptions): Promise<ModelEntry> {
  const [config = {}, tokenizer = {}, modules, pooling, sentence = {}, prompts = {}] = await Promise.all(
    settingFiles.map((file) => readJson(join(folder, file))),
  );
  const overrides = await readOverrides(folder);
  const settings = objectOf(config);
  const precision = overrides.precision ?? (await precisionOf(modelPath, repositoryPath));
  const common = {
    name,
    repository,
    ...(revision !== undefined && { revision }),
    files: { model: { path: repositoryPath }, tokenizer: { path: 'tokenizer.json' } },
    precision,
    // SPDX for "no one looked": the licence stands in the model's own card.
    licence: overrides.licence ?? 'NOASSERTION',
    maxTokens: overrides.maxTokens ?? maxTokensOf(objectOf(sentence), objectOf(tokenizer), settings),
    languages: overrides.languages ?? [],
    // Estimated from the size of the weights.
    parameters: overrides.parameters ?? Math.max(1, Math.round((await stat(modelPath)).size / bytesPerWeight[precision] / 1e6)),
  };
  const files = {
    folder,
    config: settings,
    tokenizer: objectOf(tokenizer),
    sentence: objectOf(sentence),
    library: objectOf(prompts),
    modules: stepsOf(modules),
  };
  const scoring =
    overrides.kind === 'bi-encoder'
      ? undefined
      : ((await inferCrossEncoder({ ...files, repository, origin: await originOf(folder), stated: overrides.scoring, name })) ??
        (overrides.kind === 'cross-encoder' ? statedClassifier(overrides.scoring, name) : undefined));
  if (scoring !== undefined)
    return { ...common, kind: 'cross-encoder', scoring, ...(overrides.examples?.length && { examples: overrides.examples }) };
  if (overrides.kind === undefined && overrides.pooling === undefined && modules === undefined && pooling === undefined)
    refuseUnlessEncoder(settings, name);
  const dimensions =
    overrides.dimensions ?? count(settings.hidden_size) ?? count(settings.d_model) ?? count(settings.dim) ?? count(settings.n_embd);
  if (dimensions === undefined) {
    const advice =
      'Put the model\'s config.json there, or a finetooth.json with {"dimensions": …, "pooling": "cls" or "mean", "maxTokens": …}.';
    throw new FinetoothError('E_MODEL_FAILED', `${folder} does not say how many dimensions the model has. ${advice}`);
  }
  return {
    ...common,
    kind: 'bi-encoder',
    dimensions,
    matryoshka: overrides.matryoshka ?? matryoshkaOf(settings),
    pooling: overrides.pooling ?? poolingOf(objectOf(pooling), modules, name),
    prefix: overrides.prefix ?? prefixOf(objectOf(prompts)),
  };
}

/** Nothing but a finetooth.json says that it scores pairs: a head with one label, as most rerankers have. */
function statedClassifier(stated: StatedScoring | undefined, name: string): Scoring {
  if (stated?.form === 'answer') return stated;
  const { relevant = 0, activation = 'sigmoid', prompt } = stated ?? {};
  if (relevant !== 0)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `"relevant" of ${name} names a label, and it has no config.json with labels. Put its config.json there.`,
    );
  return { form: 'classifier', labels: 1, relevant, activation, ...(prompt !== undefined && { prompt }) };
}

/** Encoders of texts whose mean over the tokens is taken where nothing says more, as sentence-transformers does. */
const encoders =
  /^(Albert|Bert|Camembert|Deberta|DebertaV2|DistilBert|Electra|Ernie|Gte|JinaBert|MPNet|ModernBert|New|NomicBert|Roberta|XLMRoberta|XLMRobertaXL)Model$/;

/** A class that is none of these may be anything, and its tokens' mean would be a vector without a meaning. */
function refuseUnlessEncoder(config: Json, name: string): void {
  const classes = Array.isArray(config.architectures) ? config.architectures.map(String) : [];
  if (classes.some((one) => encoders.test(one))) return;
  const what =
    classes.length === 0
      ? 'its config.json, if there is one, names no architecture'
      : `a ${classes.join(' and a ')} is not known to be ${classes.some((one) => /ForMaskedLM$/.test(one)) ? 'one: it fills in words that are left out' : 'one'}`;
  throw new FinetoothError(
    'E_MODEL_FAILED',
    `nothing says that ${name} is an embedder or a reranker: ${what}, and there is no modules.json. ` +
      'Copy modules.json and 1_Pooling/config.json of its repository beside it, or state it in a finetooth.json there: ' +
      '{"pooling": "mean"} or "cls" for an embedder, {"kind": "cross-encoder"} for a reranker with one label.',
  );
}

/** Steps of a modules.json: the class without what stands before it, and its folder. */
function stepsOf(modules: unknown): readonly { readonly kind: string; readonly path: string; readonly config: Json }[] | undefined {
  if (!Array.isArray(modules)) return undefined;
  return modules
    .map(objectOf)
    .map(({ type, path }) => ({ kind: String(type).split('.').at(-1) ?? '', path: textOf(path) ?? '', config: {} }));
}

/** `matryoshka_dimensions` and `is_matryoshka` of a config.json, as vLLM reads them (vllm/config/model.py). */
function matryoshkaOf({ matryoshka_dimensions: sizes, is_matryoshka: all }: Json): BiEncoderEntry['matryoshka'] {
  const dimensions = Array.isArray(sizes) ? sizes.flatMap((size) => count(size) ?? []) : [];
  return dimensions.length > 0 ? { dimensions } : all === true ? { dimensions: 'all' } : undefined;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const objectOf = (value: unknown): Json => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {});

async function readJson(path: string): Promise<unknown> {
  const content = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT' || systemCodeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  });
  if (content === undefined) return undefined;
  try {
    return JSON.parse(content) as unknown;
  } catch (cause) {
    throw new FinetoothError('E_INPUT_FORMAT', `${path} is not JSON: ${messageOf(cause)}. Correct it or delete it.`, { cause });
  }
}

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
    ['kind', ['bi-encoder', 'cross-encoder'].includes(String(value.kind ?? 'bi-encoder')), 'bi-encoder or cross-encoder'],
    ['precision', ['fp32', 'fp16', 'int8'].includes(String(value.precision ?? 'fp32')), 'fp32, fp16 or int8'],
    ['pooling', ['cls', 'mean'].includes(String(value.pooling ?? 'cls')), 'cls or mean'],
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
  return { ...(value as Overrides), matryoshka, scoring, examples, ...(value.prefix !== undefined && { prefix: texts }) };
}

/** An ONNX graph stands before its weights, so the operator that marks int8 weights with dynamic scales is in the first megabytes. */
async function precisionOf(modelPath: string, repositoryPath: string): Promise<ModelEntry['precision']> {
  const file = await open(modelPath);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8 << 20), 0, 8 << 20, 0);
    if (buffer.subarray(0, bytesRead).includes('DynamicQuantizeLinear')) return 'int8';
  } finally {
    await file.close();
  }
  return /fp16|f16/i.test(repositoryPath) ? 'fp16' : 'fp32';
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

const count = (value: unknown): number | undefined => (Number.isInteger(value) && (value as number) > 0 ? (value as number) : undefined);

/** As sentence-transformers does it: the pooling module's word, and the mean where there is no such module. */
function poolingOf(pooling: Json, modules: unknown, name: string): 'cls' | 'mean' {
  const kinds = Array.isArray(modules) ? modules.map((module) => String(objectOf(module).type).split('.').at(-1) ?? '') : [];
  const unknown = kinds.find((kind) => !['Transformer', 'Pooling', 'Normalize'].includes(kind));
  if (unknown !== undefined) {
    const advice = 'Its ONNX file does not hold that step; choose another model.';
    throw new FinetoothError('E_MODEL_FAILED', `${name} has a step "${unknown}" in modules.json that is not supported. ${advice}`);
  }
  const modes = Object.keys(pooling).filter((key) => key.startsWith('pooling_mode_') && pooling[key] === true);
  if (typeof pooling.pooling_mode === 'string') modes.push(`pooling_mode_${pooling.pooling_mode}`);
  if (modes.length === 0) return 'mean';
  if (modes.length === 1 && /cls/.test(modes[0] ?? '')) return 'cls';
  if (modes.length === 1 && /mean_tokens$|_mean$/.test(modes[0] ?? '')) return 'mean';
  throw new FinetoothError(
    'E_MODEL_FAILED',
    `${name} pools its tokens by ${modes.join(' and ')}; only cls and mean are supported. Choose another model.`,
  );
}

function prefixOf(sentence: Json): BiEncoderEntry['prefix'] {
  const prompts = objectOf(sentence.prompts);
  const first = (...names: string[]): string => names.map((name) => textOf(prompts[name])).find((prompt) => prompt !== undefined) ?? '';
  return { query: first('query', 's2p_query'), document: first('document', 'passage', 'corpus') };
}
