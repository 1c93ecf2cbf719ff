/** `finetooth serve` as the vendor: what our clients send is what our server understands, and the scores are those of this machine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hosted, hostedEmbedder } from '../../src/assemble/hosted.ts';
import { localEmbedder, openModel } from '../../src/embedders.ts';
import { createReranker, type Reranker, rerank } from '../../src/index.ts';
import { serve } from '../../src/server/listen.ts';

const texts = ['Bats hunt by echo.', 'Wheat rose by a tenth.', 'Owls see well in the dark.', 'The harbour froze.'];
const documents = texts.map((text, i) => ({ id: String(i), document: { text } }));
const query = 'how do bats find their way in the dark';
const KEY = 'a-key-of-sixteen-letters-or-more';

describe('finetooth serve as a vendor', () => {
  let server: Awaited<ReturnType<typeof serve>>;
  const here: Reranker = createReranker();
  beforeAll(async () => {
    server = await serve({ port: 0, version: '0.0.0' });
  });
  afterAll(async () => {
    await server.close();
    await here.close?.();
  });

  it.each([
    ['together:Salesforce/Llama-Rank-V1', 'TOGETHER', '/together/v1'],
    ['cohere:rerank-v3.5', 'COHERE', '/cohere/v2'],
    ['voyage:rerank-2.5', 'VOYAGE', '/voyage/v1'],
    ['jina:jina-reranker-v2-base-multilingual', 'JINA', '/jina/v1'],
    ['mixedbread:mixedbread-ai/mxbai-rerank-large-v2', 'MIXEDBREAD', '/mixedbread'],
    ['tei:default', 'TEI', '/tei'],
    ['vllm:default', 'VLLM', '/vllm'],
    ['infinity:default', 'INFINITY', '/infinity'],
    ['openai-compatible:default', 'OPENAI_COMPATIBLE', '/v1'],
  ])('%s ranks as the model here does', async (name, variable, base) => {
    const variables = { [`${variable}_BASE_URL`]: `${server.url}${base}` };
    const reranker = hosted(name, { apiKey: KEY, variables });
    const [there, own] = await Promise.all([
      rerank(query, documents, { model: reranker, fields: ['text'] }),
      rerank(query, documents, { model: here, fields: ['text'] }),
    ]);
    expect(there.results.map(({ id }) => id)).toEqual(own.results.map(({ id }) => id));
    for (const [i, { relevanceScore }] of there.results.entries())
      expect(relevanceScore).toBeCloseTo(own.results[i]?.relevanceScore as number, 4);
    expect(there.usage.requests).toBe(1);
    expect(there.usage.tokens).toBeGreaterThan(20);
  });

  it.each([
    ['openai:text-embedding-3-small', 'OPENAI', '/openai/v1'],
    ['tei:default', 'TEI', '/tei'],
    ['vllm:default', 'VLLM', '/vllm'],
    ['infinity:default', 'INFINITY', '/infinity'],
    ['openai-compatible:default', 'OPENAI_COMPATIBLE', '/v1'],
  ])('%s embeds as the model here does', async (name, variable, base) => {
    const variables = { [`${variable}_BASE_URL`]: `${server.url}${base}` };
    const embedder = await hostedEmbedder(name, { apiKey: KEY, variables, dimensions: 384 });
    const model = await openModel();
    const [there, own] = await Promise.all([embedder.embed(texts, 'document'), localEmbedder(model).embed(texts, 'document')]);
    for (const [i, value] of there.data.entries()) expect(value).toBeCloseTo(own.data[i] as number, 5);
    await model.close();
  });
});
