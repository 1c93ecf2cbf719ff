/** Together: POST /rerank and /embeddings (togethercomputer/openapi 090263a); language models through @ai-sdk/togetherai 3. */
import { peer } from '../../fetch/peer.ts';
import type { LanguageModel, Vendor } from '../vendor.ts';
import { jinaRerank, openAiEmbed } from './compatible.ts';

const listed = { source: 'docs.together.ai, models', date: '2026-11' };
const rerank = { ...listed, task: 'rerank' } as const;
const embed = { ...listed, task: 'embed' } as const;

export const together: Vendor = {
  name: 'together',
  title: 'Together',
  alsoKnownAs: ['togetherai', 'together_ai'],
  keyVariables: ['TOGETHER_API_KEY', 'TOGETHER_AI_API_KEY'],
  baseVariable: 'TOGETHER_BASE_URL',
  baseURL: 'https://api.together.ai/v1',
  models: [
    {
      ...rerank,
      name: 'Salesforce/Llama-Rank-V1',
      price: { tokens: 0.1, source: 'getmaxim.ai/bifrost model library', seen: '2026-11-22' },
    },
    { ...rerank, name: 'mixedbread-ai/Mxbai-Rerank-Large-V2' },
    { ...embed, name: 'BAAI/bge-base-en-v1.5', dimensions: 768 },
    { ...embed, name: 'BAAI/bge-large-en-v1.5', dimensions: 1024 },
    { ...embed, name: 'intfloat/multilingual-e5-large-instruct' },
    { ...embed, name: 'WhereIsAI/UAE-Large-V1', dimensions: 1024 },
    { ...embed, name: 'togethercomputer/m2-bert-80M-8k-retrieval', dimensions: 768, limits: { tokensEach: 8000 } },
  ],
  rerank: {
    // 8,192 tokens a document (docs.together.ai); a number of documents is published nowhere.
    limits: { documents: 1000, tokensEach: 8000 },
    open: jinaRerank('/rerank', { return_documents: false }),
  },
  embed: {
    limits: { documents: 128, tokensEach: 510 },
    // The model's prompts are not put before the texts: the guide sends none, and the server adds none.
    open: openAiEmbed('/embeddings'),
  },
  languageModel: async (model, { baseURL, key, fetch }) => {
    const { createTogetherAI } = await peer('@ai-sdk/togetherai', () => import('@ai-sdk/togetherai'));
    return createTogetherAI({ baseURL, fetch, apiKey: key }).chatModel(model) as LanguageModel;
  },
};
