import { Pinecone } from '@pinecone-database/pinecone';
import { documents, query, right } from './texts.mjs';

export const name = '@pinecone-database/pinecone';

/** @param {import('../client.ts').Context} context */
export const calls = ({ url, key, tried, equal, best }) => {
  for (const base of ['/pinecone', '']) {
    const client = new Pinecone({ apiKey: key, controllerHostUrl: url + base });
    tried(`inference.rerank at ${base || '/'}`, async () => {
      const answer = await client.inference.rerank({ model: 'bge-reranker-v2-m3', query, documents, topN: 2, returnDocuments: true });
      best(
        answer.data.map(({ index, score }) => [index, score]),
        2,
      );
      equal(answer.data[0].document.text, documents[right]);
    });
    tried(`inference.rerank of objects at ${base || '/'}`, async () => {
      const answer = await client.inference.rerank({
        model: 'bge-reranker-v2-m3',
        query,
        documents: documents.map((text, at) => ({ id: String(at), title: 'x', body: text })),
        rankFields: ['body'],
      });
      best(
        answer.data.map(({ index, score }) => [index, score]),
        4,
      );
    });
  }
};
