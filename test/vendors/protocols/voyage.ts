import { atMost, bearer, type Protocol, shape, texts } from '../protocol.ts';

export const voyage: Protocol = {
  vendor: 'voyage',
  source: 'docs.voyageai.com reference (2026-09-29), voyageai 0.4.0',
  variables: (url) => ({ VOYAGE_API_KEY: 'key', VOYAGE_BASE_URL: `${url}/v1` }),
  knows: bearer,
  rerank: {
    model: 'rerank-2.5',
    path: () => '/v1/rerank',
    read: (body) => {
      shape(body, { model: 'string', query: 'string', documents: 'list' }, ['top_k', 'return_documents', 'truncation'], 400);
      const documents = texts(body.documents);
      atMost(documents, 1000, 400, 'The number of documents cannot exceed 1000.');
      return { query: body.query as string, documents };
    },
    tell: (rows, tokens) => ({
      object: 'list',
      data: rows.map(({ index, score }) => ({ index, relevance_score: score })),
      model: 'rerank-2.5',
      usage: { total_tokens: tokens },
    }),
  },
  embed: {
    model: 'voyage-3.5',
    path: () => '/v1/embeddings',
    read: (body) => {
      shape(
        body,
        { model: 'string', input: 'list' },
        ['input_type', 'truncation', 'output_dimension', 'output_dtype', 'encoding_format'],
        400,
      );
      const all = texts(body.input);
      atMost(all, 1000, 400, 'The batch size limit is 1000.');
      return { texts: all };
    },
    tell: (vectors, tokens) => ({
      object: 'list',
      data: vectors.map((embedding, index) => ({ object: 'embedding', embedding, index })),
      model: 'voyage-3.5',
      usage: { total_tokens: tokens },
    }),
  },
  fail: (_, detail) => ({ detail }),
};
