/** A client of which only the address was changed asks for its vendor's models: each of them stands for the local default. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vendors } from '../../src/hosted/vendors/index.ts';
import { dialects } from '../../src/server/dialects/index.ts';
import { type Models, openModels } from '../../src/server/models.ts';

let [models, strict]: Models[] = [];
beforeAll(() => {
  models = openModels();
  strict = openModels({ strict: true });
});
afterAll(() => Promise.all([models?.close(), strict?.close()]));

describe('the names of a vendor whose API is spoken', () => {
  const spoken = vendors.filter(({ name, keyless }) => keyless !== true && dialects.some(({ prefix }) => prefix.startsWith(`/${name}`)));

  it('are those of Together, Cohere, Voyage, Jina, Mixedbread, Pinecone and OpenAI', () => {
    expect(spoken.map(({ name }) => name)).toEqual(['together', 'cohere', 'voyage', 'jina', 'mixedbread', 'pinecone', 'openai']);
  });

  it.each(spoken)('$name', ({ models: table }) => {
    expect(table.length).toBeGreaterThan(0);
    for (const { task, name, alsoKnownAs = [] } of table)
      for (const one of [name, ...alsoKnownAs]) {
        expect(models?.resolve(task, one), one).toBe('default');
        expect(() => strict?.resolve(task, one), one).toThrow('is not served here');
      }
  });

  it('are those of a task: a reranker does not embed', () => {
    expect(() => models?.resolve('embed', 'rerank-v3.5')).toThrow('is not served here');
    expect(() => models?.resolve('rerank', 'BAAI/bge-base-en-v1.5')).toThrow('is not served here');
  });
});

it.each([
  'gemini-embedding-001',
  'mistral-embed',
  'cohere.embed-english-v3',
  'nvidia/nv-embedqa-e5-v5',
])('%s of another vendor stands for the default too', (name) => expect(models?.resolve('embed', name)).toBe('default'));

it.each(['BAAI/bge-small-en-v2', 'text-embedding-4', 'acme/rerank-v3.5'])('%s of no vendor does not', (name) => {
  expect(() => models?.resolve('embed', name)).toThrow('is not served here');
  expect(() => models?.resolve('rerank', name)).toThrow('is not served here');
});
