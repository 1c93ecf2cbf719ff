import { FinetoothError } from '../../errors.ts';
import { checkChain, denseLayerOf } from './infer-embedding.ts';
import type { BiEncoderEntry, DenseLayer, LateInteraction } from './model-entry.ts';
import { count, type Json, type Module, objectOf, textOf } from './modules.ts';
import type { GraphOutput } from './onnx-outputs.ts';

/** What the files beside a model say of how it reads queries and documents token by token. */
export interface LateInteractionFiles {
  readonly name: string;
  readonly config: Json;
  readonly tokenizer: Json;
  readonly modules: readonly Module[] | undefined;
  /** config_sentence_transformers.json, in which PyLate keeps its settings. */
  readonly library: Json;
  /** artifact.metadata of ColBERT's own code. */
  readonly metadata: Json | undefined;
  readonly outputs: readonly GraphOutput[] | undefined;
  /** Numbers of a token's vector, where finetooth.json says so. */
  readonly stated: number | undefined;
}

type Form = Pick<BiEncoderEntry, 'dimensions' | 'dense' | 'tokenSize' | 'lateInteraction'>;

/** Of ColBERT's own code, as PyLate takes them (pylate/models/colbert.py). */
const defaults = { queryLength: 32, documentLength: 180, queryMarker: '[Q] ', documentMarker: '[D] ' } as const;
/** string.punctuation of Python. */
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
/** Outputs of a graph that is the encoder alone. */
const encoderOutputs = new Set(['last_hidden_state', 'token_embeddings']);

/**
 * How a model that was trained for late interaction is read; undefined for any other. Its settings are those of PyLate (config_sentence_transformers.json) or of
 * ColBERT's own code (artifact.metadata); its projection is in the graph, or in layers beside it, and which it is the width of the graph's output tells.
 */
export function inferLateInteraction(files: LateInteractionFiles): Form | undefined {
  const { name, config, modules = [], library, metadata, outputs, stated } = files;
  const isStanford = listOf(config.architectures).includes('HF_ColBERT');
  const isPyLate = library.model_type === 'ColBERT' || 'query_prefix' in library || 'do_query_expansion' in library;
  if (!isStanford && !isPyLate) return undefined;
  const form = isPyLate ? formOfPyLate(files) : formOfStanford(files);
  const known = modules.filter(({ kind }) => kind === 'Dense');
  const unknown = modules.find(({ kind }) => !['Transformer', 'Dense', 'Normalize', 'MultiVectorMask'].includes(kind));
  if (unknown !== undefined)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name} has a step "${unknown.kind}" in modules.json that is not supported in a model for late interaction. Choose another model.`,
    );
  const hidden = count(config.hidden_size) ?? count(config.dim);
  const stanford = isStanford && known.length === 0 ? stanfordLayer(hidden, count(metadata?.dim)) : [];
  const layers = [...known.map((module) => layerOf(module, name)), ...stanford];
  checkChain(layers, name);
  const tokens = outputs?.find(({ axes }) => axes.length === 3);
  if (outputs !== undefined && tokens === undefined)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name} is one for late interaction, and its graph gives no token vectors, only ${outputs.map((one) => one.name).join(', ')}.`,
    );
  const width = tokens?.axes[2] ?? undefined;
  // Where both ends of the layers are as wide, the name of the output tells whether they are in the graph.
  const isEncoder = width === hidden && encoderOutputs.has(tokens?.name ?? '');
  const [first, last] = [layers[0], layers.at(-1)];
  if (first === undefined || last === undefined) {
    const dimensions = stated ?? width ?? count(library.embedding_dim) ?? count(metadata?.dim);
    if (dimensions === undefined || isEncoder)
      throw new FinetoothError(
        'E_MODEL_FAILED',
        `${name} is one for late interaction, and neither its graph nor a file beside it holds its projection. Take a conversion that does, or copy modules.json and its Dense folders; where the graph does, state "dimensions" in a finetooth.json beside it.`,
      );
    return { dimensions, lateInteraction: form };
  }
  if (width === last.to && !isEncoder) return { dimensions: last.to, lateInteraction: form };
  if (width !== undefined && width !== first.from)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name}: its graph gives ${width} numbers a token; its projection takes ${first.from} and gives ${last.to}. The files are not of one model.`,
    );
  return { dimensions: last.to, dense: layers, lateInteraction: form };
}

/** Words of a list of a JSON file. */
const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

function layerOf(module: Module, name: string): DenseLayer {
  // PyLate's layers read tokens whatever they say, and say nothing.
  const { module_input_name: _, module_output_name: __, ...config } = module.config;
  const said = config.activation_function === undefined ? { ...config, activation_function: 'torch.nn.Identity' } : config;
  return denseLayerOf({ ...module, config: said }, `the step "${module.path}" of ${name}`);
}

/** `linear.weight` stands among the encoder's own weights there. */
function stanfordLayer(from: number | undefined, to: number | undefined): readonly DenseLayer[] {
  return from === undefined || to === undefined ? [] : [{ path: 'model.safetensors', from, to, bias: false, activation: 'identity' }];
}

function formOfPyLate({ library, tokenizer }: LateInteractionFiles): LateInteraction {
  const length = count(library.query_length) ?? defaults.queryLength;
  const attends = library.attend_to_expansion_tokens === true;
  return {
    queryMarker: textOf(library.query_prefix) ?? defaults.queryMarker,
    documentMarker: textOf(library.document_prefix) ?? defaults.documentMarker,
    queryLength: length,
    documentLength: count(library.document_length) ?? defaults.documentLength,
    expansion: library.do_query_expansion === false ? null : { attends, token: maskOf(library, tokenizer) },
    skipped: library.skiplist_words === undefined || library.skiplist_words === null ? [...punctuation] : listOf(library.skiplist_words),
  };
}

function formOfStanford({ metadata = {}, tokenizer }: LateInteractionFiles): LateInteraction {
  return {
    queryMarker: textOf(metadata.query_token_id) ?? '[unused0]',
    documentMarker: textOf(metadata.doc_token_id) ?? '[unused1]',
    queryLength: count(metadata.query_maxlen) ?? defaults.queryLength,
    documentLength: count(metadata.doc_maxlen) ?? defaults.documentLength,
    expansion: { attends: metadata.attend_to_mask_tokens === true, token: maskOf({}, tokenizer) },
    skipped: metadata.mask_punctuation === false ? [] : [...punctuation],
  };
}

/** What a query is filled up with: the mask, or of a decoder the token for the end; by its number where a conversion says that alone. */
function maskOf({ mask_token_id: id }: Json, tokenizer: Json): string | number {
  const named = [tokenizer.mask_token, tokenizer.eos_token].map((token) => textOf(token) ?? textOf(objectOf(token).content));
  return named.find((token) => token !== undefined) ?? (Number.isInteger(id) ? (id as number) : '[MASK]');
}
