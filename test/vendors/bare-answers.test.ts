/** Answers that are valid and bare: what is not read of them may be missing, and what some proxies and frameworks add does no harm. */
import { describe, expect, it } from 'vitest';
import { hosted, hostedEmbedder } from '../../src/assemble/hosted.ts';
import { protocols } from './protocols/index.ts';
import { letterVector, sharedWords, startVendor } from './server.ts';

const SIZE = 24;
const query = 'bats that find their way';
const texts = ['bats find their way by echo', 'a text that says little', 'bats and cats'];

/** The same answer with each of these keys gone, or null. */
const spared = (body: string, keys: readonly string[], value: null | undefined): string =>
  JSON.stringify(JSON.parse(body), (key, one: unknown) => (keys.includes(key) ? value : one));

const bare = ['usage', 'meta', 'id', 'model', 'object', 'total_tokens'];
const forms: readonly (readonly [string, (reply: { status: number; body: string }) => { status: number; body: string }])[] = [
  ['without usage, meta and names', ({ status, body }) => ({ status, body: spared(body, bare, undefined) })],
  ['with null for usage, meta and names', ({ status, body }) => ({ status, body: spared(body, bare, null) })],
  ['of status 201', ({ body }) => ({ status: 201, body })],
  ['after a byte order mark', ({ status, body }) => ({ status, body: `\uFEFF${body}` })],
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

  // What the AI SDK's packages ask of an answer is theirs to say: Mistral's and OpenAI's need "model" and the like.
  const own = protocols.filter(({ vendor, embed }) => embed !== undefined && !['bedrock', 'google', 'mistral', 'openai'].includes(vendor));
  it.each(own)('of $vendor embeds', async (protocol) => {
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

it('a row with its score under another name is quoted as it came', async () => {
  for (const protocol of protocols.filter(({ vendor }) => ['together', 'cohere', 'voyage', 'jina'].includes(vendor))) {
    const wrap = (reply: { status: number; body: string }) => ({ ...reply, body: reply.body.replaceAll('relevance_score', 'points') });
    const server = await startVendor(protocol, SIZE, { wrap });
    const reranker = hosted(`${protocol.vendor}:${protocol.rerank?.model}`, { variables: protocol.variables(server.url) });
    await expect(reranker.score(query, [{ text: texts[0] as string }])).rejects.toMatchObject({
      code: 'E_VENDOR_ANSWER',
      message: expect.stringMatching(/gives a score that is no number\. It began with: \{"index":0,"points":/),
    });
    await server.close();
  }
});
