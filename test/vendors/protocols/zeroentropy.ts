import { bearer, type Protocol, shape, texts } from '../protocol.ts';

export const zeroentropy: Protocol = {
  vendor: 'zeroentropy',
  source: 'zeroentropy 0.1.0-alpha.10',
  variables: (url) => ({ ZEROENTROPY_API_KEY: 'key', ZEROENTROPY_BASE_URL: `${url}/v1` }),
  knows: bearer,
  rerank: {
    model: 'zerank-2',
    path: () => '/v1/models/rerank',
    read: (body) => {
      shape(body, { model: 'string', query: 'string', documents: 'list' }, ['top_n', 'latency']);
      return { query: body.query as string, documents: texts(body.documents) };
    },
    tell: (rows, tokens) => ({
      actual_latency_mode: 'fast',
      e2e_latency: 0.1,
      inference_latency: 0.05,
      results: rows.map(({ index, score }) => ({ index, relevance_score: score })),
      total_bytes: tokens * 4,
      total_tokens: tokens,
    }),
  },
  embed: {
    model: 'zembed-1',
    path: () => '/v1/models/embed',
    read: (body) => {
      shape(body, { model: 'string', input: 'list', input_type: 'string' }, ['dimensions', 'encoding_format', 'latency']);
      return { texts: texts(body.input) };
    },
    tell: (vectors, tokens) => ({
      results: vectors.map((embedding) => ({ embedding })),
      usage: { total_bytes: tokens * 4, total_tokens: tokens },
    }),
  },
  fail: (_, detail) => ({ detail }),
};
