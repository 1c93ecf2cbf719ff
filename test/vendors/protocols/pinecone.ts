import { atMost, type Protocol, Refusal, shape, texts } from '../protocol.ts';

const inner = (list: unknown): readonly string[] => texts((list as readonly { readonly text?: unknown }[]).map(({ text }) => text));

export const pinecone: Protocol = {
  vendor: 'pinecone',
  source: '@pinecone-database/pinecone 8.2.0 (OpenAPI document 2026-04)',
  variables: (url) => ({ PINECONE_API_KEY: 'key', PINECONE_BASE_URL: url }),
  knows: (headers, key) => headers['api-key'] === key && headers['x-pinecone-api-version'] === '2026-04',
  rerank: {
    model: 'bge-reranker-v2-m3',
    path: () => '/rerank',
    read: (body) => {
      shape(body, { model: 'string', query: 'string', documents: 'list' }, ['top_n', 'return_documents', 'rank_fields', 'parameters'], 400);
      const documents = inner(body.documents);
      atMost(documents, 100, 400, 'Request contains more documents than the model allows: maximum documents is 100');
      return { query: body.query as string, documents };
    },
    tell: (rows) => ({ model: 'bge-reranker-v2-m3', data: rows.map(({ index, score }) => ({ index, score })), usage: { rerank_units: 1 } }),
  },
  embed: {
    model: 'multilingual-e5-large',
    path: () => '/embed',
    read: (body) => {
      shape(body, { model: 'string', inputs: 'list' }, ['parameters'], 400);
      if ((body.parameters as { readonly input_type?: unknown } | undefined)?.input_type === undefined)
        throw new Refusal(400, 'input_type is required for multilingual-e5-large');
      const all = inner(body.inputs);
      atMost(all, 96, 400, 'Input length 97 exceeds inputs limit of 96 for model multilingual-e5-large');
      return { texts: all };
    },
    tell: (vectors, tokens) => ({
      model: 'multilingual-e5-large',
      vector_type: 'dense',
      data: vectors.map((values) => ({ values, vector_type: 'dense' })),
      usage: { total_tokens: tokens },
    }),
  },
  fail: (status, message) => ({ error: { code: status === 400 ? 'INVALID_ARGUMENT' : 'UNKNOWN', message }, status }),
};
