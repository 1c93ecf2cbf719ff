import { describe, expect, it } from 'vitest';
import { hosted } from '../../assemble/hosted.ts';
import type { HostedOptions } from '../../hosted/model.ts';
import { createBudget } from '../../hosted/money/budget.ts';
import type { Rerank } from '../../hosted/vendor.ts';
import type { Limits } from '../../hosted/vendor-model.ts';
import { WireError } from '../../hosted/wire.ts';
import { createHostedReranker } from './hosted.ts';

/** The number in a text is its score. */
const numberIn = (text: string): number => Number(/-?\d+(\.\d+)?/.exec(text)?.[0] ?? 0);

const fake = (
  limits: Limits,
  options: HostedOptions & {
    readonly readsList?: boolean;
    readonly refuse?: (documents: readonly string[]) => boolean;
    readonly scale?: (request: number) => number;
  } = {},
) => {
  const sent: (readonly string[])[] = [];
  const send: Rerank = async ({ documents }) => {
    const request = sent.length;
    sent.push(documents);
    if (options.refuse?.(documents)) throw new WireError('status', { statusCode: 413, responseBody: 'too large' });
    const shift = options.scale?.(request) ?? 0;
    return {
      ranking: documents.map((text, index) => ({ index, score: numberIn(text) + shift })).reverse(),
      used: { tokens: 10 * documents.length },
    };
  };
  const reranker = createHostedReranker(
    { name: 'fake:one', limits, readsList: options.readsList ?? false, open: async () => ({ send }) },
    { prices: { 'fake:*': { tokens: 1, source: 'here', seen: 'now' } }, ...options },
  );
  return { reranker, sent };
};
const of = (count: number) => Array.from({ length: count }, (_, i) => ({ text: `text ${i}` }));
const rising = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('a model behind the name of another', () => {
  it('is told with every list, and has a fingerprint of its own', async () => {
    const server = { variables: { PINECONE_API_KEY: 'key' } };
    const [old, plain] = ['cohere-rerank-3.5', 'cohere-rerank-4-fast'].map((name) => hosted(`pinecone:${name}`, server).fingerprint);
    expect(old).toMatch(/^pinecone:cohere-rerank-3\.5 as cohere-rerank-4-fast /);
    expect(plain).toMatch(/^pinecone:cohere-rerank-4-fast /);
    const send: Rerank = async ({ documents }) => ({ ranking: documents.map((_, index) => ({ index, score: index })), used: {} });
    const servedBy = { name: 'new', since: '2026-08-01' };
    const reranker = createHostedReranker({ name: 'fake:old', limits: {}, readsList: false, servedBy, open: async () => ({ send }) });
    expect((await reranker.score('q', of(2))).notes).toEqual([
      'fake:old is served by new since 2026-08-01, whose scores are others: name that',
    ]);
  });
});

describe('a list', () => {
  it('beyond the limit of documents goes in several requests, on one scale, and is said to', async () => {
    const { reranker, sent } = fake({ documents: 10 });
    const { scores, notes, usage } = await reranker.score('q', of(25));
    expect([...scores]).toEqual(rising(25));
    expect(sent.map((one) => one.length)).toEqual([10, 10, 5]);
    expect(notes).toEqual(['fake:one was asked 3 times for one list: it takes no more at once']);
    expect(usage).toEqual({ requests: 3, tokens: 250, cost: 0.00025 });
  });

  it('beyond the limits of bytes and tokens too', async () => {
    const bytes = fake({ bytes: 20 });
    expect([...(await bytes.reranker.score('q', of(9))).scores]).toEqual(rising(9));
    expect(bytes.sent.length).toBeGreaterThan(2);
    const tokens = fake({ tokens: 12 });
    expect([...(await tokens.reranker.score('q', of(9))).scores]).toEqual(rising(9));
    expect(tokens.sent.length).toBeGreaterThan(2);
  });

  it('that the vendor calls too large is halved until it is taken', async () => {
    const { reranker, sent } = fake({}, { refuse: (documents) => documents.length > 3 });
    const { scores, notes } = await reranker.score('q', of(10));
    expect([...scores]).toEqual(rising(10));
    expect(Math.max(...sent.slice(-4).map((one) => one.length))).toBeLessThanOrEqual(3);
    expect(notes?.[0]).toMatch(/asked 4 times/);
  });

  it('is put on one scale by shared documents where scores depend on the list', async () => {
    const { reranker, sent } = fake({ documents: 10 }, { readsList: true, scale: (request) => request * 100 });
    const { scores } = await reranker.score('q', of(20));
    expect([...scores]).toEqual(rising(20));
    expect(sent.slice(1).every((one) => one.slice(0, 4).join() === 'text 0,text 1,text 2,text 3')).toBe(true);
    expect(Math.max(...sent.map((one) => one.length))).toBeLessThanOrEqual(10);
    const halved = fake({}, { readsList: true, scale: (request) => request * 100, refuse: (documents) => documents.length > 12 });
    expect([...(await halved.reranker.score('q', of(20))).scores].map((score) => score - 100)).toEqual(rising(20));
  });

  it('of which one request fails gives no scores at all', async () => {
    let request = 0;
    const send: Rerank = async ({ documents }) => {
      if (++request === 2) throw new WireError('status', { statusCode: 404, responseBody: 'gone' });
      return { ranking: documents.map((_, index) => ({ index, score: 1 })), used: {} };
    };
    const reranker = createHostedReranker({ name: 'fake:one', limits: { documents: 2 }, readsList: false, open: async () => ({ send }) });
    await expect(reranker.score('q', of(9))).rejects.toMatchObject({ code: 'E_VENDOR_REFUSED' });
  });
});

describe('a text', () => {
  const long = `${'bats '.repeat(400)}7 ${'cats '.repeat(400)}`;

  it('that is too long is read in parts, of which the best counts', async () => {
    const { reranker } = fake({ tokensEach: 200 });
    const { scores, spans, notes, truncatedTokens } = await reranker.score('q', [{ text: 'text 3' }, { text: long }]);
    expect([...scores]).toEqual([3, 7]);
    expect(spans?.[0]).toBeUndefined();
    expect(long.slice(...(spans?.[1] as [number, number]))).toContain('7');
    expect(truncatedTokens).toBeUndefined();
    expect(notes?.join()).toContain('1 text was longer than fake:one takes and read in chunks');
  });

  it('is cut where the caller wants that, and says by how much', async () => {
    const { reranker, sent } = fake({ tokensEach: 200 }, { longDocuments: 'truncate' });
    const { scores, truncatedTokens } = await reranker.score('q', [{ text: 'text 3' }, { text: long }]);
    expect([...scores]).toEqual([3, 0]);
    expect(truncatedTokens?.[0]).toBe(0);
    expect(truncatedTokens?.[1]).toBeGreaterThan(500);
    expect(sent.flat().join('').length).toBeLessThan(800);
  });

  it('that the vendor calls too long is halved until it is taken', async () => {
    const { reranker } = fake({}, { refuse: (documents) => documents.some((text) => text.length > 900) });
    const { scores, spans } = await reranker.score('q', [{ text: 'text 3' }, { text: long }]);
    expect([...scores]).toEqual([3, 7]);
    expect(long.slice(...(spans?.[1] as [number, number])).length).toBeLessThanOrEqual(900);
    const stubborn = fake({}, { refuse: () => true });
    await expect(stubborn.reranker.score('q', [{ text: long }])).rejects.toMatchObject({ code: 'E_VENDOR_REFUSED' });
  });

  it('without a word is not sent and stands below the others', async () => {
    const { reranker, sent } = fake({});
    const { scores, notes } = await reranker.score('q', [{ text: ' ' }, { text: 'text -4' }, { text: '' }]);
    expect([...scores]).toEqual([-10_000, -4, -10_000]);
    expect(sent).toEqual([['text -4']]);
    expect(notes).toEqual(['2 texts have no words and stand below the others']);
    const none = await fake({}).reranker.score('q', [{ text: '' }]);
    expect([...none.scores]).toEqual([-10_000]);
    expect(none.usage).toEqual({ requests: 0 });
  });

  it('is called an answer only with every place once and every score a number', async () => {
    const answers: readonly [string, readonly { index: unknown; score: unknown }[]][] = [
      [
        'gives the index 2; 2 documents were sent, from 0',
        [
          { index: 2, score: 1 },
          { index: 0, score: 1 },
        ],
      ],
      [
        'gives the index "0"',
        [
          { index: '0', score: 1 },
          { index: 1, score: 1 },
        ],
      ],
      [
        'gives the index 0 twice',
        [
          { index: 0, score: 1 },
          { index: 0, score: 1 },
        ],
      ],
      ['has scores for 1 of 2 documents; the first without one is 1', [{ index: 0, score: 1 }]],
      [
        'gives a score that is no number',
        [
          { index: 0, score: null },
          { index: 1, score: 1 },
        ],
      ],
      [
        'gives a score that is no number',
        [
          { index: 0, score: Number.NaN },
          { index: 1, score: 1 },
        ],
      ],
    ];
    for (const [why, ranking] of answers) {
      const send: Rerank = async () => ({ ranking, used: {} });
      const reranker = createHostedReranker({ name: 'fake:one', limits: {}, readsList: false, open: async () => ({ send }) });
      await expect(reranker.score('q', of(2))).rejects.toMatchObject({ code: 'E_VENDOR_ANSWER', message: expect.stringContaining(why) });
    }
  });
});

describe('money', () => {
  it('is kept within a budget that several models share', async () => {
    // A request of one text may cost (10 + 9) tokens at most at a dollar a million.
    const budget = createBudget(0.00006);
    const { reranker, sent } = fake({ documents: 1, concurrency: 1 }, { budget });
    await expect(reranker.score('q', of(9))).rejects.toMatchObject({ code: 'E_BUDGET' });
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.length).toBeLessThan(9);
    expect(budget.spent()).toBeLessThanOrEqual(0.00006);
    const free = fake({}, { budget, prices: {} });
    await expect(free.reranker.score('q', of(2))).rejects.toMatchObject({
      code: 'E_BUDGET',
      message: expect.stringContaining('no price is known of fake:one'),
    });
    expect(free.sent).toEqual([]);
  });
});

it('waits for nothing once its caller has left', async () => {
  const stopper = new AbortController();
  const send: Rerank = () => new Promise(() => {});
  const reranker = createHostedReranker({ name: 'fake:one', limits: {}, readsList: false, open: async () => ({ send }) });
  setTimeout(() => stopper.abort(), 10);
  await expect(reranker.score('q', of(2), { signal: stopper.signal })).rejects.toMatchObject({ code: 'E_STOPPED' });
  await expect(reranker.score('q', of(2), { deadlineMs: 10 })).rejects.toMatchObject({ code: 'E_DEADLINE' });
});

it('looks for its key again when it was missing', async () => {
  let tries = 0;
  const reranker = createHostedReranker({
    name: 'fake:one',
    limits: {},
    readsList: false,
    open: async () => {
      if (++tries === 1) throw new Error('no key yet');
      return { send: async ({ documents }) => ({ ranking: documents.map((_, index) => ({ index, score: index })), used: {} }) };
    },
  });
  await expect(reranker.score('q', of(2))).rejects.toThrow('no key yet');
  expect([...(await reranker.score('q', of(2))).scores]).toEqual([0, 1]);
});
