import { localName, openLocalEmbedder } from '../assemble/embedder.ts';
import type { ModelOptions } from '../assemble/model-options.ts';
import { defaultCrossEncoder, defaultModel, kindOfModel, namesOfModel } from '../assemble/models.ts';
import { createOpenOnce } from '../assemble/open-once.ts';
import { createRerankerBuilder } from '../assemble/reranker.ts';
import { sellerOf } from '../assemble/sellers.ts';
import type { Embedder } from '../embed/embedder.ts';
import { FinetoothError } from '../errors.ts';
import type { Task } from '../hosted/vendor-model.ts';
import { createModelSessions } from '../index.ts';
import type { BiEncoder } from '../model/bi-encoder.ts';
import type { Reranker } from '../rerank/reranker.ts';
import type { RerankerPart, RerankerSettings } from '../rerank/reranker-plan.ts';
import { RequestError } from './problem.ts';

export interface NamedModel {
  readonly name: string;
  readonly task: Task;
}

export interface ModelsOptions extends ModelOptions, Pick<RerankerSettings, 'longDocuments'> {
  /** What is served beside `default` and `late-interaction`. @default the bundled embedder and cross-encoder */
  readonly served?: readonly NamedModel[];
  /** Hosted rerankers that clients may name too, `vendor:model`, with the keys, the budget and the rate of this server. @default none */
  readonly hostedRerankers?: readonly string[];
  /** Answer a vendor's model names with 404 instead of with the local default. @default false */
  readonly strict?: boolean;
}

export interface ServedReranker {
  /** What an answer says that ran. */
  readonly name: string;
  readonly reranker: Reranker;
  /** The name that was asked for and is not served: a vendor's, for which the default stands. */
  readonly insteadOf?: string;
  /** Where no one fitted probabilities: its scores are logits, which their authors read through a sigmoid, and not numbers from 0 to 1. */
  readonly givesLogits: boolean;
}

export interface ServedEmbedder {
  readonly name: string;
  /** As of a reranker. */
  readonly insteadOf?: string;
  readonly embedder: Embedder;
}

/** Models by the names that clients use. Each is opened by the first request for it, and once for all of them. */
export interface Models {
  /**
   * `default`, `late-interaction`, a served cross-encoder, or a vendor's name. Throws a RequestError for any other.
   *
   * @param whole a text may not be read in part where the window holds all of it. @default false
   */
  reranker(name?: string, whole?: boolean): Promise<ServedReranker>;
  embedder(name?: string): Promise<ServedEmbedder>;
  /**
   * The name under which a model is served that a client asks for: `default`, `late-interaction`, or a served model's. Nothing is opened. Throws the
   * RequestError of an unknown model, which `param` blames on that field. @default model
   */
  resolve(task: Task, name: string | undefined, param?: string): string;
  /** What an index is given for a name that is served: a hosted reranker as it is, so that all requests share its limits; else the name. */
  part(name: string): Promise<RerankerPart>;
  /** The beginnings of texts, of at most so many tokens. */
  beginnings(texts: readonly string[], tokens: number, signal?: AbortSignal): Promise<readonly string[]>;
  readonly list: readonly NamedModel[];
  /** Finds the key of each hosted reranker and loads what speaks to its vendor; nothing is sent. Throws E_KEY, E_PACKAGE, E_USAGE. */
  openHosted(): Promise<void>;
  /** Loads what `default` needs. */
  load(): Promise<void>;
  close(): Promise<void>;
}

const bundled: readonly NamedModel[] = [
  { name: defaultModel, task: 'embed' },
  { name: defaultCrossEncoder, task: 'rerank' },
];

/** Models by name, with what they can do: their files are here afterwards. Throws E_MODEL_UNKNOWN, E_MODEL_MISSING. */
export async function namedModels(names: readonly string[], options: ModelOptions): Promise<readonly NamedModel[]> {
  const found: NamedModel[] = [];
  const hosted = names.find((name) => localName(name) === undefined);
  if (hosted !== undefined)
    throw new FinetoothError(
      'E_USAGE',
      (say) => `"${hosted}" is hosted elsewhere: name it ${say.as('rerankers')}, where clients shall send it their texts, or ask it there.`,
    );
  for (const name of names) found.push({ name, task: (await kindOfModel(name, options)) === 'cross-encoder' ? 'rerank' : 'embed' });
  return found;
}

export function openModels(options: ModelsOptions = {}): Models {
  const { served: asked = bundled, hostedRerankers = [], strict = false, longDocuments, ...given } = options;
  const sessions = given.sessions ?? createModelSessions();
  const models: ModelOptions = { ...given, sessions };
  const served = (task: Task): readonly string[] => asked.filter((one) => one.task === task).map(({ name }) => name);
  const [embedders, crossEncoders] = [served('embed'), served('rerank')];
  const main = embedders[0] ?? defaultModel;
  // What could not be opened is tried again by the next request.
  const opened = createOpenOnce<Awaited<ReturnType<typeof openLocalEmbedder>>>();
  const embedderNamed = (name: string) => opened.get(name, () => openLocalEmbedder(name, models));
  const encoder = async (name: string): Promise<BiEncoder> => (await embedderNamed(name)).encoder;
  const builder = createRerankerBuilder({ encoder: () => encoder(main), models, settings: { longDocuments } });
  // Each is made once: a cascade learns from call to call how fast its stages are.
  const rerankers = createOpenOnce<Reranker>();
  const rerankerNamed = (name: string, whole = false): Promise<Reranker> => {
    return whole && longDocuments === 'sentences'
      ? rerankers.get(`${name}, whole`, () => builder.build(name, { longDocuments: 'truncate' }))
      : rerankers.get(name, () => builder.build(name));
  };

  const known = new Map<string, { readonly task: Task; readonly name: string }>();
  for (const { name, task } of asked) for (const alias of namesOfModel(name)) known.set(alias.toLowerCase(), { task, name });
  known.set('late-interaction', { task: 'rerank', name: 'late-interaction' });
  for (const name of hostedRerankers) known.set(name.toLowerCase(), { task: 'rerank', name });

  const resolve: Models['resolve'] = (task, name, param = 'model') => {
    if (name === undefined || name.toLowerCase() === 'default') return 'default';
    const found = known.get(name.toLowerCase());
    if (found?.task === task) return found.name;
    if (!strict && sellerOf(task, name) !== undefined) return 'default';
    // A name of a megabyte is not sent back.
    const shown = name.length > 200 ? `${name.slice(0, 200)}…` : name;
    const others = [...new Set([...known.values()].filter((one) => one.task === task).map((one) => one.name))];
    throw new RequestError(
      'model',
      found === undefined
        ? `the model "${shown}" is not served here; there are default, ${others.join(', ')}`
        : `the model "${shown}" does not ${task}; there are default, ${others.join(', ')}`,
      { param },
    );
  };

  const insteadOf = (task: Task, name: string | undefined): string | undefined =>
    name !== undefined && name.toLowerCase() !== 'default' && resolve(task, name) === 'default' ? name : undefined;

  return {
    resolve,
    part: async (name) => (hostedRerankers.includes(name) ? rerankerNamed(name) : name),
    list: [
      { name: 'default', task: 'rerank' },
      { name: 'late-interaction', task: 'rerank' },
      ...[...crossEncoders, ...hostedRerankers].map((name) => ({ name, task: 'rerank' as const })),
      ...embedders.map((name) => ({ name, task: 'embed' as const })),
    ],
    reranker: async (name, whole) => {
      const found = resolve('rerank', name);
      const reranker = await rerankerNamed(found, whole);
      const isCascade = reranker.kind === 'listwise';
      return {
        insteadOf: insteadOf('rerank', name),
        name: found === 'default' ? `${isCascade ? `${main}+${defaultCrossEncoder}` : main}` : found === 'late-interaction' ? main : found,
        reranker,
        // Late interaction's scores are cosines, vendors state relevance from 0 to 1; a cross-encoder's are logits.
        givesLogits: !(found === 'late-interaction' || (found === 'default' && !isCascade) || hostedRerankers.includes(found)),
      };
    },
    embedder: async (name) => {
      const named = resolve('embed', name);
      const found = named === 'default' ? main : named;
      return { name: found, insteadOf: insteadOf('embed', name), embedder: (await embedderNamed(found)).embedder };
    },
    beginnings: async (texts, tokens, signal) => {
      const spans = await (await encoder(main)).split(texts, { room: tokens, first: true, signal });
      return texts.map((text, i) => text.slice(0, spans[i]?.[0]?.[1] ?? text.length));
    },
    openHosted: async () => {
      for (const name of hostedRerankers) await (await rerankerNamed(name)).load?.();
    },
    load: async () => {
      const [one, reranker] = await Promise.all([encoder(main), rerankerNamed('default')]);
      await Promise.all([one.ready, reranker.load?.()]);
    },
    close: async () => {
      await builder.close();
      await opened.close((one) => one.encoder.close());
    },
  };
}
