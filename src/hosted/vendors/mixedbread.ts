/** Mixedbread: POST /v1/reranking and /v1/embeddings (@mixedbread/sdk 0.78.0). */
import type { Vendor } from '../vendor.ts';
import { count, field, listIn, openAiVectors, post, rankingIn } from '../wire.ts';

/** The model card's prompt of queries; documents have none. */
const queryPrompt = 'Represent this sentence for searching relevant passages: ';

export const mixedbread: Vendor = {
  name: 'mixedbread',
  title: 'Mixedbread',
  keyVariables: ['MXBAI_API_KEY', 'MIXEDBREAD_API_KEY'],
  baseVariable: 'MIXEDBREAD_BASE_URL',
  baseURL: 'https://api.mixedbread.com',
  rerank: {
    models: ['mixedbread-ai/mxbai-rerank-base-v2', 'mixedbread-ai/mxbai-rerank-large-v2', 'mixedbread-ai/mxbai-rerank-large-v1'],
    limits: (model) => ({ documents: 1000, tokensEach: /-v1$/.test(model) ? 500 : 8000 }),
    open:
      async (model, link) =>
      async ({ query, documents, signal }) => {
        const { body } = await post(link, '/v1/reranking', { model, query, input: documents, return_input: false }, signal);
        const tokens = count(field(field(body, 'usage'), 'total_tokens'));
        return { ranking: rankingIn(listIn(body, 'data'), 'score'), used: { tokens } };
      },
  },
  embed: {
    models: ['mixedbread-ai/mxbai-embed-large-v1'],
    limits: () => ({ documents: 256, tokensEach: 510 }),
    dimensions: (model) => (/mxbai-embed-large-v1$/.test(model) ? 1024 : undefined),
    open:
      async (model, link) =>
      async ({ texts, role, signal }) => {
        const prompt = role === 'query' && /mxbai-embed-large/.test(model) ? { prompt: queryPrompt } : {};
        const { body } = await post(
          link,
          '/v1/embeddings',
          { model, input: texts, normalized: true, encoding_format: 'float', ...prompt },
          signal,
        );
        return openAiVectors(body);
      },
  },
};
