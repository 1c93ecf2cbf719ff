/** OpenAI through @ai-sdk/openai 4: POST /embeddings, and language models. */
import { type EmbeddingModel, embedWith } from '../ai-sdk.ts';
import { peer } from '../peer.ts';
import type { LanguageModel, Link, Vendor } from '../vendor.ts';

export const openAiProvider = async ({ baseURL, key, fetch }: Link) => {
  const { createOpenAI } = await peer('@ai-sdk/openai', () => import('@ai-sdk/openai'));
  return createOpenAI({ baseURL, fetch, apiKey: key ?? 'none' });
};

/** The chat API, which everything speaks that calls itself compatible. */
export const openAiChat = async (model: string, link: Link): Promise<LanguageModel> =>
  (await openAiProvider(link)).chat(model) as LanguageModel;

export const openai: Vendor = {
  name: 'openai',
  title: 'OpenAI',
  keyVariables: ['OPENAI_API_KEY'],
  baseVariable: 'OPENAI_BASE_URL',
  baseURL: 'https://api.openai.com/v1',
  package: '@ai-sdk/openai',
  embed: {
    models: ['text-embedding-3-small', 'text-embedding-3-large', 'text-embedding-ada-002'],
    limits: () => ({ documents: 2048, tokensEach: 8000, tokens: 300_000 }),
    dimensions: (model) => ({ 'text-embedding-3-small': 1536, 'text-embedding-3-large': 3072, 'text-embedding-ada-002': 1536 })[model],
    open: async (model, link) => embedWith((await openAiProvider(link)).embeddingModel(model) as EmbeddingModel),
  },
  languageModel: openAiChat,
};
