import { bearer, openAiList, type Protocol, shape, texts } from '../protocol.ts';

export const mixedbread: Protocol = {
  vendor: 'mixedbread',
  source: '@mixedbread/sdk 0.78.0',
  variables: (url) => ({ MXBAI_API_KEY: 'key', MIXEDBREAD_BASE_URL: url }),
  knows: bearer,
  rerank: {
    model: 'mixedbread-ai/mxbai-rerank-large-v2',
    path: () => '/v1/reranking',
    read: (body) => {
      shape(body, { query: 'string', input: 'list' }, ['model', 'rank_fields', 'top_k', 'return_input', 'rewrite_query']);
      return { query: body.query as string, documents: texts(body.input) };
    },
    tell: (rows, tokens) => ({
      usage: { prompt_tokens: tokens, total_tokens: tokens },
      model: 'mixedbread-ai/mxbai-rerank-large-v2',
      data: rows.map(({ index, score }) => ({ index, score, object: 'rank_result' })),
      object: 'list',
      top_k: rows.length,
      return_input: false,
    }),
  },
  embed: {
    model: 'mixedbread-ai/mxbai-embed-large-v1',
    path: () => '/v1/embeddings',
    read: (body) => {
      shape(body, { model: 'string', input: 'list' }, ['dimensions', 'prompt', 'normalized', 'encoding_format']);
      return { texts: texts(body.input) };
    },
    tell: (vectors, tokens) => openAiList(vectors, tokens, 'mixedbread-ai/mxbai-embed-large-v1'),
  },
  fail: (_, detail) => ({ detail }),
};
