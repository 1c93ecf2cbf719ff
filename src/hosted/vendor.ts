/** The seam to hosted models: one file per vendor, which knows its models and its wire and nothing of retries, budgets or other vendors. */
import type { Limits, Price, Task, VendorModel } from './vendor-model.ts';

/** Where a vendor is and how it knows us. */
export interface Connection {
  /** Without a slash at its end. */
  readonly baseURL: string;
  /** Absent where there is none and none is needed. */
  readonly key?: string;
  readonly fetch: typeof fetch;
  variable(name: string): string | undefined;
}

/** A language model of the AI SDK, as far as it is used here (@ai-sdk/provider, specifications v2 to v4). */
export interface LanguageModel {
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
  doGenerate(options: {
    // biome-ignore lint/suspicious/noExplicitAny: the SDK's prompt type differs between its versions
    prompt: any;
    maxOutputTokens?: number;
    temperature?: number;
    // biome-ignore lint/suspicious/noExplicitAny: the SDK's JSON schema type differs between its versions
    responseFormat?: any;
    abortSignal?: AbortSignal;
  }): PromiseLike<{
    readonly content: readonly { readonly type: string }[];
    // biome-ignore lint/suspicious/noExplicitAny: a number in v2, an object of numbers from v3 on
    readonly usage: any;
  }>;
}

/** What the vendor says that a call used, in its own units. */
export interface Consumption {
  /** Tokens of the input, as the vendor counts them. */
  readonly tokens?: number;
  /** Tokens that a language model wrote. */
  readonly written?: number;
  /** Searches, as Cohere counts them: a query with up to 100 documents. */
  readonly searches?: number;
  /** US dollars, where the vendor says it itself. */
  readonly cost?: number;
}

/** A row of a ranking as it came: no one has checked it. */
export interface RankingRow {
  readonly index: unknown;
  readonly score: unknown;
  /** The vendor's own row, for an error to quote. */
  readonly row?: unknown;
}

export interface RerankReply {
  readonly ranking: readonly RankingRow[];
  readonly used: Consumption;
  /** Tokens of the query that the model did not read, where the server says so. */
  readonly queryTruncatedTokens?: number;
}

export interface EmbedReply {
  /** Row i belongs to texts[i]; no one has checked them. */
  readonly vectors: readonly unknown[];
  readonly used: Consumption;
}

export interface RerankCall {
  readonly query: string;
  /** 1 or more, within the limits. */
  readonly documents: readonly string[];
  readonly signal: AbortSignal;
}

export interface EmbedCall {
  readonly texts: readonly string[];
  readonly role: 'query' | 'document';
  readonly signal: AbortSignal;
}

/** One request and its reply. Throws what `failureOf` understands. */
export type Rerank = (call: RerankCall) => Promise<RerankReply>;
export type Embed = (call: EmbedCall) => Promise<EmbedReply>;

interface Service<Send> {
  /** Of every model whose row says nothing else, and of those without a row. */
  readonly limits: Limits;
  /** `row`: what is known of the model, where anything is. */
  open(model: string, connection: Connection, row?: VendorModel): Promise<Send>;
}

export type RerankService = Service<Rerank>;
export type EmbedService = Service<Embed>;

export interface Vendor {
  /** As in `together:MODEL`. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** What the AI SDK, hubs and gateways call it: `togetherai.reranking`, `voyageai/rerank-2.5`. */
  readonly alsoKnownAs?: readonly string[];
  /** Variables that may hold the key, the usual one first; none: no key is ever needed. */
  readonly keyVariables: readonly string[];
  /** Whether requests without a key make sense. @default false */
  readonly keyless?: boolean;
  readonly baseVariable: string;
  /** Absent where it must be given. */
  readonly baseURL?: string;
  /** The npm package through which it ranks and embeds, an optional peer; absent where none is needed. */
  readonly package?: string;
  /** The models that are known, of each task the one of `providers --check` first; other names are sent as they are. */
  readonly models: readonly VendorModel[];
  /** How the names of its models begin, in lowercase, so that the server knows those that are newer than the rows as the vendor's. @default none */
  readonly families?: Readonly<Partial<Record<Task, readonly string[]>>>;
  /** Of every model whose row names none. */
  readonly price?: Price;
  readonly rerank?: RerankService;
  readonly embed?: EmbedService;
  /** A language model, for `llm:`. */
  readonly languageModel?: (model: string, connection: Connection) => Promise<LanguageModel>;
}
