/** Amazon Bedrock through @ai-sdk/amazon-bedrock 5: the agent runtime's Rerank and the runtime's InvokeModel. */

import { peer } from '../../fetch/peer.ts';
import { type EmbeddingModel, embedWith, type RerankingModel, rerankWith } from '../ai-sdk.ts';
import type { Connection, LanguageModel, Vendor } from '../vendor.ts';

/** Stands for the region's own addresses. */
const usual = 'https://bedrock.amazonaws.com';

const listed = { source: 'docs.aws.amazon.com/bedrock, models', date: '2026-11' };
const rerank = { ...listed, task: 'rerank' } as const;
const embed = { ...listed, task: 'embed', dimensions: 1024 } as const;
const litellm = 'BerriAI/litellm model_prices_and_context_window.json';

export const bedrock: Vendor = {
  name: 'bedrock',
  title: 'Amazon Bedrock',
  alsoKnownAs: ['amazon-bedrock'],
  keyVariables: ['AWS_BEARER_TOKEN_BEDROCK', 'AWS_ACCESS_KEY_ID'],
  baseVariable: 'BEDROCK_BASE_URL',
  baseURL: usual,
  package: '@ai-sdk/amazon-bedrock',
  models: [
    { ...rerank, name: 'cohere.rerank-v3-5:0', price: { searches: 2, source: litellm, seen: '2026-11-23' } },
    { ...rerank, name: 'amazon.rerank-v1:0' },
    { ...embed, name: 'amazon.titan-embed-text-v2:0' },
    { ...embed, name: 'cohere.embed-english-v3', limits: { documents: 96, tokensEach: 510 } },
    { ...embed, name: 'cohere.embed-multilingual-v3', limits: { documents: 96, tokensEach: 510 } },
    { ...embed, name: 'cohere.embed-v4:0', dimensions: 1536, limits: { documents: 96 } },
  ],
  families: { rerank: ['cohere.rerank-', 'amazon.rerank-'], embed: ['amazon.titan-embed-', 'cohere.embed-'] },
  rerank: {
    // 1,000 sources of at most 32,000 characters (API reference of Rerank).
    limits: { documents: 1000, tokensEach: 4000 },
    open: async (model, connection) => rerankWith((await provider(connection)).reranking(model) as RerankingModel),
  },
  embed: {
    limits: { documents: 1, tokensEach: 8000 },
    // The package sends each family of models what it takes of these.
    open: async (model, connection) =>
      embedWith((await provider(connection)).embeddingModel(model) as EmbeddingModel, (role) => ({
        amazonBedrock: { inputType: role === 'query' ? 'search_query' : 'search_document', truncate: 'NONE' },
      })),
  },
  languageModel: async (model, connection) => (await provider(connection))(model) as LanguageModel,
};

async function provider({ baseURL, key, fetch, variable }: Connection) {
  const { createAmazonBedrock } = await peer('@ai-sdk/amazon-bedrock', () => import('@ai-sdk/amazon-bedrock'));
  const region = variable('AWS_REGION') ?? variable('AWS_DEFAULT_REGION') ?? 'us-east-1';
  // Without a bearer key, access key and secret are taken from AWS's own variables.
  const secrets = {
    accessKeyId: variable('AWS_ACCESS_KEY_ID'),
    secretAccessKey: variable('AWS_SECRET_ACCESS_KEY'),
    sessionToken: variable('AWS_SESSION_TOKEN'),
  };
  return createAmazonBedrock({
    region,
    fetch,
    ...(baseURL === usual ? {} : { baseURL }),
    ...(key === undefined || key === secrets.accessKeyId
      ? Object.fromEntries(Object.entries(secrets).filter(([, one]) => one !== undefined))
      : { apiKey: key }),
  });
}
