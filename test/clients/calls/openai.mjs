import OpenAI from 'openai';
import { documents } from './texts.mjs';

export const name = 'openai';

/** @param {import('../client.ts').Context} context */
export const calls = ({ url, key, tried, equal, fails }) => {
  const failure = (error) => [error.constructor.name, error.status, error.code];
  for (const base of ['/v1', '/openai/v1']) {
    const client = new OpenAI({ apiKey: key, baseURL: url + base, maxRetries: 0 });
    tried(`embeddings in base64, its default, at ${base}`, async () => {
      const packed = await client.embeddings.create({ model: 'text-embedding-3-small', input: documents });
      const plain = await client.embeddings.create({ model: 'text-embedding-3-small', input: documents, encoding_format: 'float' });
      equal(
        packed.data.map((one) => [...one.embedding]),
        plain.data.map((one) => one.embedding),
      );
      equal([packed.data.length, packed.data[0].embedding.length, packed.usage.prompt_tokens > 0], [4, 384, true]);
    });
    tried(`models at ${base}`, async () => {
      const models = [];
      for await (const model of client.models.list()) models.push(model.id);
      equal(models.includes('default'), true);
      equal((await client.models.retrieve('late-interaction')).id, 'late-interaction');
    });
    tried(`unknown model at ${base}`, () =>
      fails(() => client.embeddings.create({ model: 'none', input: 'a' }), failure, ['NotFoundError', 404, 'model_not_found']),
    );
    tried(`no texts at ${base}`, () =>
      fails(
        () => client.embeddings.create({ model: 'default', input: [] }),
        (error) => error.status,
        400,
      ),
    );
  }
  tried('wrong key', () =>
    fails(
      () => new OpenAI({ apiKey: 'wrong', baseURL: `${url}/v1`, maxRetries: 0 }).embeddings.create({ model: 'default', input: 'a' }),
      failure,
      ['AuthenticationError', 401, 'invalid_api_key'],
    ),
  );
};
