/** Cohere's v2 API through @ai-sdk/cohere 4: POST /rerank and /embed. */
import { type EmbeddingModel, embedWith, type RerankingModel, rerankWith } from '../ai-sdk.ts';
import { peer } from '../peer.ts';
import type { LanguageModel, Link, Vendor } from '../vendor.ts';

const provider = async ({ baseURL, key, fetch }: Link) => {
  const { createCohere } = await peer('@ai-sdk/cohere', () => import('@ai-sdk/cohere'));
  return createCohere({ baseURL, fetch, apiKey: key });
};

export const cohere: Vendor = {
  name: 'cohere',
  title: 'Cohere',
  keyVariables: ['COHERE_API_KEY', 'CO_API_KEY'],
  baseVariable: 'COHERE_BASE_URL',
  baseURL: 'https://api.cohere.com/v2',
  package: '@ai-sdk/cohere',
  rerank: {
    models: ['rerank-v3.5', 'rerank-v4.0-fast', 'rerank-v4.0-pro', 'rerank-english-v3.0', 'rerank-multilingual-v3.0'],
    // The API reference advises against more than 1,000 documents; max_tokens_per_doc cuts at 4,096 unless it is set.
    limits: () => ({ documents: 1000, tokensEach: 4000, perMinute: 1000 }),
    open: async (model, link) => rerankWith((await provider(link)).reranking(model) as RerankingModel),
  },
  embed: {
    models: ['embed-v4.0', 'embed-english-v3.0', 'embed-multilingual-v3.0', 'embed-english-light-v3.0'],
    limits: (model) => ({ documents: 96, tokensEach: /v4/.test(model) ? 120_000 : 510 }),
    dimensions: (model) => (/^embed-v4/.test(model) ? 1536 : /light-v3/.test(model) ? 384 : /-v3\.0$/.test(model) ? 1024 : undefined),
    open: async (model, link) =>
      embedWith((await provider(link)).embeddingModel(model) as EmbeddingModel, (role) => ({
        cohere: { inputType: role === 'query' ? 'search_query' : 'search_document', truncate: 'NONE' },
      })),
  },
  languageModel: async (model, link) => (await provider(link))(model) as LanguageModel,
};
