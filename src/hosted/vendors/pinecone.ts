/** Pinecone's inference API: POST /rerank and /embed (@pinecone-database/pinecone 8.2.0, OpenAPI document 2026-04). */
import type { Connection, Vendor } from '../vendor.ts';
import { count, field, listIn, post, rankingIn } from '../wire.ts';

const headers = ({ key }: Connection): Readonly<Record<string, string>> => ({
  'x-pinecone-api-version': '2026-04',
  ...(key === undefined ? {} : { 'api-key': key }),
});

const listed = { source: 'OpenAPI document 2026-04 and docs.pinecone.io, models', date: '2026-11' };
const rerank = { ...listed, task: 'rerank' } as const;
const fourthFast = { source: 'docs.pinecone.io/models/cohere-rerank-4-fast', date: '2026-11-28' };
const embed = { ...listed, task: 'embed', dimensions: 1024 } as const;

export const pinecone: Vendor = {
  name: 'pinecone',
  title: 'Pinecone',
  keyVariables: ['PINECONE_API_KEY'],
  baseVariable: 'PINECONE_BASE_URL',
  baseURL: 'https://api.pinecone.io',
  models: [
    { ...rerank, name: 'bge-reranker-v2-m3' },
    { ...rerank, name: 'pinecone-rerank-v0', limits: { tokensEach: 512 } },
    // Billed by units of 100 texts of some 500 tokens, as Cohere's searches are.
    { ...rerank, ...fourthFast, name: 'cohere-rerank-4-fast', without: ['parameters'] },
    {
      ...rerank,
      ...fourthFast,
      name: 'cohere-rerank-3.5',
      limits: { documents: 200, tokensEach: 40_000 },
      without: ['parameters'],
      servedBy: { name: 'cohere-rerank-4-fast', since: '2026-08-01' },
    },
    { ...embed, name: 'multilingual-e5-large', limits: { tokensEach: 505 } },
    { ...embed, name: 'llama-text-embed-v2' },
  ],
  families: { rerank: ['pinecone-rerank-'] },
  rerank: {
    limits: { documents: 100, tokensEach: 1024 },
    open:
      async (model, connection, row) =>
      async ({ query, documents, signal }) => {
        const request = {
          model,
          query,
          documents: documents.map((text) => ({ text })),
          return_documents: false,
          parameters: row?.without?.includes('parameters') ? undefined : { truncate: 'NONE' },
        };
        const { body } = await post(connection, '/rerank', request, signal, headers(connection));
        const searches = count(field(field(body, 'usage'), 'rerank_units'));
        return { ranking: rankingIn(listIn(body, 'data'), 'score'), used: searches === undefined ? {} : { searches } };
      },
  },
  embed: {
    limits: { documents: 96, tokensEach: 2000 },
    open:
      async (model, connection) =>
      async ({ texts, role, signal }) => {
        const request = {
          model,
          inputs: texts.map((text) => ({ text })),
          parameters: { input_type: role === 'query' ? 'query' : 'passage', truncate: 'NONE' },
        };
        const { body } = await post(connection, '/embed', request, signal, headers(connection));
        const tokens = count(field(field(body, 'usage'), 'total_tokens'));
        return { vectors: listIn(body, 'data').map((row) => field(row, 'values')), used: tokens === undefined ? {} : { tokens } };
      },
  },
};
