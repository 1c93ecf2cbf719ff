/** The seam to hosted models: one file a vendor, which knows its wire and nothing of patience, money or other vendors. */

/** Where a vendor is and how it knows us. */
export interface Link {
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

/** A row of a ranking as it came: nobody has checked it. */
export interface RankingRow {
  readonly index: unknown;
  readonly score: unknown;
}

export interface RerankReply {
  readonly ranking: readonly RankingRow[];
  readonly used: Consumption;
  /** Tokens of the query that the model did not read, where the server says so. */
  readonly queryTruncatedTokens?: number;
}

export interface EmbedReply {
  /** Row i belongs to texts[i]; nobody has checked them. */
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

/** What one request may hold. Absent: no limit is known. */
export interface Limits {
  /** Documents or texts. */
  readonly documents?: number;
  /** Tokens of one document beside the query. */
  readonly tokensEach?: number;
  /** Tokens of all together; the query counts once for each document. */
  readonly tokens?: number;
  /** Bytes of all texts together. */
  readonly bytes?: number;
  /** Requests at the same time, and in a minute. */
  readonly together?: number;
  readonly perMinute?: number;
}

interface Service<Send> {
  /** Names that are known to exist, the one of `providers --check` first; others are sent as they are. */
  readonly models: readonly string[];
  limits(model: string): Limits;
  open(model: string, link: Link): Promise<Send>;
}

export interface RerankService extends Service<Rerank> {
  /** Whether the scores of this model depend on the other documents of the request. @default they do not */
  readsList?(model: string): boolean;
}

export interface EmbedService extends Service<Embed> {
  /** Numbers in a vector, where they are known. */
  dimensions(model: string): number | undefined;
}

export interface Vendor {
  /** As in `together:MODEL`. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** Variables that may hold the key, the usual one first; none: no key is ever needed. */
  readonly keyVariables: readonly string[];
  /** Whether requests without a key make sense. @default false */
  readonly keyless?: boolean;
  readonly baseVariable: string;
  /** Absent where it must be given. */
  readonly baseURL?: string;
  /** The npm package that speaks to it, an optional peer; absent where this package does. */
  readonly package?: string;
  readonly rerank?: RerankService;
  readonly embed?: EmbedService;
  /** A language model, for `llm:`. */
  readonly languageModel?: (model: string, link: Link) => Promise<LanguageModel>;
}
