/** Infinity: POST /rerank and /embeddings (michaelfeil/infinity, commit fcb951c). */
import type { Vendor } from '../vendor.ts';
import { jinaRerank, openAiEmbed } from './compatible.ts';

export const infinity: Vendor = {
  name: 'infinity',
  title: 'Infinity',
  keyVariables: ['INFINITY_API_KEY'],
  keyless: true,
  baseVariable: 'INFINITY_BASE_URL',
  baseURL: 'http://127.0.0.1:7997',
  // INFINITY_MAX_CLIENT_BATCH_SIZE.
  rerank: { models: [], limits: () => ({ documents: 2048 }), open: jinaRerank('/rerank') },
  embed: { models: [], limits: () => ({ documents: 2048 }), dimensions: () => undefined, open: openAiEmbed('/embeddings') },
};
