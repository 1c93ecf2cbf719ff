import type { ZodType } from 'zod';
import type { Document } from '../../types.ts';
import type { Models } from '../models.ts';
import type { Problem } from '../problem.ts';

/** A document as it was sent: a text, or fields. */
export type Passage = string | Document;

/** What a client wants ranked, whatever words it used. */
export interface RerankAsk {
  readonly model?: string | undefined;
  readonly query: string;
  readonly documents: readonly Passage[];
  /** Fields of objects that are read, in order. @default all that hold words */
  readonly fields?: readonly string[] | undefined;
  /** Results that come back. @default all */
  readonly top?: number | undefined;
  /** Tokens of a document that are read, 1 and up. @default as many as the model's window holds */
  readonly maxTokens?: number | undefined;
  /** Tokens of the query that are read, 1 and up. @default as many as the model's window holds */
  readonly maxQueryTokens?: number | undefined;
  /** Refuse a query or a document that does not fit instead of reading its beginning. @default false */
  readonly refuseLong?: boolean | undefined;
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

export interface RerankDone extends Facts {
  /** Best first, cut to what was asked for. */
  readonly ranked: readonly RankedPassage[];
  /** False when a deadline stopped the work. */
  readonly complete: boolean;
  /** Tokens at the end of the query that a model did not read; 0 when all of it was. */
  readonly queryTruncatedTokens: number;
  /** Documents of which chosen sentences were read in place of the whole text. */
  readonly excerpts?: number;
}

/** What a client wants turned into vectors. */
export interface EmbedAsk {
  readonly model?: string | undefined;
  readonly texts: readonly string[];
  /** Which of the model's prefixes is put before each text. */
  readonly role: 'query' | 'document';
  /** Numbers that a vector shall have; refused when the model's have another count. */
  readonly dimensions?: number | undefined;
  readonly refuseLong?: boolean | undefined;
}

export interface EmbedDone extends Facts {
  /** In the order of the texts; length 1. */
  readonly vectors: readonly Float32Array[];
}

interface Described<Body> {
  readonly method: 'POST';
  /** Below the dialect's prefix. */
  readonly path: string;
  readonly about: string;
  readonly body: ZodType<Body>;
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

export type Endpoint = RerankEndpoint | EmbedEndpoint;

export interface Failure {
  readonly status: number;
  /** undefined: no body at all. */
  readonly body: unknown;
}

/** What paths of GET are told of the server. */
export interface Served {
  readonly models: Pick<Models, 'list' | 'reranker' | 'embedder'>;
  readonly version: string;
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
  /** undefined: no body. `name`: of a path that ends with it. */
  tell(served: Served, params: { readonly name?: string }): unknown;
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
