import { AzureOpenAIEmbeddings, OpenAIEmbeddings } from '@langchain/openai';
import { AzureOpenAI } from 'openai';
import { documents, query } from './texts.mjs';

export const name = '@langchain/openai';
export const others = ['openai'];

/** @param {import('../client.ts').Context} context */
export const calls = ({ url, key, tried, equal, fails }) => {
  tried('OpenAIEmbeddings at /v1', async () => {
    const embedder = new OpenAIEmbeddings({ apiKey: key, model: 'text-embedding-3-small', configuration: { baseURL: `${url}/v1` } });
    equal(
      (await embedder.embedDocuments(documents)).map(({ length }) => length),
      [384, 384, 384, 384],
    );
    equal((await embedder.embedQuery(query)).length, 384);
  });
  tried('AzureOpenAIEmbeddings', async () => {
    const embedder = new AzureOpenAIEmbeddings({
      azureOpenAIApiKey: key,
      azureOpenAIBasePath: `${url}/openai/deployments`,
      azureOpenAIApiEmbeddingsDeploymentName: 'text-embedding-3-small',
      azureOpenAIApiVersion: '2024-02-01',
    });
    equal((await embedder.embedQuery(query)).length, 384);
  });
  const client = new AzureOpenAI({ apiKey: key, endpoint: url, apiVersion: '2024-02-01', maxRetries: 0 });
  tried('AzureOpenAI', async () => {
    const { data } = await client.embeddings.create({ model: 'text-embedding-3-small', input: documents });
    equal([data.length, data[0].embedding.length], [4, 384]);
  });
  tried('AzureOpenAI, unknown deployment', () =>
    fails(
      () => client.embeddings.create({ model: 'none', input: 'a' }),
      (error) => error.status,
      404,
    ),
  );
};
