import { localName, openLocalEmbedder } from '../assemble/embedder.ts';
import type { ModelOptions } from '../assemble/model-options.ts';
import {
  asBundled,
  defaultCrossEncoder,
  defaultModel,
  entryOf,
  isLateInteraction,
  kindOfModel,
  namesOfModel,
  openCrossEncoder,
} from '../assemble/models.ts';
import { createOpenOnce } from '../assemble/open-once.ts';
import { createRerankerBuilder } from '../assemble/reranker.ts';
import { sellerOf } from '../assemble/sellers.ts';
import type { Embedder } from '../embed/embedder.ts';
import { createModelSessions } from '../embedders.ts';
import { FinetoothError } from '../errors.ts';
import type { Task } from '../hosted/vendor-model.ts';
import type { BiEncoder } from '../model/bi-encoder.ts';
import type { BiEncoderEntry } from '../model/catalog/model-entry.ts';
import type { Reranker } from '../rerank/reranker.ts';
import type { RerankerPart, RerankerSettings } from '../rerank/reranker-plan.ts';
import type { CallOptions, Span } from '../types.ts';
import { RequestError } from './problem.ts';

export interface NamedModel {
  readonly name: string;
  /** `weigh`: a sparse model, of which indexes that are made here may keep weights; no request asks it by itself. */
  readonly task: Task | 'weigh';
  /** It was trained for late interaction: it embeds, and it ranks by its tokens. @default false */
  readonly isLate?: boolean;
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
  /** The part of each text that is read beside the query. Throws a RequestError where no one here can say. */
  parts(query: string, texts: readonly string[], reading: Reading): Promise<readonly Span[]>;
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
  /** How a vector may be shortened. @default not at all */
  readonly matryoshka?: BiEncoderEntry['matryoshka'];
  readonly pooling: BiEncoderEntry['pooling'];
  /** Tokens that it reads, special ones included. */
  readonly window: number;
  /** What it puts before a query, '' where nothing. */
  readonly queryPrefix: string;
  /** Texts that may be put before a query or a document instead, by name. */
  readonly prompts: Readonly<Record<string, string>>;
  /** The part of each text that is read. */
  parts(texts: readonly string[], role: 'query' | 'document', reading: Reading): Promise<readonly Span[]>;
  /** Texts with words of the caller's own before them, or with the model's and a vector for each token. */
  encode: BiEncoder['encode'];
  tokenize: BiEncoder['tokenize'];
}

/** What is known of a model that is served. */
export interface ModelFacts {
  /** The name that was asked for. */
  readonly name: string;
  /** What runs under it. */
  readonly runs: string;
  readonly task: Task;
  /** Numbers of a vector; undefined of a reranker. */
  readonly dimensions?: number | undefined;
  /** Tokens; undefined where that is not known. */
  readonly window?: number | undefined;
}

/** Which part of a text is read. */
export interface Reading extends CallOptions {
  /** Tokens of the text. @default as many as the window holds */
  readonly tokens?: number | undefined;
  /** Tokens of query and text together. @default the window */
  readonly pairTokens?: number | undefined;
  /** Chunks, each of which is as much as the window holds. @default 1 */
  readonly chunks?: number | undefined;
  /** Its end rather than its beginning. @default false */
  readonly fromEnd?: boolean | undefined;
}

/** Models by the names that clients use. Each is opened by the first request for it, and once for all of them. */
export interface Models {
  /**
   * `default`, `late-interaction`, a served cross-encoder, or a vendor's name. Throws a RequestError for any other. `whole`: a text may not be read
   * in part where the window holds all of it; `inChunks`: all of a longer one is, and its best chunk counts.
   */
  reranker(name?: string, options?: { readonly whole?: boolean | undefined; readonly inChunks?: boolean }): Promise<ServedReranker>;
  embedder(name?: string): Promise<ServedEmbedder>;
  /**
   * The name under which a model is served that a client asks for: `default`, `late-interaction`, or a served model's. Nothing is opened. Throws the
   * RequestError of an unknown model, which `param` blames on that field. @default model
   */
  resolve(task: Task, name: string | undefined, param?: string): string;
  /** What an index is given for a name that is served: a hosted reranker as it is, so that all requests share its limits; else the name. */
  part(name: string): Promise<RerankerPart>;
  /** The model of an index that a client makes, by a name that is served. Throws a RequestError for any other, which blames that field of the request. */
  forIndex(param: 'embedder' | 'sparse_model', name: string): string;
  /** What is known of a model by a name that clients use, of whichever task it is where none is named. Throws the RequestError of an unknown one. */
  facts(name: string, task?: Task): Promise<ModelFacts>;
  readonly list: readonly (NamedModel & { readonly task: Task })[];
  /** Sparse models by name: indexes that are made here may keep their weights. */
  readonly sparse: readonly string[];
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
  for (const name of names) {
    const isLate = await isLateInteraction(name, options);
    if ((await kindOfModel(name, options)) === 'sparse-encoder') found.push({ name, task: 'weigh' });
    if (isLate || (await kindOfModel(name, options)) === 'bi-encoder') found.push({ name, task: 'embed', isLate });
    if (isLate || (await kindOfModel(name, options)) === 'cross-encoder') found.push({ name, task: 'rerank', isLate });
  }
  return found;
}

export function openModels(options: ModelsOptions = {}): Models {
  const { served: asked = bundled, hostedRerankers = [], strict = false, longDocuments, ...given } = options;
  const sessions = given.sessions ?? createModelSessions();
  // The bundled ones stand for themselves, whatever form of weights is asked for.
  const models: ModelOptions = { ...(options.served === undefined ? asBundled(given) : given), sessions };
  const served = (task: NamedModel['task']): readonly string[] => asked.filter((one) => one.task === task).map(({ name }) => name);
  const isNamed = (name: string): boolean => options.served?.some((one) => one.name === name) === true;
  const [embedders, named] = [served('embed'), served('rerank')];
  const late = new Set(asked.filter(({ isLate }) => isLate === true).map(({ name }) => name));
  const crossEncoders = named.filter((name) => !late.has(name));
  const main = embedders[0] ?? defaultModel;
  // What could not be opened is tried again by the next request.
  const opened = createOpenOnce<Awaited<ReturnType<typeof openLocalEmbedder>>>();
  const embedderNamed = (name: string) => opened.get(name, () => openLocalEmbedder(name, isNamed(name) ? models : asBundled(models)));
  const encoder = async (name: string): Promise<BiEncoder> => (await embedderNamed(name)).encoder;
  const builder = createRerankerBuilder({ encoder: () => encoder(main), models, settings: { longDocuments } });
  // Each is made once: a cascade learns from call to call how fast its stages are.
  const rerankers = createOpenOnce<Reranker>();
  const rerankerNamed = (name: string, whole = false): Promise<Reranker> => {
    return whole && longDocuments === 'sentences'
      ? rerankers.get(`${name}, whole`, () => builder.build(name, { longDocuments: 'truncate' }))
      : rerankers.get(name, () => builder.build(name));
  };

  const known: Readonly<Record<NamedModel['task'], Map<string, string>>> = { embed: new Map(), rerank: new Map(), weigh: new Map() };
  for (const { name, task } of asked) for (const alias of namesOfModel(name)) known[task].set(alias.toLowerCase(), name);
  known.rerank.set('late-interaction', 'late-interaction');
  for (const name of hostedRerankers) known.rerank.set(name.toLowerCase(), name);

  const resolve: Models['resolve'] = (task, name, param = 'model') => {
    if (name === undefined || name.toLowerCase() === 'default') return 'default';
    const found = known[task].get(name.toLowerCase());
    if (found !== undefined) return found;
    if (!strict && sellerOf(task, name) !== undefined) return 'default';
    const shown = shownName(name);
    const others = [...new Set(known[task].values())];
    const isOther = known[task === 'embed' ? 'rerank' : 'embed'].has(name.toLowerCase());
    throw new RequestError(
      'model',
      !isOther
        ? `the model "${shown}" is not served here; there are default, ${others.join(', ')}`
        : `the model "${shown}" does not ${task}; there are default, ${others.join(', ')}`,
      { param },
    );
  };

  /** Rerankers first: `default` is one. An unknown name is told as that of an embedder. */
  const taskOf = (name: string): Task => {
    try {
      resolve('rerank', name);
      return 'rerank';
    } catch {
      return 'embed';
    }
  };

  const insteadOf = (task: Task, name: string | undefined): string | undefined =>
    name !== undefined && name.toLowerCase() !== 'default' && resolve(task, name) === 'default' ? name : undefined;

  const forIndex: Models['forIndex'] = (param, name) => {
    const [task, kind] = param === 'embedder' ? (['embed', 'embedder'] as const) : (['weigh', 'sparse model'] as const);
    const found = known[task].get(name.toLowerCase());
    if (found !== undefined) return found;
    const names = [...new Set(known[task].values())];
    const there = names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`;
    throw new RequestError(
      'model',
      `the ${kind} "${shownName(name)}" is not served here by name; ${there}. Who runs this server may name others when it is started`,
      { param },
    );
  };

  return {
    resolve,
    forIndex,
    part: async (name) => (hostedRerankers.includes(name) ? rerankerNamed(name) : name),
    list: [
      { name: 'default', task: 'rerank' },
      { name: 'late-interaction', task: 'rerank' },
      ...[...named, ...hostedRerankers].map((name) => ({ name, task: 'rerank' as const })),
      ...embedders.map((name) => ({ name, task: 'embed' as const })),
    ],
    sparse: served('weigh'),
    reranker: async (name, { whole, inChunks = false } = {}) => {
      const found = resolve('rerank', name);
      const reranker = inChunks
        ? await rerankers.get(`${found} in chunks`, () => builder.build(found, { longDocuments: 'chunk' }))
        : await rerankerNamed(found, whole);
      const isCascade = reranker.kind === 'listwise';
      return {
        insteadOf: insteadOf('rerank', name),
        name: found === 'default' ? `${isCascade ? `${main}+${defaultCrossEncoder}` : main}` : found === 'late-interaction' ? main : found,
        reranker,
        parts: async (query, texts, { tokens, pairTokens, chunks, fromEnd, signal }) => {
          // Chunks reach the end anyway.
          if (fromEnd && longDocuments === 'chunk' && tokens === undefined && pairTokens === undefined)
            return texts.map((text): Span => [0, text.length]);
          if (hostedRerankers.includes(found))
            throw new RequestError('invalid', `which part of a document is read is for the vendor of ${found} to say; leave it out`);
          const asked = { room: tokens, window: pairTokens, last: fromEnd, first: !fromEnd && chunks === undefined, signal };
          // The first half of `default` reads with a tokenizer that the second one has too.
          const spans = crossEncoders.includes(found)
            ? await (await openCrossEncoder(found, models)).split(query, texts, asked)
            : await (await encoder(late.has(found) ? found : main)).split(texts, {
                ...asked,
                query: late.has(found) || found === 'late-interaction' ? undefined : query,
              });
          return spans.map((own, i) => reachOf(own, texts[i] as string, chunks));
        },
        // Late interaction's scores are cosines, vendors state relevance from 0 to 1; a cross-encoder's are logits.
        givesLogits: !(
          late.has(found) ||
          found === 'late-interaction' ||
          (found === 'default' && !isCascade) ||
          hostedRerankers.includes(found)
        ),
      };
    },
    embedder: async (name) => {
      const named = resolve('embed', name);
      const found = named === 'default' ? main : named;
      const { embedder, encoder: one } = await embedderNamed(found);
      const { matryoshka, pooling, maxTokens, prefix, prompts = {} } = one.files.entry;
      return {
        name: found,
        insteadOf: insteadOf('embed', name),
        embedder,
        matryoshka,
        pooling,
        window: maxTokens,
        queryPrefix: prefix.query,
        prompts,
        parts: async (texts, role, { tokens, fromEnd = false, signal }) => {
          const spans = await one.split(texts, { room: tokens, last: fromEnd, first: !fromEnd, prefix: role, signal });
          return spans.map((own, i) => reachOf(own, texts[i] as string, undefined));
        },
        encode: one.encode,
        tokenize: one.tokenize,
      };
    },
    facts: async (name, task) => {
      const wanted = task ?? taskOf(name);
      const resolved = resolve(wanted, name);
      if (wanted === 'rerank') return { name, runs: resolved, task: wanted, window: undefined };
      const runs = resolved === 'default' ? main : resolved;
      const { dimensions, maxTokens } = await entryOf(runs, models);
      return { name, runs, task: wanted, dimensions, window: maxTokens };
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

/** A name of a megabyte is not sent back. */
const shownName = (name: string): string => (name.length > 200 ? `${name.slice(0, 200)}…` : name);

/** From the first of the chunks that are read to the end of the last. */
function reachOf(spans: readonly Span[], text: string, chunks = 1): Span {
  const read = spans.slice(0, chunks);
  return [read[0]?.[0] ?? 0, read.at(-1)?.[1] ?? text.length];
}
