/** Google's Gemini API through @ai-sdk/google 4: embedContent and batchEmbedContents. */

import { peer } from '../../fetch/peer.ts';
import { type EmbeddingModel, embedWith } from '../ai-sdk.ts';
import type { Connection, LanguageModel, Vendor } from '../vendor.ts';

export const google: Vendor = {
  name: 'google',
  title: 'Google Gemini',
  keyVariables: ['GOOGLE_GENERATIVE_AI_API_KEY', 'GEMINI_API_KEY'],
  baseVariable: 'GOOGLE_BASE_URL',
  baseURL: 'https://generativelanguage.googleapis.com/v1beta',
  package: '@ai-sdk/google',
  models: [
    {
      name: 'gemini-embedding-001',
      task: 'embed',
      dimensions: 3072,
      price: { tokens: 0.15, source: 'opencode.ai/data', seen: '2026-11-23' },
      source: 'ai.google.dev, embeddings',
      date: '2026-11',
    },
    { name: 'gemini-embedding-2', task: 'embed', source: 'ai.google.dev, models/gemini-embedding-2', date: '2026-11-28' },
  ],
  families: { embed: ['gemini-embedding-'] },
  embed: {
    limits: { documents: 100, tokensEach: 2000 },
    open: async (model, connection) =>
      embedWith((await provider(connection)).embeddingModel(model) as EmbeddingModel, (role) => ({
        google: { taskType: role === 'query' ? 'RETRIEVAL_QUERY' : 'RETRIEVAL_DOCUMENT' },
      })),
  },
  languageModel: async (model, connection) => (await provider(connection))(model) as LanguageModel,
};

async function provider({ baseURL, key, fetch }: Connection) {
  const { createGoogleGenerativeAI } = await peer('@ai-sdk/google', () => import('@ai-sdk/google'));
  return createGoogleGenerativeAI({ baseURL, fetch, apiKey: key });
}
