/**
 * The Vercel AI SDK's models, as far as they are used here (@ai-sdk/provider, specifications v2 to v4): any provider's model fits. Its
 * providers retry nothing by themselves when they are called like this.
 */

import { orFromBody, rankingOfBody, vectorsOfBody } from './ai-sdk-refused.ts';
import type { Consumption, Embed, EmbedReply, LanguageModel, Rerank } from './vendor.ts';
import { count, field, inPlaces, listIn, rankingIn } from './wire.ts';

export type ProviderOptions = Readonly<Record<string, Readonly<Record<string, string | number | boolean | null>>>>;

export interface RerankingModel {
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
  doRerank(options: {
    documents: { type: 'text'; values: string[] };
    query: string;
    abortSignal?: AbortSignal;
    // biome-ignore lint/suspicious/noExplicitAny: the SDK's own JSON type differs between its versions
    providerOptions?: any;
  }): PromiseLike<{
    readonly ranking: readonly { readonly index: number; readonly relevanceScore: number }[];
    readonly response?: { readonly body?: unknown } | undefined;
  }>;
}

export interface EmbeddingModel {
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
  readonly maxEmbeddingsPerCall: number | undefined | PromiseLike<number | undefined>;
  doEmbed(options: {
    values: string[];
    abortSignal?: AbortSignal;
    // biome-ignore lint/suspicious/noExplicitAny: the SDK's own JSON type differs between its versions
    providerOptions?: any;
  }): PromiseLike<{
    readonly embeddings: readonly (readonly number[])[];
    readonly usage?: { readonly tokens: number } | undefined;
    readonly response?: { readonly body?: unknown } | undefined;
  }>;
}

export const isRerankingModel = (value: unknown): value is RerankingModel => isModel(value, 'doRerank');
export const isEmbeddingModel = (value: unknown): value is EmbeddingModel => isModel(value, 'doEmbed');
export const isLanguageModel = (value: unknown): value is LanguageModel => isModel(value, 'doGenerate');

/** A reranking model of the SDK as our wire. */
export const rerankWith =
  (model: RerankingModel): Rerank =>
  async ({ query, documents, signal }) => {
    const asked = model.doRerank({ query, documents: { type: 'text', values: [...documents] }, abortSignal: signal });
    const read = asked.then(({ ranking, response }) => ({
      ranking: rankingIn(listIn(ranking), 'relevanceScore'),
      used: usedIn(response?.body),
    }));
    return orFromBody(read, (body) => {
      const ranking = rankingOfBody(body);
      return ranking && { ranking, used: usedIn(body) };
    });
  };

/** An embedding model of the SDK as our wire. The SDK takes vectors as they come; where the body says which text each is of, that counts. */
export const embedWith =
  (model: EmbeddingModel, providerOptions?: (role: 'query' | 'document') => ProviderOptions): Embed =>
  async ({ texts, role, signal }) => {
    const asked = model.doEmbed({
      values: [...texts],
      abortSignal: signal,
      providerOptions: providerOptions === undefined ? undefined : providerOptions(role),
    });
    const read = asked.then(
      ({ embeddings, usage, response }): EmbedReply => ({
        vectors: placed(listIn(embeddings), field(response?.body, 'data')),
        used: { tokens: count(usage?.tokens) },
      }),
    );
    return orFromBody(read, (body) => {
      const vectors = vectorsOfBody(body);
      return vectors && { vectors, used: usedIn(body) };
    });
  };

const placed = (vectors: readonly unknown[], rows: unknown): readonly unknown[] =>
  Array.isArray(rows) && rows.length === vectors.length && rows.every((row) => Number.isInteger(field(row, 'index')))
    ? inPlaces(rows, (row) => vectors[rows.indexOf(row)])
    : vectors;

const isModel = (value: unknown, method: string): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ['specificationVersion', 'provider', 'modelId'].every((name) => typeof field(value, name) === 'string') &&
  typeof field(value, method) === 'function';

/** The SDK's rerank result has no usage: it is read from the body, in the words of Together, Voyage, OpenAI and Cohere. */
function usedIn(body: unknown): Consumption {
  const usage = field(body, 'usage');
  const tokens =
    count(field(usage, 'total_tokens')) ??
    count(field(usage, 'prompt_tokens')) ??
    count(field(field(field(body, 'meta'), 'tokens'), 'input_tokens'));
  const searches = count(field(field(field(body, 'meta'), 'billed_units'), 'search_units'));
  return { tokens, searches };
}
