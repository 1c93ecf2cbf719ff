/** OpenAI through @ai-sdk/openai 4: POST /embeddings, and language models. */

import { peer } from '../../fetch/peer.ts';
import { type EmbeddingModel, embedWith } from '../ai-sdk.ts';
import type { Connection, LanguageModel, Vendor } from '../vendor.ts';

/** The chat API, which everything speaks that calls itself compatible. */
export const openAiChat = async (model: string, connection: Connection): Promise<LanguageModel> =>
  (await openAiProvider(connection)).chat(model) as LanguageModel;

const listed = { task: 'embed', source: 'platform.openai.com, embeddings', date: '2026-11' } as const;
const read = { source: 'docs.praison.ai, embeddings', seen: '2026-11-23' };

export const openai: Vendor = {
  name: 'openai',
  title: 'OpenAI',
  keyVariables: ['OPENAI_API_KEY'],
  baseVariable: 'OPENAI_BASE_URL',
  baseURL: 'https://api.openai.com/v1',
  package: '@ai-sdk/openai',
  models: [
    { ...listed, name: 'text-embedding-3-small', dimensions: 1536, price: { tokens: 0.02, ...read } },
    { ...listed, name: 'text-embedding-3-large', dimensions: 3072, price: { tokens: 0.13, ...read } },
    { ...listed, name: 'text-embedding-ada-002', dimensions: 1536, price: { tokens: 0.1, ...read } },
  ],
  families: { embed: ['text-embedding-'] },
  embed: {
    limits: { documents: 2048, tokensEach: 8000, tokens: 300_000 },
    open: async (model, connection) => embedWith((await openAiProvider(connection)).embeddingModel(model) as EmbeddingModel),
  },
  languageModel: openAiChat,
};

export async function openAiProvider({ baseURL, key, fetch }: Connection) {
  const { createOpenAI } = await peer('@ai-sdk/openai', () => import('@ai-sdk/openai'));
  return createOpenAI({ baseURL, fetch, apiKey: key ?? 'none' });
}
