/**
 * A client of which only the address was changed asks for its vendor's models. The running server is asked for each name of the one table, which
 * the hosted side reads too: the local default answers, and says so.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '../../src/hosted/vendor-model.ts';
import { vendors } from '../../src/hosted/vendors/index.ts';
import { dialects } from '../../src/server/dialects/index.ts';
import { type Server, serve } from '../../src/server/listen.ts';

let server: Server;
let strict: Server;
beforeAll(async () => {
  server = await serve({ port: 0, version: '0' });
  strict = await serve({ port: 0, version: '0', models: { strict: true } });
});
afterAll(() => Promise.all([server.close(1000), strict.close(1000)]));

/** Status, the model that ran as the header says it, and as the body does. */
const asked = async (at: Server, task: Task, model: string): Promise<readonly [number, string | null, unknown]> => {
  const body = task === 'rerank' ? { model, query: 'a', documents: ['b'] } : { model, input: 'a' };
  const answer = await fetch(`${at.url}/v1/${task === 'rerank' ? 'rerank' : 'embeddings'}`, { method: 'POST', body: JSON.stringify(body) });
  return [answer.status, answer.headers.get('x-finetooth-model'), ((await answer.json()) as { model?: unknown }).model];
};
const ran = { rerank: 'bge-small-en-v1.5+ms-marco-minilm-l-12-v2', embed: 'bge-small-en-v1.5' } as const;
const byDefault = (task: Task) => [200, ran[task], ran[task]];

const sold = vendors.filter(({ keyless }) => keyless !== true);

it('of whom an API is spoken are Together, Cohere, Voyage, Jina, Mixedbread and OpenAI', () => {
  const spoken = sold.filter(({ name }) => dialects.some(({ prefix }) => prefix.startsWith(`/${name}`)));
  expect(spoken.map(({ name }) => name)).toEqual(['together', 'cohere', 'voyage', 'jina', 'mixedbread', 'openai']);
});

describe('every name of every vendor', () => {
  it.each(sold)('of $name', async ({ models }) => {
    expect(models.length).toBeGreaterThan(0);
    const names = models.flatMap(({ task, name, alsoKnownAs = [] }) => [name, ...alsoKnownAs].map((one) => ({ task, one })));
    // Six at once: a server takes many.
    for (let at = 0; at < names.length; at += 6)
      await Promise.all(
        names
          .slice(at, at + 6)
          .map(async ({ task, one }) => expect([one, ...(await asked(server, task, one))]).toEqual([one, ...byDefault(task)])),
      );
    for (const { task, one } of names.slice(0, 2)) expect(await asked(strict, task, one)).toEqual([404, null, undefined]);
  });
});

describe('a name that is newer than the table', () => {
  it.each([
    ['rerank', 'rerank-v6.0-pro'],
    ['rerank', 'cohere/rerank-7-nano'],
    ['rerank', 'Cohere-rerank-v6-pro'],
    ['rerank', 'voyage/rerank-4-lite'],
    ['rerank', 'jinaai/jina-reranker-v4'],
    ['rerank', 'mixedbread-ai/mxbai-rerank-large-v3'],
    ['rerank', 'zerank-3'],
    ['rerank', 'cohere.rerank-v5-0:0'],
    ['rerank', 'pinecone-rerank-v1'],
    ['rerank', 'nvidia/llama-3.2-nv-rerankqa-1b-v2'],
    ['embed', 'nvidia/nv-embedqa-e5-v5'],
    ['embed', 'nv-embed-v1'],
    ['embed', 'text-embedding-4-large'],
    ['embed', 'openai/text-embedding-4-large'],
    ['embed', 'voyage-5'],
    ['embed', 'embed-v6.0'],
    ['embed', 'gemini-embedding-3'],
    ['embed', 'jina-embeddings-v6-text-small'],
    ['embed', 'amazon.titan-embed-text-v3:0'],
  ] as const)('%s %s', async (task, name) => {
    expect(await asked(server, task, name)).toEqual(byDefault(task));
    expect(await asked(strict, task, name)).toEqual([404, null, undefined]);
  });
});

describe('a name that is served says nothing of another', () => {
  it.each([
    ['rerank', 'default'],
    ['rerank', 'late-interaction'],
    ['embed', 'default'],
    ['embed', 'BAAI/bge-small-en-v1.5'],
  ] as const)('%s %s', async (task, name) => {
    expect((await asked(server, task, name)).slice(0, 2)).toEqual([200, null]);
    expect((await asked(strict, task, name)).slice(0, 2)).toEqual([200, null]);
  });
});

describe('a name of no vendor, or of another task, is not served', () => {
  it.each([
    ['embed', 'rerank-v3.5'],
    ['rerank', 'BAAI/bge-base-en-v1.5'],
    ['rerank', 'text-embedding-4'],
    ['embed', 'BAAI/bge-small-en-v2'],
    ['rerank', 'acme/rerank-v3.5'],
    ['embed', 'acme/embed-v9'],
    ['rerank', 'cohere:rerank-v9'],
    ['rerank', 'cohere/'],
    ['embed', 'gpt-5'],
  ] as const)('%s %s', async (task, name) => expect((await asked(server, task, name))[0]).toBe(404));
});
