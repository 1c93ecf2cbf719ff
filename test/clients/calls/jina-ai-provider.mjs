import { embedMany } from 'ai';
import { createJina } from 'jina-ai-provider';
import { documents } from './texts.mjs';

export const name = 'jina-ai-provider';

/** @param {import('../client.ts').Context} context */
export const calls = ({ url, key, tried, equal }) => {
  for (const base of ['/jina/v1', '/v1'])
    tried(`embedMany, a query and a document, at ${base}`, async () => {
      const provider = createJina({ apiKey: key, baseURL: url + base });
      const vectors = [];
      for (const task of ['retrieval.query', 'retrieval.passage']) {
        const model = provider.textEmbeddingModel('jina-embeddings-v3');
        const { embeddings } = await embedMany({ model, values: documents, providerOptions: { jina: { inputType: task } } });
        equal(
          embeddings.map(({ length }) => length),
          [384, 384, 384, 384],
        );
        vectors.push(embeddings[0]);
      }
      equal(JSON.stringify(vectors[0]) === JSON.stringify(vectors[1]), false);
    });
};
