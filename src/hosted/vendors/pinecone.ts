/** Pinecone's inference API: POST /rerank and /embed (@pinecone-database/pinecone 8.2.0, OpenAPI document 2026-04). */
import type { Link, Vendor } from '../vendor.ts';
import { count, field, listIn, post, rankingIn } from '../wire.ts';

const headers = ({ key }: Link): Readonly<Record<string, string>> => ({
  'x-pinecone-api-version': '2026-04',
  ...(key === undefined ? {} : { 'api-key': key }),
});

export const pinecone: Vendor = {
  name: 'pinecone',
  title: 'Pinecone',
  keyVariables: ['PINECONE_API_KEY'],
  baseVariable: 'PINECONE_BASE_URL',
  baseURL: 'https://api.pinecone.io',
  rerank: {
    models: ['bge-reranker-v2-m3', 'pinecone-rerank-v0', 'cohere-rerank-3.5'],
    limits: (model) =>
      /cohere/.test(model)
        ? { documents: 200, tokensEach: 40_000 }
        : { documents: 100, tokensEach: /pinecone-rerank-v0/.test(model) ? 512 : 1024 },
    open:
      async (model, link) =>
      async ({ query, documents, signal }) => {
        const request = {
          model,
          query,
          documents: documents.map((text) => ({ text })),
          return_documents: false,
          // Cohere's model takes no parameters there.
          ...(/cohere/.test(model) ? {} : { parameters: { truncate: 'NONE' } }),
        };
        const { body } = await post(link, '/rerank', request, signal, headers(link));
        const searches = count(field(field(body, 'usage'), 'rerank_units'));
        return { ranking: rankingIn(listIn(body, 'data'), 'score'), used: searches === undefined ? {} : { searches } };
      },
  },
  embed: {
    models: ['multilingual-e5-large', 'llama-text-embed-v2'],
    limits: (model) => ({ documents: 96, tokensEach: /e5/.test(model) ? 505 : 2000 }),
    dimensions: (model) => ({ 'multilingual-e5-large': 1024, 'llama-text-embed-v2': 1024 })[model],
    open:
      async (model, link) =>
      async ({ texts, role, signal }) => {
        const request = {
          model,
          inputs: texts.map((text) => ({ text })),
          parameters: { input_type: role === 'query' ? 'query' : 'passage', truncate: 'NONE' },
        };
        const { body } = await post(link, '/embed', request, signal, headers(link));
        const tokens = count(field(field(body, 'usage'), 'total_tokens'));
        return { vectors: listIn(body, 'data').map((row) => field(row, 'values')), used: tokens === undefined ? {} : { tokens } };
      },
  },
};
