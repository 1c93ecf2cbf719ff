import Together from 'together-ai';
import { documents, objects, query } from './texts.mjs';

export const name = 'together-ai';

/** @param {import('../client.ts').Context} context */
export const calls = ({ url, key, tried, equal, best, fails }) => {
  for (const base of ['/together/v1', '/v1']) {
    const client = new Together({ apiKey: key, baseURL: url + base, maxRetries: 0 });
    tried(`rerank at ${base}`, async () => {
      const { results, usage, model } = await client.rerank.create({ model: 'Salesforce/Llama-Rank-V1', query, documents, top_n: 2 });
      best(
        results.map((one) => [one.index, one.relevance_score]),
        2,
      );
      equal(results[0].document.text, documents[results[0].index]);
      equal(usage.prompt_tokens > 0 && usage.total_tokens === usage.prompt_tokens, true);
      equal(model, 'bge-small-en-v1.5+ms-marco-minilm-l-12-v2');
    });
    tried(`rerank of objects at ${base}`, async () => {
      const { results } = await client.rerank.create({ model: 'default', query, documents: objects, rank_fields: ['title', 'text'] });
      best(
        results.map((one) => [one.index, one.relevance_score]),
        documents.length,
      );
    });
    tried(`embeddings at ${base}`, async () => {
      const { data } = await client.embeddings.create({ model: 'default', input: documents });
      equal(
        data.map((one) => [one.index, one.embedding.length]),
        documents.map((_, i) => [i, 384]),
      );
    });
    tried(`unknown model at ${base}`, () =>
      fails(
        () => client.rerank.create({ model: 'none', query, documents }),
        (error) => [error.constructor.name, error.status],
        ['NotFoundError', 404],
      ),
    );
    tried(`no documents at ${base}`, () =>
      fails(
        () => client.rerank.create({ model: 'default', query, documents: [] }),
        (error) => [error.constructor.name, error.status],
        ['BadRequestError', 400],
      ),
    );
  }
  tried('wrong key', () =>
    fails(
      () => new Together({ apiKey: 'wrong', baseURL: `${url}/v1`, maxRetries: 0 }).rerank.create({ model: 'default', query, documents }),
      (error) => [error.constructor.name, error.status],
      ['AuthenticationError', 401],
    ),
  );
};
