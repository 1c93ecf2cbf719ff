/** vLLM: POST /rerank and /v1/embeddings (vllm/entrypoints/pooling, commit 055e47c). Texts that are too long are refused there, never cut. */
import type { Vendor } from '../vendor.ts';
import { free } from '../vendor-model.ts';
import { jinaRerank, openAiEmbed } from './compatible.ts';
import { openAiChat } from './openai.ts';

export const vllm: Vendor = {
  name: 'vllm',
  title: 'vLLM',
  keyVariables: ['VLLM_API_KEY'],
  keyless: true,
  baseVariable: 'VLLM_BASE_URL',
  baseURL: 'http://127.0.0.1:8000',
  models: [],
  price: free,
  rerank: { limits: { documents: 1000 }, open: jinaRerank('/rerank') },
  embed: { limits: { documents: 256 }, open: openAiEmbed('/v1/embeddings') },
  languageModel: (model, connection) => openAiChat(model, { ...connection, baseURL: `${connection.baseURL}/v1` }),
};
