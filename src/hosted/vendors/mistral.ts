/** Mistral through @ai-sdk/mistral 4: POST /embeddings. */

import { peer } from '../../fetch/peer.ts';
import { type EmbeddingModel, embedWith } from '../ai-sdk.ts';
import type { Connection, LanguageModel, Vendor } from '../vendor.ts';

const listed = { task: 'embed', source: 'docs.mistral.ai, embeddings', date: '2026-11' } as const;

export const mistral: Vendor = {
  name: 'mistral',
  title: 'Mistral',
  keyVariables: ['MISTRAL_API_KEY'],
  baseVariable: 'MISTRAL_BASE_URL',
  baseURL: 'https://api.mistral.ai/v1',
  package: '@ai-sdk/mistral',
  models: [
    {
      ...listed,
      name: 'mistral-embed',
      dimensions: 1024,
      price: { tokens: 0.1, source: 'opencode.ai/data', seen: '2026-11-23' },
    },
    { ...listed, name: 'codestral-embed', dimensions: 1536 },
  ],
  families: { embed: ['mistral-embed', 'codestral-embed'] },
  embed: {
    limits: { documents: 32, tokensEach: 8000, tokens: 16_000, concurrency: 1 },
    open: async (model, connection) => embedWith((await provider(connection)).embeddingModel(model) as EmbeddingModel),
  },
  languageModel: async (model, connection) => (await provider(connection))(model) as LanguageModel,
};

async function provider({ baseURL, key, fetch }: Connection) {
  const { createMistral } = await peer('@ai-sdk/mistral', () => import('@ai-sdk/mistral'));
  return createMistral({ baseURL, fetch, apiKey: key });
}
