/** Mixedbread: POST /v1/reranking and /v1/embeddings (@mixedbread/sdk 0.78.0). */
import type { Vendor } from '../vendor.ts';
import { count, field, listIn, openAiVectors, post, rankingIn } from '../wire.ts';

const listed = { source: '@mixedbread/sdk 0.78.0 and the model cards', date: '2026-11' };
const rerank = { ...listed, task: 'rerank' } as const;

/** The hub's name, and the bare one. */
const both = (name: string) => ({ name: `mixedbread-ai/${name}`, alsoKnownAs: [name] });

export const mixedbread: Vendor = {
  name: 'mixedbread',
  title: 'Mixedbread',
  alsoKnownAs: ['mixedbread-ai'],
  keyVariables: ['MXBAI_API_KEY', 'MIXEDBREAD_API_KEY'],
  baseVariable: 'MIXEDBREAD_BASE_URL',
  baseURL: 'https://api.mixedbread.com',
  models: [
    { ...rerank, ...both('mxbai-rerank-base-v2') },
    { ...rerank, ...both('mxbai-rerank-large-v2') },
    { ...rerank, ...both('mxbai-rerank-large-v1'), limits: { tokensEach: 500 } },
    { ...rerank, ...both('mxbai-rerank-base-v1'), limits: { tokensEach: 500 } },
    { ...rerank, ...both('mxbai-rerank-xsmall-v1'), limits: { tokensEach: 500 } },
    {
      ...listed,
      ...both('mxbai-embed-large-v1'),
      task: 'embed',
      dimensions: 1024,
      // The model card's; documents have none.
      queryPrompt: 'Represent this sentence for searching relevant passages: ',
    },
  ],
  families: { rerank: ['mxbai-rerank-'], embed: ['mxbai-embed-'] },
  rerank: {
    limits: { documents: 1000, tokensEach: 8000 },
    open:
      async (model, connection) =>
      async ({ query, documents, signal }) => {
        const { body } = await post(connection, '/v1/reranking', { model, query, input: documents, return_input: false }, signal);
        const tokens = count(field(field(body, 'usage'), 'total_tokens'));
        return { ranking: rankingIn(listIn(body, 'data'), 'score'), used: { tokens } };
      },
  },
  embed: {
    limits: { documents: 256, tokensEach: 510 },
    open:
      async (model, connection, row) =>
      async ({ texts, role, signal }) => {
        const prompt = role === 'query' ? row?.queryPrompt : undefined;
        const request = { model, input: texts, normalized: true, encoding_format: 'float', prompt };
        return openAiVectors((await post(connection, '/v1/embeddings', request, signal)).body);
      },
  },
};
