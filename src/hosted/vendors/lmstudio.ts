/** LM Studio: POST /embeddings, in OpenAI's form. */
import type { Vendor } from '../vendor.ts';
import { free } from '../vendor-model.ts';
import { openAiEmbed } from './compatible.ts';
import { openAiChat } from './openai.ts';

export const lmstudio: Vendor = {
  name: 'lmstudio',
  title: 'LM Studio',
  keyVariables: ['LMSTUDIO_API_KEY'],
  keyless: true,
  baseVariable: 'LMSTUDIO_BASE_URL',
  baseURL: 'http://127.0.0.1:1234/v1',
  models: [],
  price: free,
  embed: { limits: { documents: 64, concurrency: 2 }, open: openAiEmbed('/embeddings') },
  languageModel: openAiChat,
};
