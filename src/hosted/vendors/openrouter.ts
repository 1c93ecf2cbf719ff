/** OpenRouter: POST /rerank and /embeddings (@openrouter/sdk 1.3.19). It says itself what a call cost. */
import type { Vendor } from '../vendor.ts';
import { jinaRerank, openAiEmbed } from './compatible.ts';
import { openAiChat } from './openai.ts';

const listed = { source: 'openrouter.ai, models', date: '2026-11-23' };
const rerank = { ...listed, task: 'rerank' } as const;
const embed = { ...listed, task: 'embed' } as const;
const seen = { source: 'openrouter.ai, models; docs.cohere.com/docs/cohere-on-openrouter', date: '2026-11-28' };
const today = { source: 'openrouter.ai', seen: '2026-11-28' };
/** Query and document in one window of 32,000. */
const long = { tokensEach: 16_000 };
const read = { source: 'openrouter.ai', seen: '2026-11-23' };

export const openrouter: Vendor = {
  name: 'openrouter',
  title: 'OpenRouter',
  keyVariables: ['OPENROUTER_API_KEY'],
  baseVariable: 'OPENROUTER_BASE_URL',
  baseURL: 'https://openrouter.ai/api/v1',
  models: [
    { ...rerank, name: 'cohere/rerank-v3.5' },
    { ...rerank, ...seen, name: 'cohere/rerank-5-pro' },
    { ...rerank, ...seen, name: 'cohere/rerank-5-fast', price: { tokens: 0.02, ...today } },
    { ...rerank, ...seen, name: 'mongodb/rerank-3', limits: long, price: { tokens: 0.05, ...today } },
    { ...rerank, ...seen, name: 'mongodb/rerank-3-lite', limits: long, price: { tokens: 0.02, ...today } },
    {
      ...rerank,
      ...seen,
      name: 'mongodb/rerank-2.5',
      alsoKnownAs: ['voyageai/rerank-2.5'],
      limits: long,
      price: { tokens: 0.05, ...today },
    },
    { ...rerank, ...seen, name: 'mongodb/rerank-2.5-lite', limits: long, price: { tokens: 0.02, ...today } },
    { ...embed, name: 'baai/bge-base-en-v1.5', dimensions: 768, limits: { tokensEach: 510 }, price: { tokens: 0.005, ...read } },
    { ...embed, name: 'baai/bge-large-en-v1.5', dimensions: 1024, limits: { tokensEach: 510 }, price: { tokens: 0.01, ...read } },
    { ...embed, name: 'openai/text-embedding-3-small', dimensions: 1536 },
    { ...embed, ...seen, name: 'cohere/embed-5-pro' },
    { ...embed, ...seen, name: 'cohere/embed-5-fast', price: { tokens: 0.08, ...today } },
    { ...embed, name: 'google/gemini-embedding-001', dimensions: 3072, price: { tokens: 0.15, ...read } },
  ],
  rerank: {
    limits: { documents: 1000, tokensEach: 4000 },
    open: jinaRerank('/rerank'),
  },
  embed: {
    limits: { documents: 128, tokensEach: 2000 },
    open: openAiEmbed('/embeddings'),
  },
  languageModel: openAiChat,
};
