import { createRequire } from 'node:module';
import { CohereEmbeddings, CohereRerank } from '@langchain/cohere';
import { documents, query } from './texts.mjs';

// The client that this package itself depends on, an older one.
const { CohereClient } = createRequire(createRequire(import.meta.url).resolve('@langchain/cohere'))('cohere-ai');

export const name = '@langchain/cohere';

/** @param {import('../client.ts').Context} context */
export const calls = ({ url, key, tried, equal, best, fails }) => {
  for (const base of ['/cohere', '']) {
    const client = new CohereClient({ token: key, environment: url + base });
    const reranker = new CohereRerank({ client, model: 'rerank-english-v2.0', topN: 2 });
    tried(`compressDocuments at ${base || '/'}`, async () => {
      const kept = await reranker.compressDocuments(
        documents.map((pageContent) => ({ pageContent, metadata: {} })),
        query,
      );
      best(
        kept.map(({ pageContent, metadata }) => [documents.indexOf(pageContent), metadata.relevanceScore]),
        2,
      );
    });
    tried(`rerank at ${base || '/'}`, async () => {
      best(
        (await reranker.rerank(documents, query)).map((one) => [one.index, one.relevanceScore]),
        2,
      );
    });
    tried(`unknown model at ${base || '/'}`, () =>
      fails(
        () => reranker.rerank(documents, query, { model: 'none' }),
        (error) => error.statusCode,
        404,
      ),
    );
    if (base === '') continue;
    tried('embedDocuments', async () => {
      const embeddings = await new CohereEmbeddings({ client, model: 'embed-english-v3.0', maxRetries: 0 }).embedDocuments(documents);
      equal([embeddings.length, embeddings[0].length], [4, 384]);
    });
  }
};
