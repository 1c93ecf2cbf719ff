import { describe, expect, it } from 'vitest';
import type { HostedOptions } from '../hosted/model.ts';
import type { Embed } from '../hosted/vendor.ts';
import type { Limits } from '../hosted/vendor-model.ts';
import { WireError } from '../hosted/wire.ts';
import { createHostedEmbedder, type HostedEmbedderOptions } from './hosted.ts';

const fake = (
  limits: Limits,
  vectorOf: (text: string) => unknown = (text) => [text.length, 1],
  options: HostedEmbedderOptions = {},
  refuse: (texts: readonly string[]) => boolean = () => false,
) => {
  const sent: { readonly texts: readonly string[]; readonly role: string }[] = [];
  const send: Embed = async ({ texts, role }) => {
    sent.push({ texts, role });
    if (refuse(texts)) throw new WireError('status', { statusCode: 400, responseBody: '{"error":"maximum context length is 512 tokens"}' });
    return { vectors: texts.map(vectorOf), used: {} };
  };
  const open = (more: HostedOptions = {}) =>
    createHostedEmbedder({ name: 'fake:two', limits, open: async () => ({ send }) }, { ...options, ...more });
  return { open, sent };
};

describe('a hosted embedder', () => {
  it('finds out how many numbers there are, unless it knows', async () => {
    const { open, sent } = fake({});
    expect(await open()).toMatchObject({ dimensions: 2, fingerprint: 'fake:two#2' });
    expect(sent).toEqual([{ texts: ['dimensions'], role: 'query' }]);
    const known = fake({}, undefined, { dimensions: 2 });
    expect((await known.open()).dimensions).toBe(2);
    expect(known.sent).toEqual([]);
  });

  it('gives each text its vector, of length 1, in as few requests as may be', async () => {
    const { open, sent } = fake({ documents: 4 }, undefined, { dimensions: 2 });
    const texts = Array.from({ length: 10 }, (_, i) => 'x'.repeat(i));
    const { data, usage } = await (await open()).embed(texts, 'document');
    for (const [i, text] of texts.entries()) {
      // The empty text is sent as a space, since no vendor takes nothing.
      const [length, one] = [Math.max(1, text.length), 1];
      expect(data[i * 2]).toBeCloseTo(length / Math.hypot(length, one), 6);
    }
    expect(sent.map((one) => one.texts.length)).toEqual([4, 4, 2]);
    expect(sent[0]).toMatchObject({ texts: [' ', 'x', 'xx', 'xxx'], role: 'document' });
    expect(usage).toEqual({ requests: 3, unpriced: true });
    expect(await (await open()).embed([], 'document')).toMatchObject({ count: 0, dimensions: 2 });
    expect(sent).toHaveLength(3);
  });

  it('cuts what is too long and says by how much, before it is sent or when it is refused', async () => {
    const long = 'word '.repeat(500);
    const { open, sent } = fake({ tokensEach: 100 }, undefined, { dimensions: 2 });
    const told = await (await open()).embed(['short', long], 'document');
    expect(told.truncatedTokens?.[0]).toBe(0);
    expect(told.truncatedTokens?.[1]).toBeGreaterThan(600);
    expect((sent[0]?.texts[1] as string).length).toBeLessThan(310);
    const refusing = fake({}, undefined, { dimensions: 2 }, (texts) => texts.some((text) => text.length > 700));
    const { truncatedTokens } = await (await refusing.open()).embed(['short', long, 'other'], 'document');
    expect([...(truncatedTokens ?? [])].map((tokens) => tokens > 0)).toEqual([false, true, false]);
    expect(refusing.sent.at(-1)?.texts[0]?.length).toBeLessThanOrEqual(700);
  });

  it.each([
    ['has 1 vectors for 2 texts', undefined],
    ['has a vector of 3 numbers where 2 were expected', [1, 2, 3]],
    ['has a vector of no numbers where 2 were expected', null],
    ['has a number in vector 0 that is none', [1, null]],
    ['has a vector without a direction (0)', [0, 0]],
  ])('refuses an answer that %s', async (why, vector) => {
    const send: Embed = async ({ texts }) => ({ vectors: vector === undefined ? [[1, 2]] : texts.map(() => vector), used: {} });
    const embedder = await createHostedEmbedder({ name: 'fake:two', limits: {}, dimensions: 2, open: async () => ({ send }) });
    await expect(embedder.embed(['a', 'b'], 'query')).rejects.toMatchObject({
      code: 'E_VENDOR_ANSWER',
      message: expect.stringContaining(why),
    });
  });
});
