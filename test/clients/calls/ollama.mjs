import { OllamaEmbeddings } from '@langchain/ollama';
import { Ollama } from 'ollama';
import { documents, query } from './texts.mjs';

export const name = 'ollama';
export const others = ['@langchain/ollama'];

/** @param {import('../client.ts').Context} context */
export const calls = ({ url, key, tried, equal, fails }) => {
  const headers = { authorization: `Bearer ${key}` };
  const client = new Ollama({ host: url, headers });
  tried('embed', async () => {
    const { embeddings, prompt_eval_count: tokens } = await client.embed({ model: 'bge-small-en-v1.5', input: documents });
    equal([embeddings.length, embeddings[0].length, tokens > 0], [4, 384, true]);
  });
  tried('embeddings', async () => {
    equal((await client.embeddings({ model: 'bge-small-en-v1.5:latest', prompt: query })).embedding.length, 384);
  });
  tried('list', async () => {
    equal(
      (await client.list()).models.some(({ model }) => model === 'bge-small-en-v1.5:latest'),
      true,
    );
  });
  tried('show', async () => {
    const { capabilities, model_info: info } = await client.show({ model: 'bge-small-en-v1.5' });
    equal([capabilities, info['bert.embedding_length']], [['embedding'], 384]);
  });
  tried('version', async () => {
    equal(typeof (await client.version()).version, 'string');
  });
  tried('unknown model', () =>
    fails(
      () => client.embed({ model: 'none', input: 'a' }),
      (error) => [error.name, error.status_code],
      ['ResponseError', 404],
    ),
  );
  tried('OllamaEmbeddings', async () => {
    const embedder = new OllamaEmbeddings({ model: 'bge-small-en-v1.5', baseUrl: url, headers });
    equal(
      (await embedder.embedDocuments(documents)).map(({ length }) => length),
      [384, 384, 384, 384],
    );
    equal((await embedder.embedQuery(query)).length, 384);
  });
};
