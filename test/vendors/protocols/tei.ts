import { atMost, bearer, type Protocol, shape, texts } from '../protocol.ts';

const tooMany = (count: number): string => `batch size ${count} > maximum allowed batch size 32`;

export const tei: Protocol = {
  vendor: 'tei',
  source: 'huggingface/text-embeddings-inference 0d124dc (2026-07-24)',
  variables: (url) => ({ TEI_API_KEY: 'key', TEI_BASE_URL: url }),
  knows: bearer,
  rerank: {
    model: 'default',
    path: () => '/rerank',
    read: (body) => {
      shape(body, { query: 'string', texts: 'list' }, ['truncate', 'truncation_direction', 'raw_scores', 'return_text']);
      const documents = texts(body.texts, 422);
      atMost(documents, 32, 422, tooMany(documents.length));
      return { query: body.query as string, documents };
    },
    tell: (rows) => rows.map(({ index, score }) => ({ index, score })),
    headers: (tokens) => ({ 'x-compute-tokens': String(tokens), 'x-compute-type': 'cpu' }),
  },
  embed: {
    model: 'default',
    path: () => '/embed',
    read: (body) => {
      shape(body, { inputs: 'list' }, ['truncate', 'truncation_direction', 'prompt_name', 'normalize', 'dimensions']);
      const all = texts(body.inputs, 422);
      atMost(all, 32, 422, tooMany(all.length));
      return { texts: all };
    },
    tell: (vectors) => vectors,
    headers: (tokens) => ({ 'x-compute-tokens': String(tokens), 'x-compute-type': 'cpu' }),
  },
  fail: (status, error) => ({ error, error_type: status === 429 ? 'Overloaded' : status >= 500 ? 'Unhealthy' : 'Validation' }),
};
