/** Together through @ai-sdk/togetherai 3: POST /rerank and /embeddings. */
import { type EmbeddingModel, embedWith, type RerankingModel, rerankWith } from '../ai-sdk.ts';
import { peer } from '../peer.ts';
import type { LanguageModel, Link, Vendor } from '../vendor.ts';

const provider = async ({ baseURL, key, fetch }: Link) => {
  const { createTogetherAI } = await peer('@ai-sdk/togetherai', () => import('@ai-sdk/togetherai'));
  return createTogetherAI({ baseURL, fetch, apiKey: key });
};

const dimensions: Readonly<Record<string, number>> = {
  'baai/bge-base-en-v1.5': 768,
  'baai/bge-large-en-v1.5': 1024,
  'whereisai/uae-large-v1': 1024,
  'togethercomputer/m2-bert-80m-8k-retrieval': 768,
};

export const together: Vendor = {
  name: 'together',
  title: 'Together',
  keyVariables: ['TOGETHER_API_KEY', 'TOGETHER_AI_API_KEY'],
  baseVariable: 'TOGETHER_BASE_URL',
  baseURL: 'https://api.together.ai/v1',
  package: '@ai-sdk/togetherai',
  rerank: {
    models: ['Salesforce/Llama-Rank-V1', 'mixedbread-ai/Mxbai-Rerank-Large-V2'],
    // 8,192 tokens a document (docs.together.ai); a number of documents is published nowhere.
    limits: () => ({ documents: 1000, tokensEach: 8000 }),
    open: async (model, link) => rerankWith((await provider(link)).reranking(model) as RerankingModel),
  },
  embed: {
    models: ['BAAI/bge-base-en-v1.5', 'BAAI/bge-large-en-v1.5', 'intfloat/multilingual-e5-large-instruct'],
    limits: (model) => ({ documents: 128, tokensEach: /8k/i.test(model) ? 8000 : 510 }),
    dimensions: (model) => dimensions[model.toLowerCase()],
    // The model's prompts are not put before the texts: the guide sends none, and the server adds none.
    open: async (model, link) => embedWith((await provider(link)).embeddingModel(model) as EmbeddingModel),
  },
  languageModel: async (model, link) => (await provider(link)).chatModel(model) as LanguageModel,
};
