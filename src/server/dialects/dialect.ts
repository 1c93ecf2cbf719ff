import type { ZodType } from 'zod';
import type { Document } from '../../types.ts';
import type { ModelFacts, Models } from '../models.ts';
import type { Problem } from '../problem.ts';

/** A document as it was sent: a text, or fields. */
export type Passage = string | Document;

/** What a client wants ranked, whatever words it used. */
export interface RerankAsk {
  readonly model?: string | undefined;
  readonly query: string;
  readonly documents: readonly Passage[];
  /** Fields of objects that are read, in order. @default all of them */
  readonly fields?: readonly string[] | undefined;
  /** Results that come back. @default all */
  readonly top?: number | undefined;
  /** Tokens of a document that are read, 1 and up. @default as many as the model's window holds */
  readonly maxTokens?: number | undefined;
  /** Tokens of the query that are read, 1 and up. @default as many as the model's window holds */
  readonly maxQueryTokens?: number | undefined;
  /** Tokens of query and document together, template included, 16 and up. @default as many as the model's window holds */
  readonly maxPairTokens?: number | undefined;
  /** Chunks of a document that are read, each as much as the model's window holds, 1 and up; the best one counts. @default as the server was told */
  readonly maxChunks?: number | undefined;
  /** Of a document that does not fit its end is read. @default false: its beginning */
  readonly fromEnd?: boolean | undefined;
  /** Refuse a query or a document that does not fit instead of reading its beginning. @default false */
  readonly refuseLong?: boolean | undefined;
  /** What the model is to judge by, for those that were trained on it; others refuse it. Read of every body that ranks, in whatever vendor's words. @default the model's own */
  readonly instruction?: string | undefined;
  /** Each score is the one that the text has in any other list. Read of every body that ranks, and of the header `x-exact`. @default false: within `tolerance` */
  readonly exact?: boolean | undefined;
}

/** Pairs of a query and a text, each with a score of its own. */
export interface PairsAsk extends Pick<RerankAsk, 'model' | 'refuseLong' | 'fromEnd' | 'maxPairTokens' | 'instruction' | 'exact'> {
  readonly pairs: readonly (readonly [query: string, text: string])[];
}

/** What every answer can say of itself. */
export interface Facts {
  /** Unique, also in the log. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** What ran, whatever was asked for. */
  readonly model: string;
  /** The name that was asked for, where another model than that of the name ran; absent where it is served, or none was asked for. */
  readonly insteadOf?: string | undefined;
  /** Tokens that went through the models, special tokens included. */
  readonly tokens: number;
  /** Milliseconds, waiting for the model included. */
  readonly took: number;
  /** Milliseconds of a model run, the mean over those of the request: for a worker, for the tokens, for the rest. */
  readonly waited: number;
  readonly tokenised: number;
  readonly inferred: number;
  /** Documents or texts of which the model could not read the end. */
  readonly cut: number;
  /** Scripts of the query and the texts that the model does not know, by their Unicode names; empty where it knows all. */
  readonly unknownScripts: readonly string[];
  /** Languages in Latin letters that the model was not trained on, by their English names. */
  readonly unknownLanguages: readonly string[];
  /** The same as sentences, without their full stops. */
  readonly notes: readonly string[];
  /** What went to hosted models; absent where nothing did. */
  readonly hosted?: { readonly requests: number; readonly dollars?: number | undefined };
}

export interface RankedPassage {
  /** Place in the list that was sent, from 0. */
  readonly index: number;
  /** 0 to 1. */
  readonly relevance: number;
  /** The model's own score, any number; of several stages, the logit of `relevance`. */
  readonly raw: number;
}

export interface PairsDone extends Facts {
  /** In the order of the pairs; `index` is the place of each. */
  readonly scored: readonly RankedPassage[];
  readonly complete: boolean;
  readonly queryTruncatedTokens: number;
  readonly excerpts?: number;
  readonly tolerance?: number | undefined;
}

export interface RerankDone extends Facts {
  /** Best first, cut to what was asked for. */
  readonly ranked: readonly RankedPassage[];
  /** False when a deadline stopped the work. */
  readonly complete: boolean;
  /** Tokens at the end of the query that a model did not read; 0 when all of it was. */
  readonly queryTruncatedTokens: number;
  /** Documents of which chosen sentences were read in place of the whole text. */
  readonly excerpts?: number;
  /** By how much a model's own score may differ with what else is in the list; undefined where it does not. */
  readonly tolerance?: number | undefined;
}

/** What a client wants turned into vectors. */
export interface EmbedAsk {
  readonly model?: string | undefined;
  /** A list of numbers is a text in tokens of cl100k_base. */
  readonly texts: readonly (string | readonly number[])[];
  /** Which of the model's prefixes is put before each text. @default document */
  readonly role?: 'query' | 'document' | undefined;
  /** Put before each text instead of the model's own prefix. @default the model's */
  readonly prompt?: string | undefined;
  /** The same by its name: one of the model's prompts, or else a word that stands for queries or documents. @default none */
  readonly promptName?: string | undefined;
  /** Numbers that a vector shall have; refused where the model's cannot be shortened to them. @default the model's own */
  readonly dimensions?: number | undefined;
  /** Tokens of a text that are read, 1 and up. @default as many as the model's window holds */
  readonly maxTokens?: number | undefined;
  /** Of a text that does not fit its end is read. @default false: its beginning */
  readonly fromEnd?: boolean | undefined;
  readonly refuseLong?: boolean | undefined;
  /** Vectors as they come out of the pooling, of any length. @default false: length 1 */
  readonly unnormalised?: boolean | undefined;
  /** Also a vector of length 1 for each token, special ones left out. @default false */
  readonly eachToken?: boolean | undefined;
}

export interface EmbedDone extends Facts {
  /** In the order of the texts; length 1 unless they were asked for as they are. */
  readonly vectors: readonly Float32Array[];
  /** Vectors of the tokens of each text, where they were asked for. */
  readonly tokenVectors?: readonly (readonly Float32Array[])[];
}

/** What is asked of a tokenizer. */
export interface TokenizeAsk {
  readonly model?: string | undefined;
  readonly texts: readonly string[];
  /** With the special tokens of the model's template. @default true */
  readonly special?: boolean | undefined;
}

export interface Token {
  readonly id: number;
  /** As the vocabulary has it. */
  readonly text: string;
  readonly special: boolean;
}

export interface TokenizeDone extends Facts {
  /** Of each text, whole ones, however long. */
  readonly tokenLists: readonly (readonly Token[])[];
}

interface Described<Body> {
  readonly method: 'POST';
  /** Below the dialect's prefix. `:model` in it is a key of the body that stands in the path. */
  readonly path: string;
  readonly about: string;
  readonly body: ZodType<Body>;
  /** Keys that the API has and that are refused where they ask for something, each with the reason. */
  readonly refused?: Readonly<Record<string, string>>;
  /** Keys that the API has and that change nothing here, each with the reason; those that no one has heard of are named in an answer's header. */
  readonly idle?: Readonly<Record<string, string>>;
  /** Of a good answer. */
  readonly answer: ZodType;
  /** Beside the body of a good answer. */
  headers?(done: Facts, body: Body): Readonly<Record<string, string>>;
}

export interface RerankEndpoint<Body = unknown> extends Described<Body> {
  readonly task: 'rerank';
  /** Wire to ours. Throws a RequestError for what the schema cannot say. */
  ask(body: Body): RerankAsk;
  /** Ours to wire: anything that JSON has, and vectors as they are. */
  tell(done: RerankDone, body: Body): unknown;
}

export interface EmbedEndpoint<Body = unknown> extends Described<Body> {
  readonly task: 'embed';
  ask(body: Body): EmbedAsk;
  tell(done: EmbedDone, body: Body): unknown;
}

export interface PairsEndpoint<Body = unknown> extends Described<Body> {
  readonly task: 'pairs';
  ask(body: Body): PairsAsk;
  tell(done: PairsDone, body: Body): unknown;
}

export interface TokenizeEndpoint<Body = unknown> extends Described<Body> {
  readonly task: 'tokenize';
  ask(body: Body): TokenizeAsk;
  tell(done: TokenizeDone, body: Body): unknown;
}

/** What is told of a model; nothing is computed. */
export interface ShowEndpoint<Body = unknown> extends Described<Body> {
  readonly task: 'show';
  ask(body: Body): { readonly model?: string | undefined };
  tell(model: ModelFacts, body: Body): unknown;
}

export type Endpoint = RerankEndpoint | EmbedEndpoint | PairsEndpoint | TokenizeEndpoint | ShowEndpoint;

/** One path, several endpoints: the first whose `when` says so, told by what was sent. */
export interface Fork {
  readonly path: string;
  readonly about: string;
  readonly branches: readonly {
    readonly dialect: Dialect;
    readonly endpoint: Endpoint;
    when(body: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, unknown>>): boolean;
  }[];
}

export interface Failure {
  readonly status: number;
  /** undefined: no body at all. */
  readonly body: unknown;
}

/** What paths of GET are told of the server. */
export interface Served {
  readonly models: Pick<Models, 'list' | 'reranker' | 'embedder' | 'facts'>;
  readonly version: string;
  /** Whether a key is needed. */
  readonly keyed: boolean;
  /** Requests at the same time, and documents of one. */
  readonly mostRequests: number;
  readonly mostDocuments: number;
}

/** Paths of GET that answer alike. */
export interface Read {
  /** Whole ones, without the prefix of the dialect: some are shared by convention, and told here by the vendor who began it. */
  readonly paths: readonly string[];
  readonly about: string;
  readonly tag: string;
  /** Answered without a key. @default false */
  readonly open?: boolean;
  /** undefined: no body. `name`: of a path that ends with it; `task`: what stands behind a question mark. */
  tell(served: Served, asked: { readonly name?: string | undefined; readonly task?: string | undefined }): unknown;
}

/** How a vendor's API speaks: endpoints, and the form of its errors. Pure: no network, no models. */
export interface Dialect {
  readonly name: string;
  /** Before every path of the dialect, `/cohere`; the paths that it has to itself are served without it too. */
  readonly prefix: string;
  readonly endpoints: readonly Endpoint[];
  /** @default none */
  readonly reads?: readonly Read[];
  /** `body`: what was sent, where it could be read. */
  fail(problem: Problem, id: string, body?: unknown): Failure;
  /** Of every error body. */
  readonly failure: ZodType;
}

/** Lets the compiler infer the body of an endpoint from its schema. */
export const rerankEndpoint = <Body>(endpoint: Omit<RerankEndpoint<Body>, 'task' | 'method'>): RerankEndpoint =>
  ({ ...endpoint, task: 'rerank', method: 'POST' }) as unknown as RerankEndpoint;
export const embedEndpoint = <Body>(endpoint: Omit<EmbedEndpoint<Body>, 'task' | 'method'>): EmbedEndpoint =>
  ({ ...endpoint, task: 'embed', method: 'POST' }) as unknown as EmbedEndpoint;
export const pairsEndpoint = <Body>(endpoint: Omit<PairsEndpoint<Body>, 'task' | 'method'>): PairsEndpoint =>
  ({ ...endpoint, task: 'pairs', method: 'POST' }) as unknown as PairsEndpoint;
export const tokenizeEndpoint = <Body>(endpoint: Omit<TokenizeEndpoint<Body>, 'task' | 'method'>): TokenizeEndpoint =>
  ({ ...endpoint, task: 'tokenize', method: 'POST' }) as unknown as TokenizeEndpoint;
export const showEndpoint = <Body>(endpoint: Omit<ShowEndpoint<Body>, 'task' | 'method'>): ShowEndpoint =>
  ({ ...endpoint, task: 'show', method: 'POST' }) as unknown as ShowEndpoint;

/** Whether it scores texts by a query. */
export const ranks = ({ task }: Pick<Endpoint, 'task'>): boolean => task === 'rerank' || task === 'pairs';
