/** Voyage: POST /rerank and /embeddings (docs.voyageai.com, reference of 2026-09-29; voyageai 0.4.0). */
import type { Vendor } from '../vendor.ts';
import { count, field, listIn, openAiVectors, post, rankingIn } from '../wire.ts';

const rerank = { task: 'rerank', source: 'docs.voyageai.com, reranker', date: '2026-11' } as const;
/** Of 2026-09-30. */
const third = { source: 'vercel.com/changelog, voyage-rerank-3; openrouter.ai, mongodb/rerank-3', date: '2026-11-28' };
const embed = { task: 'embed', source: 'docs.voyageai.com, embeddings', date: '2026-11', dimensions: 1024 } as const;
const maxim = { source: 'getmaxim.ai/bifrost model library', seen: '2026-11-23' };
const [dear, cheap] = [0.05, 0.02].map((tokens) => ({ tokens, ...maxim }));
/** Query and document in one window. */
const [widest, wide, narrow] = [{ tokensEach: 32_000 }, { tokensEach: 16_000 }, { tokensEach: 4000 }];

export const voyage: Vendor = {
  name: 'voyage',
  title: 'Voyage AI',
  alsoKnownAs: ['voyageai'],
  keyVariables: ['VOYAGE_API_KEY'],
  baseVariable: 'VOYAGE_BASE_URL',
  baseURL: 'https://api.voyageai.com/v1',
  models: [
    { ...rerank, name: 'rerank-2.5-lite', limits: widest, price: cheap },
    { ...rerank, name: 'rerank-2.5', limits: widest, price: dear },
    { ...rerank, ...third, name: 'rerank-3', limits: widest, price: dear },
    { ...rerank, ...third, name: 'rerank-3-lite', limits: widest, price: cheap },
    { ...rerank, name: 'rerank-2', limits: wide, price: dear },
    { ...rerank, name: 'rerank-2-lite', price: cheap },
    { ...rerank, name: 'rerank-1', limits: { tokens: 300_000 }, nameOnly: true },
    { ...rerank, name: 'rerank-lite-1', limits: { ...narrow, tokens: 300_000 }, nameOnly: true },
    { ...embed, name: 'voyage-4-lite' },
    { ...embed, name: 'voyage-4' },
    { ...embed, name: 'voyage-4-large' },
    { ...embed, name: 'voyage-3.5' },
    { ...embed, name: 'voyage-3.5-lite' },
    { ...embed, name: 'voyage-3', price: { tokens: 0.06, ...maxim } },
    { ...embed, name: 'voyage-3-large', price: { tokens: 0.18, ...maxim } },
    { ...embed, name: 'voyage-3-lite', dimensions: 512, price: cheap },
    { ...embed, name: 'voyage-code-3' },
    { ...embed, name: 'voyage-finance-2' },
    { ...embed, name: 'voyage-law-2', limits: wide },
    { ...embed, name: 'voyage-multilingual-2' },
    // POST /contextualizedembeddings, lists of chunks per document, is not spoken here.
    { ...embed, name: 'voyage-context-3', nameOnly: true },
  ],
  families: { rerank: ['rerank-'], embed: ['voyage-'] },
  rerank: {
    limits: { documents: 1000, tokensEach: 8000, tokens: 600_000 },
    open:
      async (model, connection) =>
      async ({ query, documents, signal }) => {
        const { body } = await post(connection, '/rerank', { model, query, documents, truncation: false }, signal);
        const tokens = count(field(field(body, 'usage'), 'total_tokens'));
        return { ranking: rankingIn(listIn(body, 'data'), 'relevance_score'), used: { tokens } };
      },
  },
  embed: {
    limits: { documents: 128, tokensEach: 32_000, tokens: 120_000 },
    open:
      async (model, connection) =>
      async ({ texts, role, signal }) =>
        openAiVectors((await post(connection, '/embeddings', { model, input: texts, input_type: role, truncation: false }, signal)).body),
  },
};
