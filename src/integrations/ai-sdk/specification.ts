/**
 * What the AI SDK asks of a provider (@ai-sdk/provider 3 and 4, specifications v3 and v4), written out, so that the types hold with either of them installed.
 */

/** Anything that JSON can hold, as the AI SDK names it. */
export type JsonValue = null | string | number | boolean | JsonObject | JsonValue[];
export type JsonObject = { [key: string]: JsonValue | undefined };

/** `v4` is that of `ai` 7; `v3` is taken by `ai` 6 and 7 and by Mastra. */
export type SpecificationVersion = 'v3' | 'v4';

export type Warning =
  | { type: 'unsupported'; feature: string; details?: string }
  | { type: 'compatibility'; feature: string; details?: string }
  | { type: 'other'; message: string };

export interface RerankCall {
  /** The SDK names the kind by the first one: the others may be of the other kind. */
  documents: { type: 'text'; values: string[] } | { type: 'object'; values: object[] };
  query: string;
  topN?: number;
  abortSignal?: AbortSignal;
  /** Ours is `finetooth`. */
  providerOptions?: Record<string, object>;
  headers?: Record<string, string | undefined>;
}

export interface RerankReply {
  /** Best first, each index once. */
  ranking: { index: number; relevanceScore: number }[];
  providerMetadata: Record<string, JsonObject>;
  warnings: Warning[];
  response: { timestamp: Date; modelId: string };
}

/** A reranking model of the AI SDK. */
export interface FinetoothRerankingModel<Version extends SpecificationVersion = 'v4'> {
  readonly specificationVersion: Version;
  readonly provider: string;
  readonly modelId: string;
  doRerank(call: RerankCall): Promise<RerankReply>;
}

export interface EmbedCall {
  values: string[];
  /** Only of v4. Numbers that a vector shall have. */
  dimensions?: number;
  abortSignal?: AbortSignal;
  /** Ours is `finetooth`. */
  providerOptions?: Record<string, object>;
  headers?: Record<string, string | undefined>;
}

export interface EmbedReply {
  /** In the order of the values. */
  embeddings: number[][];
  usage?: { tokens: number };
  providerMetadata: Record<string, JsonObject>;
  warnings: Warning[];
}

/** An embedding model of the AI SDK. */
export interface FinetoothEmbeddingModel<Version extends SpecificationVersion = 'v4'> {
  readonly specificationVersion: Version;
  readonly provider: string;
  readonly modelId: string;
  readonly maxEmbeddingsPerCall: number;
  readonly supportsParallelCalls: boolean;
  doEmbed(call: EmbedCall): Promise<EmbedReply>;
}
