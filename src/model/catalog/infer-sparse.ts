import { FinetoothError } from '../../errors.ts';
import { type SparseEncoderEntry, sparseActivations, sparsePoolings } from './model-entry.ts';
import { count, isFileWithin, type Json, type Module, objectOf, type Route, weightsOf } from './modules.ts';
import type { GraphOutput } from './onnx-outputs.ts';

/** What the files beside a model say of how it weighs tokens. */
export interface SparseFiles {
  readonly name: string;
  readonly config: Json;
  readonly modules: readonly Module[] | undefined;
  /** The routes of a Router among the modules. */
  readonly routes: readonly Route[] | undefined;
  /** config_sentence_transformers.json. */
  readonly library: Json;
  readonly outputs: readonly GraphOutput[] | undefined;
  /** What finetooth.json says of it. */
  readonly stated: StatedSparse | undefined;
  /** finetooth.json says that it is a sparse encoder. */
  readonly isStated: boolean;
}

/** As `sparse` of a finetooth.json says it. */
export type StatedSparse = Partial<Pick<SparseEncoderEntry, 'activation' | 'pooling' | 'mostWeights' | 'queryWeights'>>;

type Form = Pick<SparseEncoderEntry, 'activation' | 'pooling' | 'mostWeights' | 'queryWeights'>;

/**
 * How a sparse encoder weighs the tokens of queries and documents; undefined for any other model. The steps of sentence-transformers say it (SpladePooling, and
 * for queries that are looked up SparseStaticEmbedding behind a Router), or a finetooth.json. Throws E_MODEL_FAILED for what is not known.
 */
export function inferSparse(files: SparseFiles): Form | undefined {
  const { name, modules = [], routes = [], library, stated, isStated } = files;
  const steps = [...modules, ...routes.flatMap((route) => route.steps)];
  const sparse = steps.find(({ kind }) => sparseSteps.has(kind));
  if (sparse === undefined && !isStated) return undefined;
  checkGraph(files);
  const listed = sparse === undefined ? undefined : formOfSteps(modules, routes, name);
  const form = { ...listed, ...stated };
  if (form.activation === undefined)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `nothing says how ${name} makes weights of its logits. Copy modules.json and 1_SpladePooling/config.json of its repository beside it, or state it in a finetooth.json there: ${STATE}.`,
    );
  return {
    activation: form.activation,
    pooling: form.pooling ?? 'max',
    mostWeights: form.mostWeights ?? count(library.max_active_dims),
    queryWeights: form.queryWeights,
  };
}

/** What to write into a finetooth.json. */
export const STATE =
  '{"kind": "sparse-encoder", "sparse": {"activation": "relu"}} for log(1 + relu), "log1p_relu" for the logarithm of that once more, and "queryWeights": "idf.json" where queries are looked up';

/** `sparse` of a finetooth.json; undefined where it is not as it must be. */
export function readStatedSparse(value: unknown): StatedSparse | undefined {
  const { activation, pooling, mostWeights, queryWeights, ...others } = objectOf(value);
  const isWrong =
    value === null ||
    typeof value !== 'object' ||
    Object.keys(others).length > 0 ||
    (activation !== undefined && knownOf(sparseActivations, activation) === undefined) ||
    (pooling !== undefined && knownOf(sparsePoolings, pooling) === undefined) ||
    (mostWeights !== undefined && count(mostWeights) === undefined) ||
    (queryWeights !== undefined && !(typeof queryWeights === 'string' && isFileWithin(queryWeights)));
  if (isWrong) return undefined;
  return {
    ...(activation !== undefined && { activation: knownOf(sparseActivations, activation) }),
    ...(pooling !== undefined && { pooling: knownOf(sparsePoolings, pooling) }),
    ...(mostWeights !== undefined && { mostWeights: count(mostWeights) }),
    ...(queryWeights !== undefined && { queryWeights: { path: String(queryWeights) } }),
  };
}

const sparseSteps = new Set(['SpladePooling', 'SparseStaticEmbedding', 'IDF', 'SparseAutoEncoder']);
const transformers = ['Transformer', 'MLMTransformer'];
/** It was called IDF before its class had a name of its own. */
const tables = ['SparseStaticEmbedding', 'IDF'];

/** The weights come from logits of the vocabulary, a row for each token. */
function checkGraph({ name, config, outputs }: SparseFiles): void {
  if (outputs === undefined) return;
  const logits = outputs.find(({ axes }) => axes.length === 3);
  const vocabulary = count(config.vocab_size);
  const width = logits?.axes[2] ?? undefined;
  const isEncoder = logits?.name === 'last_hidden_state' || (width !== undefined && vocabulary !== undefined && width < vocabulary);
  if (logits !== undefined && !isEncoder) return;
  const gives = outputs.map((one) => one.name).join(', ');
  throw new FinetoothError(
    'E_MODEL_FAILED',
    `${name} is a sparse encoder, and its graph gives no logits for each token, only ${gives}: it lacks the head that fills in masked words. Take a conversion of the whole ForMaskedLM model (optimum: task fill-mask).`,
  );
}

function formOfSteps(modules: readonly Module[], routes: readonly Route[], name: string): Form {
  const isRouted = modules.some(({ kind }) => kind === 'Router');
  if (!isRouted) return formOfDocuments(modules, name);
  const [query, document] = ['query', 'document'].map((task) => routes.find((route) => route.task === task)?.steps);
  if (modules.length > 1 || query === undefined || document === undefined)
    throw unknownSteps(name, 'a Router with other routes than query and document, or steps behind it');
  const form = formOfDocuments(document, name);
  const [first, ...others] = query;
  if (first !== undefined && others.length === 0 && tables.includes(first.kind)) return { ...form, queryWeights: { path: tableOf(first) } };
  // Both read by one model: the same steps under the same names.
  const isOne = JSON.stringify(query.map(({ path }) => path)) === JSON.stringify(document.map(({ path }) => path));
  if (isOne) return form;
  throw unknownSteps(name, `two models, one for queries (${query.map(({ kind }) => kind).join(', ')}) and one for documents`);
}

function formOfDocuments(steps: readonly Module[], name: string): Form {
  const [first, pooling, ...others] = steps;
  if (first === undefined || !transformers.includes(first.kind) || pooling?.kind !== 'SpladePooling' || others.length > 0)
    throw unknownSteps(name, `the steps ${steps.map(({ kind }) => kind).join(', ')}`);
  const { pooling_strategy: strategy = 'max', activation_function: stated = 'relu' } = pooling.config;
  const [activation, kept] = [knownOf(sparseActivations, stated), knownOf(sparsePoolings, strategy)];
  if (activation === undefined || kept === undefined)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name} pools by ${JSON.stringify(strategy)} of ${JSON.stringify(stated)}; known are ${sparsePoolings.join(', ')} of ${sparseActivations.join(', ')}. Choose another model.`,
    );
  return { activation, pooling: kept };
}

function tableOf({ path, config }: Module): string {
  const { path: file } = config;
  return typeof file === 'string' && file.endsWith('.json') && isFileWithin(file) ? file : weightsOf(path);
}

const unknownSteps = (name: string, what: string): FinetoothError =>
  new FinetoothError(
    'E_MODEL_FAILED',
    `${name} has ${what} in its modules.json, which is not supported in a sparse encoder: a Transformer with a SpladePooling is, and before queries a SparseStaticEmbedding. Choose another model.`,
  );

const knownOf = <Known extends string>(all: readonly Known[], value: unknown): Known | undefined => all.find((one) => one === value);
