/** Any other server: OpenAI's form of /embeddings, Jina's of /rerank, at the address that is given. */
import type { Vendor } from '../vendor.ts';
import { jinaRerank, openAiEmbed } from './compatible.ts';
import { openAiChat } from './openai.ts';

export const openaiCompatible: Vendor = {
  name: 'openai-compatible',
  title: 'An OpenAI-compatible server',
  keyVariables: ['OPENAI_COMPATIBLE_API_KEY'],
  keyless: true,
  baseVariable: 'OPENAI_COMPATIBLE_BASE_URL',
  models: [],
  rerank: { limits: { documents: 1000 }, open: jinaRerank('/rerank') },
  embed: { limits: { documents: 128 }, open: openAiEmbed('/embeddings') },
  languageModel: openAiChat,
};
