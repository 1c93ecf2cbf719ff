/** Answers that are valid and bare: what is not read of them may be missing, and what some proxies and frameworks add does no harm. */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hosted, hostedEmbedder } from '../../src/assemble/hosted.ts';
import { firstStageOrder } from '../../src/rerank/parts/first-stage-order.ts';
import { fallback } from '../../src/rerank/wrappers/fallback.ts';
import { protocols } from './protocols/index.ts';
import { type Behaviour, letterVector, type Reply, sharedWords, startVendor } from './server.ts';

const SIZE = 24;
const query = 'bats that find their way';
const texts = ['bats find their way by echo', 'a text that says little', 'bats and cats'];

/** The same answer with each of these keys gone, or null. */
const spared = (body: string, keys: readonly string[], value: null | undefined): string =>
  JSON.stringify(JSON.parse(body), (key, one: unknown) => (keys.includes(key) ? value : one));

const bare = ['usage', 'meta', 'id', 'model', 'object', 'total_tokens', 'inputTextTokenCount'];
const counts = ['total_tokens', 'prompt_tokens', 'completion_tokens', 'search_units', 'input_tokens', 'inputTextTokenCount'];
const inWords = (body: string): string =>
  JSON.stringify(JSON.parse(body), (key, one: unknown) => (counts.includes(key) ? String(one) : one));

const packed =
  (encoding: string, pack: (body: string) => Uint8Array) =>
  ({ status, body, headers }: Reply) => ({
    status,
    body: pack(body),
    headers: encoding === '' ? headers : { ...headers, 'content-encoding': encoding },
  });
const forms: readonly (readonly [string, NonNullable<Behaviour['wrap']>])[] = [
  ['without usage, meta and names', (reply) => ({ ...reply, body: spared(reply.body, bare, undefined) })],
  ['with null for usage, meta and names', (reply) => ({ ...reply, body: spared(reply.body, bare, null) })],
  ['whose counts are texts', (reply) => ({ ...reply, body: inWords(reply.body) })],
  ['of status 201', (reply) => ({ ...reply, status: 201 })],
  ['after a byte order mark', (reply) => ({ ...reply, body: `\uFEFF${reply.body}` })],
  ['packed with gzip, unasked', packed('gzip', gzipSync)],
  ['packed with brotli, unasked', packed('br', brotliCompressSync)],
  ['packed with deflate, unasked', packed('deflate', deflateSync)],
  ['packed with deflate without its header', packed('deflate', deflateRawSync)],
  ['packed twice, after a byte order mark', packed('deflate, gzip', (body) => gzipSync(deflateSync(`\uFEFF${body}`)))],
  ['packed, of which the header was lost', packed('', gzipSync)],
  ['unpacked, of which the header stayed', (reply) => ({ ...reply, headers: { ...reply.headers, 'content-encoding': 'gzip' } })],
];

describe.each(forms)('an answer %s', (form, wrap) => {
  const asked = protocols.filter(({ rerank }) => rerank !== undefined);
  it.each(asked)('of $vendor ranks', async (protocol) => {
    const server = await startVendor(protocol, SIZE, { wrap });
    try {
      const reranker = hosted(`${protocol.vendor}:${protocol.rerank?.model}`, { variables: protocol.variables(server.url) });
      const { scores } = await reranker.score(
        query,
        texts.map((text) => ({ text })),
      );
      expect([...scores]).toEqual(texts.map((text) => Math.fround(sharedWords(query, text))));
      expect(server.seen).toHaveLength(1);
    } finally {
      await server.close();
    }
  });

  it.each(protocols.filter(({ embed }) => embed !== undefined))('of $vendor embeds', async (protocol) => {
    const server = await startVendor(protocol, SIZE, { wrap });
    try {
      const options = { variables: protocol.variables(server.url), dimensions: SIZE };
      const embedder = await hostedEmbedder(`${protocol.vendor}:${protocol.embed?.model}`, options);
      const { data } = await embedder.embed(texts, 'document');
      const expected = texts.flatMap((text) => {
        const vector = letterVector(text, SIZE);
        return vector.map((value) => value / Math.hypot(...vector));
      });
      for (const [at, value] of data.entries()) expect(value, form).toBeCloseTo(expected[at] as number, 5);
    } finally {
      await server.close();
    }
  });
});

/** Ways to nest without end what an answer holds. */
const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const nested: readonly (readonly [string, (body: string) => string])[] = [
  ['as a whole', () => deep],
  ['in its first list', (body) => body.replace(/\[(.|\n)*\]/, deep)],
];

describe.each(nested)('an answer that is nested without end %s', (_, spoil) => {
  it.each(protocols)('of $vendor is refused in a short sentence, and another reranker ranks', async (protocol) => {
    const wrap = (reply: Reply): Reply => ({ ...reply, body: spoil(reply.body) });
    const server = await startVendor(protocol, SIZE, { wrap });
    const options = { variables: protocol.variables(server.url), dimensions: SIZE };
    const refused = { code: 'E_VENDOR_ANSWER', message: expect.toSatisfy((text: string) => text.length < 600) };
    try {
      const { rerank, embed } = protocol;
      if (rerank !== undefined) {
        const { dimensions: _size, ...own } = options;
        const reranker = hosted(`${protocol.vendor}:${rerank.model}`, own);
        await expect(reranker.score(query, [{ text: 'bats' }])).rejects.toMatchObject(refused);
        expect((await fallback([reranker, firstStageOrder()]).score(query, [{ text: 'bats' }])).failures).toHaveLength(1);
      }
      if (embed !== undefined) {
        const embedder = await hostedEmbedder(`${protocol.vendor}:${embed.model}`, options);
        await expect(embedder.embed(['bats'], 'document')).rejects.toMatchObject(refused);
      }
    } finally {
      await server.close();
    }
  });
});

it('an index that is nested without end is none', async () => {
  for (const protocol of protocols.filter(({ vendor }) => ['together', 'jina', 'bedrock'].includes(vendor))) {
    const wrap = (reply: Reply): Reply => ({ ...reply, body: reply.body.replace('"index":0', `"index":${deep}`) });
    const server = await startVendor(protocol, SIZE, { wrap });
    const reranker = hosted(`${protocol.vendor}:${protocol.rerank?.model}`, { variables: protocol.variables(server.url) });
    await expect(reranker.score(query, [{ text: 'bats' }])).rejects.toMatchObject({
      code: 'E_VENDOR_ANSWER',
      message: expect.stringContaining('gives the index [[['),
    });
    await server.close();
  }
});

it('a row with its score under another name is quoted as it came', async () => {
  for (const protocol of protocols.filter(({ vendor }) => ['together', 'cohere', 'voyage', 'jina'].includes(vendor))) {
    const wrap = (reply: Reply) => ({ ...reply, body: reply.body.replaceAll('relevance_score', 'points') });
    const server = await startVendor(protocol, SIZE, { wrap });
    const reranker = hosted(`${protocol.vendor}:${protocol.rerank?.model}`, { variables: protocol.variables(server.url) });
    await expect(reranker.score(query, [{ text: texts[0] as string }])).rejects.toMatchObject({
      code: 'E_VENDOR_ANSWER',
      message: expect.stringMatching(/gives a score that is no number\. It began with: \{"index":0,"points":/),
    });
    await server.close();
  }
});
