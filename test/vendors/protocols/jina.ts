import { atMost, bearer, openAiList, type Protocol, shape, texts } from '../protocol.ts';

export const jina: Protocol = {
  vendor: 'jina',
  source: 'jina-ai/meta-prompt 6676f7a (2025-09-05), jina-ai-provider 1.0.0',
  variables: (url) => ({ JINA_API_KEY: 'key', JINA_BASE_URL: `${url}/v1` }),
  knows: bearer,
  rerank: {
    model: 'jina-reranker-v2-base-multilingual',
    path: () => '/v1/rerank',
    read: (body) => {
      shape(body, { model: 'string', query: 'string', documents: 'list' }, ['top_n', 'return_documents']);
      return { query: body.query as string, documents: texts(body.documents) };
    },
    tell: (rows, tokens) => ({
      model: 'jina-reranker-v2-base-multilingual',
      usage: { total_tokens: tokens },
      results: rows.map(({ index, score }) => ({ index, relevance_score: score })),
    }),
  },
  embed: {
    model: 'jina-embeddings-v3',
    path: () => '/v1/embeddings',
    read: (body) => {
      shape(body, { model: 'string', input: 'list' }, ['embedding_type', 'task', 'dimensions', 'late_chunking', 'truncate', 'normalized']);
      const all = texts(body.input);
      atMost(all, 2048, 422, 'too many inputs');
      return { texts: all };
    },
    tell: (vectors, tokens) => openAiList(vectors, tokens, 'jina-embeddings-v3'),
  },
  fail: (_, message) => ({ error: { message } }),
};
