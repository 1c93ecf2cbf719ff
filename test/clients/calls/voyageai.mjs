import { VoyageAIClient } from 'voyageai';
import { documents, query } from './texts.mjs';

export const name = 'voyageai';

/** @param {import('../client.ts').Context} context */
export const calls = ({ url, key, tried, equal, best, fails }) => {
  const failure = (error) => error.statusCode;
  for (const base of ['/voyage/v1', '/v1']) {
    const client = new VoyageAIClient({ apiKey: key, environment: url + base, maxRetries: 0 });
    tried(`rerank at ${base}`, async () => {
      const { data, usage, model } = await client.rerank({ query, documents, model: 'rerank-2.5', topK: 2, returnDocuments: true });
      best(
        data.map((one) => [one.index, one.relevanceScore]),
        2,
      );
      equal(data[0].document, documents[data[0].index]);
      equal([usage.totalTokens > 0, model], [true, 'bge-small-en-v1.5+ms-marco-minilm-l-12-v2']);
    });
    tried(`embed at ${base}`, async () => {
      const { data, usage } = await client.embed({ input: documents, model: 'voyage-3.5', inputType: 'document' });
      equal([data.length, data[0].embedding.length, usage.totalTokens > 0], [4, 384, true]);
    });
    tried(`no documents at ${base}`, () => fails(() => client.rerank({ query, documents: [], model: 'default', topK: 1 }), failure, 400));
    tried(`unknown model at ${base}`, () => fails(() => client.rerank({ query, documents, model: 'none', topK: 1 }), failure, 404));
  }
  tried('wrong key', () =>
    fails(
      () =>
        new VoyageAIClient({ apiKey: 'wrong', environment: `${url}/voyage/v1`, maxRetries: 0 }).rerank({
          query,
          documents,
          model: 'default',
        }),
      failure,
      401,
    ),
  );
};
