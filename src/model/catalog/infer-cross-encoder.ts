import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FinetoothError, systemCodeOf } from '../../errors.ts';
import { showsSystem } from '../tokenize/ask.ts';
import { denseLayerOf, poolingOf } from './infer-embedding.ts';
import { activationOf, inferScoring, type ScoringFiles } from './infer-scoring.ts';
import type { HeadLayer, Prompt, Scoring } from './model-entry.ts';
import { count, type Json, type Module, objectOf, weightsOf } from './modules.ts';
import type { StatedScoring } from './stated-scoring.ts';

export interface CrossEncoderFiles extends Omit<ScoringFiles, 'activation'> {
  readonly folder: string;
  /** tokenizer_config.json. */
  readonly tokenizer: Json;
  /** sentence_bert_config.json. */
  readonly sentence: Json;
  /** config_sentence_transformers.json. */
  readonly library: Json;
  /** Steps of its modules.json; undefined without one. */
  readonly modules: readonly Module[] | undefined;
}

/** A head of sentence-transformers that reads the answer of a causal model; the second is its name before version 5.4. */
const answerHeads = new Set(['LogitScore', 'CausalScoreHead']);

/** How a model scores pairs, from the files beside it; undefined where they say that it embeds, or nothing. Throws E_MODEL_FAILED with what to state and where. */
export async function inferCrossEncoder(files: CrossEncoderFiles): Promise<Scoring | undefined> {
  const { folder, config, modules, library, stated, name } = files;
  await refuseAdapter(folder, name);
  const all = { ...files, activation: library.activation_fn };
  if (stated?.form === 'answer') return stated;
  if (modules === undefined) {
    const scoring = inferScoring(all);
    if (scoring !== undefined || library.model_type !== 'CrossEncoder') return scoring;
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name} is a cross-encoder, as its config_sentence_transformers.json says, and nothing says how it scores. Copy modules.json and the folders that it names from its repository.`,
    );
  }
  const head = modules.find(({ kind }) => answerHeads.has(kind));
  if (head !== undefined) return inferAnswer(files, head);
  const isAlone = modules.length === 1 && modules[0]?.kind === 'Transformer';
  if (isAlone && library.model_type !== 'SentenceTransformer') return inferScoring(all);
  if (library.model_type !== 'CrossEncoder' && modules.at(-1)?.config.module_output_name !== 'scores') return undefined;
  const known = heads(config).some((one) => /ForSequenceClassification$/.test(one));
  return known ? inferScoring(all) : inferHead(files, modules);
}

/** Nothing but a finetooth.json says that it scores pairs: a head with one label, as most rerankers have. */
export function statedClassifier(stated: StatedScoring | undefined, name: string): Scoring {
  if (stated?.form === 'answer') return stated;
  const { relevant = 0, activation = 'sigmoid', prompt } = stated ?? {};
  if (relevant !== 0)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `"relevant" of ${name} names a label, and it has no config.json with labels. Put its config.json there.`,
    );
  return { form: 'classifier', labels: 1, relevant, activation, ...(prompt !== undefined && { prompt }) };
}

const heads = (config: Json): readonly string[] => (Array.isArray(config.architectures) ? config.architectures.map(String) : []);

/** An encoder, a pooling, and layers of which the last gives the score, as sentence-transformers 5.4 and later builds them. */
function inferHead({ config, library, stated, name }: CrossEncoderFiles, modules: readonly Module[]): Scoring {
  const wrong = (why: string): FinetoothError =>
    new FinetoothError(
      'E_MODEL_FAILED',
      `${name} scores pairs by the steps of its modules.json, and ${why}. Choose another model, or fetch it again.`,
    );
  const [transformer, pool, ...behind] = modules;
  if (transformer?.kind !== 'Transformer' || pool?.kind !== 'Pooling')
    throw wrong(`${modules.map(({ kind }) => kind).join(', ')} do not begin with Transformer and Pooling`);
  const pooling = poolingOf(modules, undefined, name);
  if (pooling === 'output') throw wrong('the graph does not pool');
  const width = count(config.hidden_size);
  if (width === undefined) throw wrong('its config.json does not say how many numbers a token has (hidden_size)');
  const layers = behind.map((module): HeadLayer => {
    const where = `the step "${module.path}" of ${name}`;
    const { module_output_name: output, ...config } = module.config;
    const isLast = module === behind.at(-1) && output === 'scores';
    if (module.kind === 'Dense') return { kind: 'dense', ...denseLayerOf(isLast ? { ...module, config } : module, where) };
    const size = count(module.config.dimension);
    if (module.kind === 'LayerNorm' && size !== undefined) return { kind: 'layer-norm', path: weightsOf(module.path), size };
    throw wrong(
      module.kind === 'LayerNorm' ? `${where} has no size (dimension in its config.json)` : `the step ${module.kind} is not known here`,
    );
  });
  let size = width;
  for (const layer of layers) {
    const takes = layer.kind === 'dense' ? layer.from : layer.size;
    if (takes !== size) throw wrong(`${layer.path} takes ${takes} numbers, where what is before it gives ${size}`);
    if (layer.kind === 'dense') size = layer.to;
  }
  if (size !== 1) throw wrong(`its last layer gives ${size} numbers in place of one`);
  return { form: 'head', pooling, width, layers, activation: stated?.activation ?? activationOf(config, library.activation_fn, name) };
}

/** Weights that change a model may be in its graph or not. */
async function refuseAdapter(folder: string, name: string): Promise<void> {
  const content = await readText(join(folder, 'adapter_config.json'));
  if (content === undefined) return;
  const base = /"base_model_name_or_path"\s*:\s*"([^"]*)"/.exec(content)?.[1];
  const of = base === undefined ? '' : ` of ${base}`;
  const advice = 'Merge the two (merge_and_unload of peft), export the result, and leave adapter_config.json out.';
  throw new FinetoothError(
    'E_MODEL_FAILED',
    `${name} is an adapter${of} (adapter_config.json); whether an ONNX file holds its weights or only those of its base cannot be seen. ${advice}`,
  );
}

async function inferAnswer(files: CrossEncoderFiles, head: { readonly path: string; readonly config: Json }): Promise<Scoring> {
  const { config, library, sentence, tokenizer, folder, name } = files;
  const { true_token_id: yes, false_token_id: no } = head.config;
  if (!isToken(yes) || (no !== null && no !== undefined && !isToken(no)))
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${join(folder, head.path, 'config.json')} does not say with which token ${name} answers (true_token_id). Fetch it again.`,
    );
  const template = (await readText(join(folder, 'chat_template.jinja'))) ?? templateOf(tokenizer.chat_template);
  if (template === undefined)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name} answers with tokens ${[yes, no ?? []].flat().join(' and ')}, and has no chat template that says what it is asked. ` +
        'Put the chat_template.jinja of its repository there, or state "scoring" in a finetooth.json beside the model.',
    );
  const bare: Prompt & { kind: 'chat' } = { kind: 'chat', template, variables: variablesOf(sentence, tokenizer) };
  const words = defaultPromptOf(library);
  const prompt: Prompt = (await showsSystem(bare)) ? { ...bare, instruction: { words } } : bare;
  return { form: 'answer', prompt, yes, ...(isToken(no) && { no }), activation: activationOf(config, library.activation_fn, name) };
}

const isToken = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

/** `chat_template` of a tokenizer_config.json: one, or several with names. */
function templateOf(stated: unknown): string | undefined {
  if (typeof stated === 'string') return stated;
  const named = (Array.isArray(stated) ? stated : []).map(objectOf).find((one) => one.name === 'default');
  return typeof named?.template === 'string' ? named.template : undefined;
}

/** What the library passes to a template: its settings, and the tokenizer's special tokens by name. */
function variablesOf(sentence: Json, tokenizer: Json): Json {
  const settings = objectOf(objectOf(sentence.processing_kwargs).chat_template);
  const { padding: _, truncation: __, max_length: ___, restore_suffix: ____, ...given } = settings;
  const special = Object.entries(tokenizer).flatMap(([key, value]) => {
    const text = typeof value === 'string' ? value : objectOf(value).content;
    return /_token$/.test(key) && typeof text === 'string' ? [[key, text] as const] : [];
  });
  return { add_generation_prompt: false, ...Object.fromEntries(special), ...given };
}

/** The prompt that is put before every pair: `default_prompt_name` among `prompts`. */
function defaultPromptOf(library: Json): string {
  const words = typeof library.default_prompt_name === 'string' ? objectOf(library.prompts)[library.default_prompt_name] : undefined;
  return typeof words === 'string' ? words : '';
}

const readText = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT' || systemCodeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  });
