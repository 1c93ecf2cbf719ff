/** Cohere's v2 API: POST /rerank and /embed (cohere-ai/cohere-developer-experience e814c8a1); language models through @ai-sdk/cohere 4. */
import { peer } from '../../fetch/peer.ts';
import type { Consumption, LanguageModel, Vendor } from '../vendor.ts';
import { count, field, listIn, post, rankingIn } from '../wire.ts';

const listed = { source: 'docs.cohere.com, models; other names: Azure AI Foundry', date: '2026-11' };
/** Calibrated from 0 to 1; query and document together have 32,768 tokens. */
const fifthReranker = { source: 'docs.cohere.com, changelog/rerank-v5 and cohere-on-openrouter; Azure: getmaxim.ai', date: '2026-11-28' };
const fifthEmbedder = { source: 'docs.cohere.com, changelog/embed-v5; developersdigest.tech', date: '2026-11-28', dimensions: 2048 };
const rerank = { ...listed, task: 'rerank' } as const;
const embed = { ...listed, task: 'embed' } as const;
const maxim = { source: 'getmaxim.ai/bifrost model library', seen: '2026-11-23' };
const perSearch = { searches: 2, source: 'BerriAI/litellm model_prices_and_context_window.json', seen: '2026-11-23' };
const vercel = { source: 'vercel.com/ai-gateway, models', seen: '2026-11-28' };
/** Of the fourth and the fifth generation of embedders, which have 128,000. */
const longest = { tokensEach: 120_000 };
/** Of the third generation of embedders. */
const third = { tokensEach: 510 };

export const cohere: Vendor = {
  name: 'cohere',
  title: 'Cohere',
  keyVariables: ['COHERE_API_KEY', 'CO_API_KEY'],
  baseVariable: 'COHERE_BASE_URL',
  baseURL: 'https://api.cohere.com/v2',
  models: [
    { ...rerank, name: 'rerank-v3.5', alsoKnownAs: ['cohere-rerank-v3.5'], price: perSearch },
    { ...rerank, name: 'rerank-v4.0-fast', alsoKnownAs: ['cohere-rerank-v4.0-fast'] },
    { ...rerank, name: 'rerank-v4.0-pro', alsoKnownAs: ['cohere-rerank-v4.0-pro'] },
    { ...rerank, ...fifthReranker, name: 'rerank-v5.0-pro', alsoKnownAs: ['cohere-rerank-v5-pro'], price: { tokens: 0.05, ...maxim } },
    { ...rerank, ...fifthReranker, name: 'rerank-v5.0-fast', alsoKnownAs: ['cohere-rerank-v5-fast'], price: { tokens: 0.02, ...maxim } },
    { ...rerank, name: 'rerank-english-v3.0', alsoKnownAs: ['cohere-rerank-v3-english'], price: perSearch },
    { ...rerank, name: 'rerank-multilingual-v3.0', alsoKnownAs: ['cohere-rerank-v3-multilingual'], price: perSearch },
    { ...rerank, name: 'rerank-english-v2.0', nameOnly: true },
    { ...rerank, name: 'rerank-multilingual-v2.0', nameOnly: true },
    { ...embed, name: 'embed-v4.0', alsoKnownAs: ['embed-v-4-0'], dimensions: 1536, limits: longest },
    { ...embed, ...fifthEmbedder, name: 'embed-v5.0-pro', limits: longest, price: { tokens: 0.12, ...vercel } },
    { ...embed, ...fifthEmbedder, name: 'embed-v5.0-fast', limits: longest, price: { tokens: 0.08, ...vercel } },
    { ...embed, name: 'embed-english-v3.0', alsoKnownAs: ['cohere-embed-v3-english'], dimensions: 1024, limits: third },
    { ...embed, name: 'embed-multilingual-v3.0', alsoKnownAs: ['cohere-embed-v3-multilingual'], dimensions: 1024, limits: third },
    { ...embed, name: 'embed-english-light-v3.0', dimensions: 384, limits: third },
    { ...embed, name: 'embed-multilingual-light-v3.0', dimensions: 384, limits: third },
  ],
  families: { rerank: ['rerank-', 'cohere-rerank-'], embed: ['embed-', 'cohere-embed-'] },
  rerank: {
    // The API reference advises against more than 1,000 documents; max_tokens_per_doc cuts at 4,096 unless it is set.
    limits: { documents: 1000, tokensEach: 4000, requestsPerMinute: 1000 },
    open:
      async (model, connection) =>
      async ({ query, documents, signal }) => {
        const { body } = await post(connection, '/rerank', { model, query, documents }, signal);
        return { ranking: rankingIn(listIn(body, 'results'), 'relevance_score'), used: usedIn(body) };
      },
  },
  embed: {
    limits: { documents: 96, tokensEach: 510 },
    open:
      async (model, connection) =>
      async ({ texts, role, signal }) => {
        const side = role === 'query' ? 'search_query' : 'search_document';
        const request = { model, texts, input_type: side, truncate: 'NONE', embedding_types: ['float'] };
        const { body } = await post(connection, '/embed', request, signal);
        return { vectors: listIn(field(body, 'embeddings'), 'float'), used: usedIn(body) };
      },
  },
  languageModel: async (model, { baseURL, key, fetch }) => {
    const { createCohere } = await peer('@ai-sdk/cohere', () => import('@ai-sdk/cohere'));
    return createCohere({ baseURL, fetch, apiKey: key })(model) as LanguageModel;
  },
};

/** `{meta: {billed_units: {search_units, input_tokens}, tokens: {input_tokens}}}`; all of it may be missing. */
function usedIn(body: unknown): Consumption {
  const [billed, tokens] = ['billed_units', 'tokens'].map((name) => field(field(body, 'meta'), name));
  return {
    tokens: count(field(tokens, 'input_tokens')) ?? count(field(billed, 'input_tokens')),
    searches: count(field(billed, 'search_units')),
  };
}
