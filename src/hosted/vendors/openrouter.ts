/** OpenRouter: POST /rerank and /embeddings (@openrouter/sdk 1.3.19). It says itself what a call cost. */
import type { Vendor } from '../vendor.ts';
import { jinaRerank, openAiEmbed } from './compatible.ts';
import { openAiChat } from './openai.ts';

export const openrouter: Vendor = {
  name: 'openrouter',
  title: 'OpenRouter',
  keyVariables: ['OPENROUTER_API_KEY'],
  baseVariable: 'OPENROUTER_BASE_URL',
  baseURL: 'https://openrouter.ai/api/v1',
  rerank: {
    models: ['cohere/rerank-v3.5', 'voyageai/rerank-2.5'],
    limits: () => ({ documents: 1000, tokensEach: 4000 }),
    open: jinaRerank('/rerank'),
  },
  embed: {
    models: ['baai/bge-base-en-v1.5', 'openai/text-embedding-3-small', 'google/gemini-embedding-001'],
    limits: (model) => ({ documents: 128, tokensEach: /bge-(base|large)/.test(model) ? 510 : 2000 }),
    dimensions: (model) =>
      ({ 'baai/bge-base-en-v1.5': 768, 'openai/text-embedding-3-small': 1536, 'google/gemini-embedding-001': 3072 })[model],
    open: openAiEmbed('/embeddings'),
  },
  languageModel: openAiChat,
};
