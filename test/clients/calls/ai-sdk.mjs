import { createCohere } from '@ai-sdk/cohere';
import { createTogetherAI } from '@ai-sdk/togetherai';
import { createVoyage } from '@ai-sdk/voyage';
import { embedMany, rerank } from 'ai';
import { documents, objects, query } from './texts.mjs';

export const name = 'ai';
export const others = ['@ai-sdk/togetherai', '@ai-sdk/cohere', '@ai-sdk/voyage'];

/** @param {import('../client.ts').Context} context */
export const calls = ({ url, key, tried, equal, best, fails }) => {
  const providers = [
    ['togetherai', '/together/v1', createTogetherAI, 'Salesforce/Llama-Rank-v1', 'togethercomputer/m2-bert-80M-8k-retrieval'],
    ['togetherai', '/v1', createTogetherAI, 'Salesforce/Llama-Rank-v1', 'default'],
    ['cohere', '/cohere/v2', createCohere, 'rerank-v3.5', 'embed-v4.0'],
    ['cohere', '/v2', createCohere, 'rerank-v3.5', 'embed-v4.0'],
    ['voyage', '/voyage/v1', createVoyage, 'rerank-2.5', 'voyage-3.5'],
    ['voyage', '/v1', createVoyage, 'rerank-2.5', 'voyage-3.5'],
  ];
  for (const [vendor, base, create, reranker, embedder] of providers) {
    const provider = create({ apiKey: key, baseURL: url + base });
    const pairs = ({ ranking }) => ranking.map((one) => [one.originalIndex, one.score]);
    tried(`${vendor}: rerank at ${base}`, async () => {
      const answer = await rerank({ model: provider.reranking(reranker), query, documents, topN: 2, maxRetries: 0 });
      best(pairs(answer), 2);
      equal(answer.rerankedDocuments[0], documents[answer.ranking[0].originalIndex]);
    });
    tried(`${vendor}: rerank of objects at ${base}`, async () => {
      best(pairs(await rerank({ model: provider.reranking(reranker), query, documents: objects, maxRetries: 0 })), documents.length);
    });
    tried(`${vendor}: embedMany at ${base}`, async () => {
      const { embeddings } = await embedMany({ model: provider.embeddingModel(embedder), values: documents, maxRetries: 0 });
      equal([embeddings.length, embeddings[0].length], [4, 384]);
    });
    tried(`${vendor}: unknown model at ${base}`, () =>
      fails(
        () => rerank({ model: provider.reranking('none'), query, documents, maxRetries: 0 }),
        (error) => error.statusCode,
        404,
      ),
    );
    tried(`${vendor}: wrong key at ${base}`, () =>
      fails(
        () => rerank({ model: create({ apiKey: 'wrong', baseURL: url + base }).reranking(reranker), query, documents, maxRetries: 0 }),
        (error) => error.statusCode,
        401,
      ),
    );
  }
};
