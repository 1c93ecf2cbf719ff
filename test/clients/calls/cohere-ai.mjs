import { CohereClient, CohereClientV2 } from 'cohere-ai';
import { documents, objects, query } from './texts.mjs';

export const name = 'cohere-ai';

/** @param {import('../client.ts').Context} context */
export const calls = ({ url, key, tried, equal, best, fails }) => {
  const pairs = (results) => results.map((one) => [one.index, one.relevanceScore]);
  const failure = (error) => [error.constructor.name, error.statusCode];
  for (const base of ['/cohere', '']) {
    const at = `at ${base || '/'}`;
    const v2 = new CohereClientV2({ token: key, environment: url + base, maxRetries: 0 });
    const v1 = new CohereClient({ token: key, environment: url + base, maxRetries: 0 });
    tried(`v2 rerank ${at}`, async () => {
      const { results, meta, id } = await v2.rerank({ model: 'rerank-v3.5', query, documents, topN: 2, maxTokensPerDoc: 100 });
      best(pairs(results), 2);
      equal([meta.billedUnits.searchUnits, typeof id], [1, 'string']);
    });
    tried(`v2 rerank with scores to be exact ${at}`, async () => {
      const some = { model: 'rerank-v3.5', query, documents };
      const { results, meta } = await v2.rerank(some, { headers: { 'x-exact': 'true' } });
      best(pairs(results), documents.length);
      const alone = await v2.rerank({ ...some, documents: [documents[results[1].index]] }, { headers: { 'x-exact': 'true' } });
      equal([alone.results[0].relevanceScore, meta.warnings], [results[1].relevanceScore, undefined]);
    });
    tried(`v1 rerank ${at}`, async () => {
      const { results } = await v1.rerank({ model: 'rerank-english-v3.0', query, documents, returnDocuments: true });
      best(pairs(results), documents.length);
      equal(results[0].document.text, documents[results[0].index]);
    });
    tried(`v1 rerank of objects ${at}`, async () => {
      const { results } = await v1.rerank({ query, documents: objects, rankFields: ['title', 'text'], returnDocuments: true });
      best(pairs(results), documents.length);
      equal(results[0].document.title, 'Echolocation');
    });
    tried(`v2 embed ${at}`, async () => {
      const { embeddings, meta } = await v2.embed({
        model: 'embed-v4.0',
        texts: documents,
        inputType: 'search_document',
        embeddingTypes: ['float', 'int8', 'base64'],
      });
      equal(
        [embeddings.float.length, embeddings.float[0].length, embeddings.int8[0].length, typeof embeddings.base64[0]],
        [4, 384, 384, 'string'],
      );
      equal(meta.billedUnits.inputTokens > 0, true);
    });
    tried(`unknown model ${at}`, () => fails(() => v2.rerank({ model: 'none', query, documents }), failure, ['NotFoundError', 404]));
    tried(`no documents ${at}`, () =>
      fails(() => v2.rerank({ model: 'default', query, documents: [] }), failure, ['BadRequestError', 400]),
    );
  }
  tried('v1 embed', async () => {
    const client = new CohereClient({ token: key, environment: `${url}/cohere`, maxRetries: 0 });
    const { embeddings } = await client.embed({ texts: documents, model: 'embed-english-v3.0', inputType: 'search_query' });
    equal([embeddings.length, embeddings[0].length], [4, 384]);
  });
  tried('wrong key', () =>
    fails(
      () => new CohereClientV2({ token: 'wrong', environment: url, maxRetries: 0 }).rerank({ model: 'default', query, documents }),
      failure,
      ['UnauthorizedError', 401],
    ),
  );
};
