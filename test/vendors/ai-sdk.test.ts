/** Models of the AI SDK, passed in as they are; the types are the SDK's own. */
import { createCohere } from '@ai-sdk/cohere';
import { createOpenAI } from '@ai-sdk/openai';
import type { EmbeddingModelV4, LanguageModelV4, RerankingModelV4 } from '@ai-sdk/provider';
import { createTogetherAI } from '@ai-sdk/togetherai';
import { createVoyage } from '@ai-sdk/voyage';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import type { EmbeddingModel, RerankingModel } from '../../src/hosted/ai-sdk.ts';
import type { LanguageModel } from '../../src/hosted/vendor.ts';
import { hosted, hostedEmbedder } from '../../src/hosted.ts';
import { openIndex, search } from '../../src/index.ts';
import { memoryStore } from '../../src/stores.ts';
import { startServer, type TestServer } from '../servers/http.ts';
import { cohere } from './protocols/cohere.ts';
import { openai } from './protocols/openai.ts';
import { together } from './protocols/together.ts';
import { voyage } from './protocols/voyage.ts';
import { type Reply, sharedWords, startVendor, type VendorServer } from './server.ts';

const texts = ['cats sleep all day', 'bats find their way by echo', 'a day that begins again'];
const query = 'how do bats find their way';
const expected = texts.map((text) => Math.fround(sharedWords(query, text)));

it("fits the SDK's own types", () => {
  expectTypeOf<RerankingModelV4>().toExtend<RerankingModel>();
  expectTypeOf<EmbeddingModelV4>().toExtend<EmbeddingModel>();
  expectTypeOf<LanguageModelV4>().toExtend<LanguageModel>();
});

describe('as they are', () => {
  const servers: Record<string, VendorServer> = {};
  beforeAll(async () => {
    for (const protocol of [cohere, voyage, openai]) servers[protocol.vendor] = await startVendor(protocol, 32);
  });
  afterAll(() => Promise.all(Object.values(servers).map((server) => server.close())));
  const at = (vendor: string, base: string): { apiKey: string; baseURL: string } => ({
    apiKey: 'key',
    baseURL: `${servers[vendor]?.url}${base}`,
  });

  it('reranking models of the third and fourth specification', async () => {
    const candidates = texts.map((text) => ({ text }));
    const fourth = hosted(createCohere(at('cohere', '/v2')).reranking('rerank-v3.5'));
    expect([...(await fourth.score(query, candidates)).scores]).toEqual(expected);
    expect(fourth.fingerprint).toBe(hosted('cohere:rerank-v3.5').fingerprint);
    const third = hosted(createVoyage(at('voyage', '/v1')).reranking('rerank-2.5'));
    expect([...(await third.score(query, candidates)).scores]).toEqual(expected);
  });

  it.each([
    ['without usage and meta', undefined],
    ['with null for usage and meta', null],
  ])('answers %s, which their packages refuse, rank and embed', async (_, value) => {
    const spared = (body: string): string =>
      JSON.stringify(JSON.parse(body), (key, one: unknown) => (['usage', 'meta', 'id', 'model', 'object'].includes(key) ? value : one));
    const wrap = (reply: Reply): Reply => ({ ...reply, body: spared(reply.body) });
    const [ofCohere, ofTogether, ofVoyage] = await Promise.all([cohere, together, voyage].map((one) => startVendor(one, 32, { wrap })));
    const options = (server: VendorServer | undefined, base: string) => ({ apiKey: 'key', baseURL: `${server?.url}${base}` });
    const rerankers = [
      createCohere(options(ofCohere, '/v2')).reranking('rerank-v3.5'),
      createTogetherAI(options(ofTogether, '/v1')).reranking('Salesforce/Llama-Rank-V1'),
      createVoyage(options(ofVoyage, '/v1')).reranking('rerank-2.5'),
    ];
    const candidates = texts.map((text) => ({ text }));
    for (const model of rerankers) expect([...(await hosted(model).score(query, candidates)).scores], model.provider).toEqual(expected);
    const vectors = await hostedEmbedder(createCohere(options(ofCohere, '/v2')).embeddingModel('embed-v4.0'));
    expect((await vectors.embed(texts, 'document')).count).toBe(3);
    await Promise.all([ofCohere, ofTogether, ofVoyage].map((server) => server?.close()));
  });

  it('embedding models, in an index too', async () => {
    const model = createOpenAI(at('openai', '/v1')).embeddingModel('text-embedding-3-small');
    const embedder = await hostedEmbedder(model);
    expect(embedder.dimensions).toBe(32);
    await using index = await openIndex(memoryStore(), {
      create: { fields: ['text'] },
      embedder: model,
      reranker: createCohere(at('cohere', '/v2')).reranking('rerank-v3.5'),
    });
    await index.add(texts.map((text) => ({ text })));
    const { results, rankedBy, usage } = await search(index, query, { top: 1, documents: true });
    expect(results[0]?.document?.text).toBe(texts[1]);
    expect(rankedBy).toMatch(/^cohere:rerank-v3\.5/);
    expect(usage.requests).toBe(2);
  });

  it('what is no model is refused', () => {
    expect(() => hosted({} as never)).toThrow('the model of hosted must be a name like');
    expect(() => hosted('cohere:')).toThrow('needs the name of a model');
    expect(() => hosted('openai:text-embedding-3-small')).toThrow('OpenAI has no rerank API');
    expect(() => hosted('voyageai:rerank-3')).toThrow('did you mean "voyage"');
  });
});

describe('a language model through its chat API', () => {
  let server: TestServer;
  let isBare = false;
  const asked: {
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly response_format?: { readonly type: string };
  }[] = [];
  beforeAll(async () => {
    server = await startServer((request, response) => {
      let text = '';
      request.on('data', (piece: Buffer) => (text += piece.toString()));
      request.on('end', () => {
        const body = JSON.parse(text) as (typeof asked)[number];
        asked.push(body);
        const message = { role: 'assistant', content: '{"ranking": [2, 3, 1]}' };
        const usage = { prompt_tokens: 200, completion_tokens: 12, total_tokens: 212 };
        const answer = isBare
          ? { choices: [{ message }], usage: null }
          : {
              id: 'c',
              object: 'chat.completion',
              created: 1,
              model: 'm',
              choices: [{ index: 0, message, finish_reason: 'stop' }],
              usage,
            };
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
  });
  afterAll(() => server.close());

  it('reranks by name, with structured output, and counts its tokens', async () => {
    const variables = { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: `${server.url}/v1` };
    const prices = { 'openai:gpt-mini': { tokens: 1, written: 4, source: 'here', seen: 'now' } };
    const reranker = hosted('llm:openai:gpt-mini', { variables, prices });
    const { scores, usage } = await reranker.score(
      query,
      texts.map((text) => ({ text })),
    );
    expect([...scores].map((score) => Math.round(score * 3))).toEqual([1, 3, 2]);
    expect(usage).toEqual({ requests: 1, tokens: 212, cost: expect.closeTo((200 + 48) / 1e6, 12) as number });
    expect(asked[0]?.response_format?.type).toBe('json_schema');
    expect(asked[0]?.messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(() => hosted('llm:tei:default')).toThrow('has no language models');
  });

  it('reranks too where the package refuses an answer for what is not read of it', async () => {
    isBare = true;
    const variables = { MISTRAL_API_KEY: 'key', MISTRAL_BASE_URL: `${server.url}/v1` };
    const { scores, usage } = await hosted('llm:mistral:small', { variables }).score(
      query,
      texts.map((text) => ({ text })),
    );
    expect([...scores].map((score) => Math.round(score * 3))).toEqual([1, 3, 2]);
    expect(usage).toMatchObject({ requests: 1, tokens: undefined });
  });
});
