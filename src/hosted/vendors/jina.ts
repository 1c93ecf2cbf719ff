/** Jina: POST /rerank and /embeddings (jina-ai/meta-prompt v9; jina-ai-provider 1.0.0). */
import type { Vendor } from '../vendor.ts';
import { count, field, listIn, openAiVectors, post, rankingIn } from '../wire.ts';

const listed = { source: 'jina.ai/models', date: '2026-11' };
const rerank = { ...listed, task: 'rerank' } as const;
const embed = { ...listed, task: 'embed' } as const;
/** Of 2026-02-18. */
const fifth = { source: 'jina.ai/models/jina-embeddings-v5-text-small and -nano', date: '2026-11-28' };

export const jina: Vendor = {
  name: 'jina',
  title: 'Jina AI',
  alsoKnownAs: ['jinaai', 'jina_ai'],
  keyVariables: ['JINA_API_KEY', 'JINA_AI_API_KEY'],
  baseVariable: 'JINA_BASE_URL',
  baseURL: 'https://api.jina.ai/v1',
  models: [
    { ...rerank, name: 'jina-reranker-v2-base-multilingual', limits: { tokensEach: 1000 } },
    // It puts all documents into one window (arXiv 2509.25085).
    { ...rerank, name: 'jina-reranker-v3', readsList: true },
    // Of 2026-07-27, with the same interface.
    { ...rerank, name: 'jina-reranker-v3.5', readsList: true, source: 'jina.ai/models/jina-reranker-v3.5', date: '2026-11-28' },
    { ...rerank, name: 'jina-reranker-m0' },
    { ...rerank, name: 'jina-colbert-v2' },
    { ...rerank, name: 'jina-reranker-v1-base-en', nameOnly: true },
    { ...rerank, name: 'jina-reranker-v1-turbo-en', nameOnly: true },
    { ...rerank, name: 'jina-reranker-v1-tiny-en', nameOnly: true },
    { ...embed, name: 'jina-embeddings-v3', dimensions: 1024 },
    { ...embed, name: 'jina-embeddings-v4', dimensions: 2048 },
    { ...embed, ...fifth, name: 'jina-embeddings-v5-text-small', dimensions: 1024, limits: { tokensEach: 32_000 } },
    { ...embed, ...fifth, name: 'jina-embeddings-v5-text-nano', dimensions: 768 },
    // Tasks came with the third.
    { ...embed, name: 'jina-embeddings-v2-base-en', dimensions: 768, without: ['task'] },
    { ...embed, name: 'jina-embeddings-v2-base-de', dimensions: 768, without: ['task'] },
    { ...embed, name: 'jina-embeddings-v2-base-es', dimensions: 768, without: ['task'] },
    { ...embed, name: 'jina-embeddings-v2-base-zh', dimensions: 768, without: ['task'] },
    { ...embed, name: 'jina-embeddings-v2-base-code', dimensions: 768, without: ['task'] },
  ],
  families: { rerank: ['jina-reranker-', 'jina-colbert-'], embed: ['jina-embeddings-', 'jina-clip-'] },
  rerank: {
    limits: { documents: 1000, tokensEach: 8000 },
    open:
      async (model, connection) =>
      async ({ query, documents, signal }) => {
        const { body } = await post(connection, '/rerank', { model, query, documents, return_documents: false }, signal);
        const tokens = count(field(field(body, 'usage'), 'total_tokens'));
        return { ranking: rankingIn(listIn(body, 'results'), 'relevance_score'), used: { tokens } };
      },
  },
  embed: {
    limits: { documents: 512, tokensEach: 8000 },
    open:
      async (model, connection, row) =>
      async ({ texts, role, signal }) => {
        const side = role === 'query' ? 'retrieval.query' : 'retrieval.passage';
        const request = { model, input: texts, task: row?.without?.includes('task') ? undefined : side, embedding_type: 'float' };
        return openAiVectors((await post(connection, '/embeddings', request, signal)).body);
      },
  },
};
