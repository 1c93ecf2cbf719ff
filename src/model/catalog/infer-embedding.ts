import { FinetoothError } from '../../errors.ts';
import type { Activation } from '../../math/activations.ts';
import type { BiEncoderEntry, DenseLayer, Pooling } from './model-entry.ts';
import { count, type Json, type Module, objectOf, textOf, weightsOf } from './modules.ts';
import type { GraphOutput } from './onnx-outputs.ts';

/** What the files beside a model say of how it embeds. */
export interface EmbeddingFiles {
  readonly name: string;
  readonly config: Json;
  readonly tokenizer: Json;
  readonly modules: readonly Module[] | undefined;
  /** 1_Pooling/config.json, which conversions keep without modules.json. */
  readonly pooling: Json | undefined;
  readonly prompts: Json;
  readonly outputs: readonly GraphOutput[] | undefined;
}

type Embedding = Pick<BiEncoderEntry, 'dimensions' | 'tokenSize' | 'dense' | 'pooling' | 'prefix' | 'prompts' | 'endToken' | 'matryoshka'>;

/** The output in which a graph gives whole texts' vectors, its own layers behind the pooling included. */
const WHOLE = 'sentence_embedding';

/**
 * How an embedder's graph is read, from the files of sentence-transformers beside it. Where the graph gives a text's vector itself, that is taken, for it holds every
 * step; of a model whose only step is the first token's or the mean it is the same, and the index of an earlier version stays good.
 */
export function inferEmbedding(files: EmbeddingFiles): Omit<Embedding, 'dimensions'> & { readonly dimensions: number | undefined } {
  const { name, config, tokenizer, modules, prompts, outputs } = files;
  const hidden = count(config.hidden_size) ?? count(config.d_model) ?? count(config.dim) ?? count(config.n_embd);
  const whole = outputs?.find((output) => output.name === WHOLE);
  const steps = {
    prefix: prefixOf(prompts),
    prompts: promptsOf(prompts),
    endToken: endTokenOf(tokenizer),
    matryoshka: matryoshkaOf(config),
  };
  const dense = whole === undefined ? denseOf(modules ?? [], name) : [];
  const stated = modules === undefined && files.pooling === undefined ? undefined : poolingOf(modules, files.pooling, name);
  const isPlain = (stated === 'cls' || stated === 'mean') && !modules?.some(({ kind }) => kind === 'Dense');
  const hasTokens = outputs === undefined || outputs.some(({ axes }) => axes.length === 3);
  if (whole !== undefined && !(isPlain && hasTokens)) {
    const last = modules?.findLast(({ kind }) => kind === 'Dense')?.config;
    return {
      ...steps,
      pooling: 'output',
      dimensions: whole.axes[1] ?? count(last?.out_features) ?? hidden,
      tokenSize: hasTokens ? differing(hidden, whole.axes[1] ?? undefined) : 0,
    };
  }
  if (modules !== undefined && !modules.some(({ kind }) => kind === 'Pooling'))
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `modules.json of ${name} has no step "Pooling": it does not say how tokens become a vector, as of a model for late interaction without its settings. Copy config_sentence_transformers.json of its repository beside it, or choose another model.`,
    );
  const dimensions = dense.at(-1)?.to ?? hidden;
  const first = dense[0];
  if (first !== undefined && hidden !== undefined && first.from !== hidden)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name}: its first Dense layer takes ${first.from} numbers, and its tokens have ${hidden}.`,
    );
  return { ...steps, pooling: stated ?? 'mean', dimensions, dense: first && dense, tokenSize: differing(first?.from, dimensions) };
}

const differing = (tokens: number | undefined, texts: number | undefined): number | undefined => (tokens === texts ? undefined : tokens);

/** `matryoshka_dimensions` and `is_matryoshka` of a config.json, as vLLM reads them (vllm/config/model.py). */
export function matryoshkaOf({ matryoshka_dimensions: sizes, is_matryoshka: all }: Json): BiEncoderEntry['matryoshka'] {
  const dimensions = Array.isArray(sizes) ? sizes.flatMap((size) => count(size) ?? []) : [];
  return dimensions.length > 0 ? { dimensions } : all === true ? { dimensions: 'all' } : undefined;
}

const knownActivations: Readonly<Record<string, Activation>> = {
  Identity: 'identity',
  Tanh: 'tanh',
  Sigmoid: 'sigmoid',
  ReLU: 'relu',
  GELU: 'gelu',
  SiLU: 'silu',
};

/** The name of a class of torch as a Dense layer's config.json has it: `torch.nn.modules.activation.Tanh`; absent, it is Tanh there. */
export function activationOf(stated: unknown, where: string): Activation {
  const name = stated === undefined ? 'Tanh' : (textOf(stated)?.split('.').at(-1) ?? '');
  const known = knownActivations[name];
  if (known !== undefined) return known;
  throw new FinetoothError(
    'E_MODEL_FAILED',
    `${where} has the activation ${JSON.stringify(stated)}; known are ${Object.keys(knownActivations).join(', ')}. Choose another model.`,
  );
}

/** A layer from its module; `where` names it in errors. Throws E_MODEL_FAILED for sizes that are none and activations that are not known. */
export function denseLayerOf({ path, config }: Module, where: string): DenseLayer {
  const [from, to] = [count(config.in_features), count(config.out_features)];
  const at = textOf(config.module_input_name) ?? 'sentence_embedding';
  if (at !== 'sentence_embedding' || (config.module_output_name ?? at) !== at)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${where} reads ${at} and writes ${config.module_output_name ?? at}, which is not supported. Choose another model.`,
    );
  if (path === '' || from === undefined || to === undefined)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${where} does not say how many numbers go in and come out (in_features, out_features in its config.json).`,
    );
  return {
    path: weightsOf(path),
    from,
    to,
    bias: config.bias !== false,
    activation: activationOf(config.activation_function, where),
    ...(config.use_residual === true && { residual: true }),
  };
}

/** The layers behind the pooling. Throws E_MODEL_FAILED for a step that is not known, and for layers of which one does not take what the one before gives. */
function denseOf(modules: readonly Module[], name: string): readonly DenseLayer[] {
  const kinds = modules.map(({ kind }) => kind);
  const unknown = kinds.find((kind) => !['Transformer', 'Pooling', 'Dense', 'Normalize'].includes(kind));
  if (unknown !== undefined) {
    const advice = 'Its ONNX file does not hold that step; choose another model.';
    throw new FinetoothError('E_MODEL_FAILED', `${name} has a step "${unknown}" in modules.json that is not supported. ${advice}`);
  }
  const normalised = kinds.indexOf('Normalize');
  if (normalised >= 0 && kinds.lastIndexOf('Dense') > normalised)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name} has a step "Dense" behind "Normalize" in modules.json, which is not supported. Choose another model.`,
    );
  if (kinds.includes('Dense') && kinds.indexOf('Pooling') > kinds.indexOf('Dense'))
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name} has a step "Dense" before "Pooling" in modules.json, which is not supported. Choose another model.`,
    );
  const layers = modules
    .filter(({ kind }) => kind === 'Dense')
    .map((module) => denseLayerOf(module, `the step "${module.path}" of ${name}`));
  checkChain(layers, name);
  return layers;
}

/** Throws E_MODEL_FAILED where a layer does not take what the one before it gives. */
export function checkChain(layers: readonly DenseLayer[], name: string): void {
  for (const [i, layer] of layers.entries()) {
    const before = layers[i - 1];
    if (before !== undefined && before.to !== layer.from)
      throw new FinetoothError(
        'E_MODEL_FAILED',
        `${name}: a Dense layer gives ${before.to} numbers, and the next one takes ${layer.from}.`,
      );
  }
}

/** Keys of a Pooling's config.json before `pooling_mode` held the names themselves. */
const poolingKeys: Readonly<Record<string, Pooling>> = {
  pooling_mode_cls_token: 'cls',
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_max_tokens: 'max',
  pooling_mode_mean_sqrt_len_tokens: 'mean_sqrt_len_tokens',
  pooling_mode_weightedmean_tokens: 'weightedmean',
  pooling_mode_lasttoken: 'lasttoken',
};

/** As sentence-transformers does it: the pooling module's word, and the mean where there is no such module. Throws E_MODEL_FAILED. */
export function poolingOf(modules: readonly Module[] | undefined, alone: Json | undefined, name: string): Pooling {
  const module = modules?.find(({ kind }) => kind === 'Pooling');
  const config = module === undefined ? (alone ?? {}) : ['', '1_Pooling'].includes(module.path) ? (alone ?? module.config) : module.config;
  const stated = [config.pooling_mode ?? []].flat().map(String);
  const keys = Object.keys(config).filter((key) => key.startsWith('pooling_mode_') && config[key] === true);
  const modes = stated.length > 0 ? stated : keys.map((key) => poolingKeys[key] ?? key);
  const [mode = 'mean', ...others] = modes;
  const known = Object.values(poolingKeys).find((one) => one === mode);
  if (known === undefined || others.length > 0)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name} pools its tokens by ${modes.join(' and ')}; supported is one of ${Object.values(poolingKeys).join(', ')}. Choose another model.`,
    );
  if (config.include_prompt === false)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name} leaves the words of its prompts out of the pooling (include_prompt), which is not supported. Choose another model.`,
    );
  return known;
}

/** Of a tokenizer that puts the token for the end behind every text by its settings, which its tokenizer.json may not know. */
function endTokenOf({ add_eos_token: adds, eos_token: token }: Json): string | undefined {
  return adds === true ? (textOf(token) ?? textOf(objectOf(token).content)) : undefined;
}

function promptsOf(sentence: Json): BiEncoderEntry['prompts'] {
  const texts = Object.entries(objectOf(sentence.prompts)).flatMap(([name, text]) =>
    typeof text === 'string' ? [[name, text] as const] : [],
  );
  return texts.length === 0 ? undefined : Object.fromEntries(texts);
}

export function prefixOf(sentence: Json): BiEncoderEntry['prefix'] {
  const prompts = objectOf(sentence.prompts);
  const first = (...names: string[]): string => names.map((name) => textOf(prompts[name])).find((prompt) => prompt !== undefined) ?? '';
  return { query: first('query', 's2p_query'), document: first('document', 'passage', 'corpus') };
}
