import { bearer, openAiError, openAiList, type Protocol, shape, texts } from '../protocol.ts';

export const openrouter: Protocol = {
  vendor: 'openrouter',
  source: '@openrouter/sdk 1.3.19',
  variables: (url) => ({ OPENROUTER_API_KEY: 'key', OPENROUTER_BASE_URL: `${url}/api/v1` }),
  knows: bearer,
  rerank: {
    model: 'cohere/rerank-v3.5',
    path: () => '/api/v1/rerank',
    read: (body) => {
      shape(body, { model: 'string', query: 'string', documents: 'list' }, ['top_n', 'provider'], 400);
      return { query: body.query as string, documents: texts(body.documents) };
    },
    tell: (rows, tokens) => ({
      id: 'gen-rerank-1',
      model: 'cohere/rerank-v3.5',
      provider: 'Cohere',
      results: rows.map(({ index, score }) => ({ index, relevance_score: score, document: { text: '' } })),
      usage: { cost: 0.002, search_units: 1, total_tokens: tokens },
    }),
  },
  embed: {
    model: 'baai/bge-base-en-v1.5',
    path: () => '/api/v1/embeddings',
    read: (body) => {
      shape(body, { model: 'string', input: 'list' }, ['encoding_format', 'dimensions', 'input_type', 'provider', 'user'], 400);
      return { texts: texts(body.input) };
    },
    tell: (vectors, tokens) => openAiList(vectors, tokens, 'baai/bge-base-en-v1.5'),
  },
  fail: openAiError,
};
