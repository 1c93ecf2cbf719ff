/** Infinity: POST /rerank and /embeddings (michaelfeil/infinity, commit fcb951c). */
import type { Vendor } from '../vendor.ts';
import { free } from '../vendor-model.ts';
import { jinaRerank, openAiEmbed } from './compatible.ts';

export const infinity: Vendor = {
  name: 'infinity',
  title: 'Infinity',
  keyVariables: ['INFINITY_API_KEY'],
  keyless: true,
  baseVariable: 'INFINITY_BASE_URL',
  baseURL: 'http://127.0.0.1:7997',
  models: [],
  price: free,
  // INFINITY_MAX_CLIENT_BATCH_SIZE.
  rerank: { limits: { documents: 2048 }, open: jinaRerank('/rerank') },
  embed: { limits: { documents: 2048 }, open: openAiEmbed('/embeddings') },
};
