import { atMost, bearer, type Protocol, Refusal, shape, texts } from '../protocol.ts';

const meta = (units: Readonly<Record<string, number>>) => ({ api_version: { version: '2' }, billed_units: units });

export const cohere: Protocol = {
  vendor: 'cohere',
  source: 'cohere-ai/cohere-developer-experience e814c8a1 (2026-08-20), cohere-ai 8.1.0',
  variables: (url) => ({ COHERE_API_KEY: 'key', COHERE_BASE_URL: `${url}/v2` }),
  knows: bearer,
  rerank: {
    model: 'rerank-v3.5',
    path: () => '/v2/rerank',
    read: (body) => {
      shape(body, { model: 'string', query: 'string', documents: 'list' }, ['top_n', 'max_tokens_per_doc', 'priority'], 400);
      const documents = texts(body.documents);
      atMost(documents, 1000, 400, 'invalid request: number of documents must be at most 1000');
      return { query: body.query as string, documents };
    },
    tell: (rows, tokens) => ({
      id: '07734bd2-2473-4f07-94e1-0d9f0e6843cf',
      results: rows.map(({ index, score }) => ({ index, relevance_score: score })),
      meta: { ...meta({ search_units: 1 }), tokens: { input_tokens: tokens } },
    }),
  },
  embed: {
    model: 'embed-english-light-v3.0',
    path: () => '/v2/embed',
    read: (body) => {
      shape(body, { model: 'string', texts: 'list', input_type: 'string' }, ['embedding_types', 'truncate', 'output_dimension'], 400);
      if (!['search_document', 'search_query', 'classification', 'clustering'].includes(body.input_type as string))
        throw new Refusal(400, 'invalid request: input_type');
      const all = texts(body.texts);
      atMost(all, 96, 400, 'invalid request: total number of texts must be at most 96');
      return { texts: all };
    },
    tell: (vectors, tokens) => ({
      id: 'da6e531f',
      embeddings: { float: vectors },
      texts: [],
      meta: meta({ input_tokens: tokens }),
      response_type: 'embeddings_by_type',
    }),
  },
  fail: (_, message) => ({ id: 'c5a1b0d2', message }),
};
