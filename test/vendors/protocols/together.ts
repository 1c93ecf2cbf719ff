import { atMost, bearer, openAiError, type Protocol, shape, texts } from '../protocol.ts';

export const together: Protocol = {
  vendor: 'together',
  source: 'togethercomputer/openapi 090263a (2026-04-28)',
  variables: (url) => ({ TOGETHER_API_KEY: 'key', TOGETHER_BASE_URL: `${url}/v1` }),
  knows: bearer,
  rerank: {
    model: 'Salesforce/Llama-Rank-V1',
    path: () => '/v1/rerank',
    read: (body) => {
      // additionalProperties: false
      shape(body, { model: 'string', query: 'string', documents: 'list' }, ['top_n', 'return_documents', 'rank_fields'], 400);
      return { query: body.query as string, documents: texts(body.documents) };
    },
    tell: (rows, tokens) => ({
      object: 'rerank',
      id: '9dfa1a09-5ebc-4a40-970f-586cb8f4ae47',
      model: 'salesforce/turboranker-0.8-3778-6328',
      results: rows.map(({ index, score }) => ({ index, relevance_score: score, document: {} })),
      usage: { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens },
    }),
  },
  embed: {
    model: 'BAAI/bge-base-en-v1.5',
    path: () => '/v1/embeddings',
    read: (body) => {
      shape(body, { model: 'string', input: 'list' }, ['encoding_format'], 400);
      const all = texts(body.input);
      atMost(all, 1024, 413, 'too many inputs in one request');
      return { texts: all };
    },
    // There is no usage in the schema of the answer.
    tell: (vectors) => ({
      object: 'list',
      model: 'BAAI/bge-base-en-v1.5',
      data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    }),
  },
  fail: openAiError,
};
