/** Jina: POST /rerank and /embeddings (jina-ai/meta-prompt v9; jina-ai-provider 1.0.0). */
import type { Vendor } from '../vendor.ts';
import { count, field, listIn, openAiVectors, post, rankingIn } from '../wire.ts';

export const jina: Vendor = {
  name: 'jina',
  title: 'Jina AI',
  keyVariables: ['JINA_API_KEY', 'JINA_AI_API_KEY'],
  baseVariable: 'JINA_BASE_URL',
  baseURL: 'https://api.jina.ai/v1',
  rerank: {
    models: ['jina-reranker-v2-base-multilingual', 'jina-reranker-v3', 'jina-reranker-m0', 'jina-colbert-v2'],
    limits: (model) => ({ documents: 1000, tokensEach: /v2-base/.test(model) ? 1000 : 8000 }),
    // v3 puts all documents into one window (arXiv 2509.25085).
    readsList: (model) => /reranker-v3/.test(model),
    open:
      async (model, link) =>
      async ({ query, documents, signal }) => {
        const { body } = await post(link, '/rerank', { model, query, documents, return_documents: false }, signal);
        const tokens = count(field(field(body, 'usage'), 'total_tokens'));
        return { ranking: rankingIn(listIn(body, 'results'), 'relevance_score'), used: { tokens } };
      },
  },
  embed: {
    models: ['jina-embeddings-v3', 'jina-embeddings-v4', 'jina-embeddings-v2-base-en'],
    limits: () => ({ documents: 512, tokensEach: 8000 }),
    dimensions: (model) => ({ 'jina-embeddings-v3': 1024, 'jina-embeddings-v4': 2048, 'jina-embeddings-v2-base-en': 768 })[model],
    open:
      async (model, link) =>
      async ({ texts, role, signal }) => {
        // Tasks came with v3.
        const task = /-v2-/.test(model) ? {} : { task: role === 'query' ? 'retrieval.query' : 'retrieval.passage' };
        const { body } = await post(link, '/embeddings', { model, input: texts, ...task, embedding_type: 'float' }, signal);
        return openAiVectors(body);
      },
  },
};
