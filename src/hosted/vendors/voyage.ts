/** Voyage through @ai-sdk/voyage 1: POST /rerank and /embeddings. */
import { type EmbeddingModel, embedWith, type RerankingModel, rerankWith } from '../ai-sdk.ts';
import { peer } from '../peer.ts';
import type { Link, Vendor } from '../vendor.ts';

const provider = async ({ baseURL, key, fetch }: Link) => {
  const { createVoyage } = await peer('@ai-sdk/voyage', () => import('@ai-sdk/voyage'));
  return createVoyage({ baseURL, fetch, apiKey: key });
};

/** Query and document together, by model (docs.voyageai.com, reranker). */
const window = (model: string): number =>
  /rerank-(3|2\.5)/.test(model) ? 32_000 : /^rerank-2$/.test(model) ? 16_000 : /lite-1/.test(model) ? 4000 : 8000;

export const voyage: Vendor = {
  name: 'voyage',
  title: 'Voyage AI',
  keyVariables: ['VOYAGE_API_KEY'],
  baseVariable: 'VOYAGE_BASE_URL',
  baseURL: 'https://api.voyageai.com/v1',
  package: '@ai-sdk/voyage',
  rerank: {
    models: ['rerank-2.5-lite', 'rerank-2.5', 'rerank-3', 'rerank-2', 'rerank-2-lite'],
    limits: (model) => ({ documents: 1000, tokensEach: window(model), tokens: /-1$/.test(model) ? 300_000 : 600_000 }),
    open: async (model, link) => rerankWith((await provider(link)).reranking(model) as RerankingModel, { voyage: { truncation: false } }),
  },
  embed: {
    models: ['voyage-4-lite', 'voyage-4', 'voyage-4-large', 'voyage-3.5', 'voyage-3.5-lite', 'voyage-code-3'],
    limits: () => ({ documents: 128, tokensEach: 32_000, tokens: 120_000 }),
    dimensions: (model) => (/^voyage-(4|3\.5|3-large|code-3|finance-2|law-2|multilingual-2|3$)/.test(model) ? 1024 : undefined),
    open: async (model, link) =>
      embedWith((await provider(link)).embeddingModel(model) as EmbeddingModel, (role) => ({
        voyage: { inputType: role, truncation: false },
      })),
  },
};
