/** Requests that failed stand in `usage`, whoever goes on after them, so that what is printed is all that was spent. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hosted, hostedEmbedder } from '../../src/assemble/hosted.ts';
import { openIndex } from '../../src/assemble/open-index.ts';
import type { FinetoothError } from '../../src/errors.ts';
import { runSystemOver } from '../../src/eval/systems/run-system-over.ts';
import type { HostedOptions } from '../../src/hosted/model.ts';
import { firstStageOrder } from '../../src/rerank/parts/first-stage-order.ts';
import { scoreInTime } from '../../src/rerank/score-in-time.ts';
import { cascade } from '../../src/rerank/wrappers/cascade.ts';
import { fallback } from '../../src/rerank/wrappers/fallback.ts';
import { search } from '../../src/search/search.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { cohere } from './protocols/cohere.ts';
import { together } from './protocols/together.ts';
import { type Fault, startVendor, type VendorServer } from './server.ts';

const SIZE = 16;
const texts = ['bats find their way by echo', 'a text that says little', 'bats and cats'];
const documents = texts.map((text, at) => ({ id: String(at), text }));
let servers: readonly VendorServer[] = [];
beforeAll(async () => {
  servers = await Promise.all([startVendor(together, SIZE), startVendor(cohere, SIZE)]);
});
afterAll(() => Promise.all(servers.map((server) => server.close())));

const read = { source: 'here', seen: '2026-11-28' };
const prices = { 'together:*': { tokens: 1000, ...read }, 'cohere:*': { searches: 1000, ...read } };
const first = (options: HostedOptions = {}) =>
  hosted('together:Salesforce/Llama-Rank-V1', { variables: together.variables(servers[0]?.url ?? ''), prices, retries: 1, ...options });
const second = (options: HostedOptions = {}) =>
  hosted('cohere:rerank-v3.5', { variables: cohere.variables(servers[1]?.url ?? ''), prices, retries: 1, ...options });
const fail = (fault: Fault | undefined, other?: Fault): void => {
  for (const [at, one] of [fault, other].entries()) (servers[at] as VendorServer).fault = one;
};
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a fallback', () => {
  it('adds the requests of who failed, and what they may cost', async () => {
    fail('another shape');
    const { usage, failures } = await fallback([first(), second()]).score('bats', documents);
    expect(failures?.map(({ code }) => code)).toEqual(['E_VENDOR_ANSWER']);
    // One of Together's answers was no use and may be billed; Cohere's search is a dollar.
    expect(usage).toMatchObject({ requests: 2, estimated: true });
    expect(usage?.cost).toBeGreaterThan(1.01);
    expect(usage?.cost).toBeLessThan(1.1);
  });

  it('adds requests that no one bills without a cost, before who asks nobody too', async () => {
    fail('500', '500');
    const chain = fallback([first(), second(), firstStageOrder()]);
    expect((await chain.score('bats', documents)).usage).toEqual({ requests: 4 });
    expect(await failed(fallback([first(), second()]).score('bats', documents))).toMatchObject({ usage: { requests: 4 } });
    // The second try is never made.
    fail('request refused', '500');
    expect(await failed(fallback([first(), second()], { strict: true }).score('bats', documents))).toMatchObject({
      usage: { requests: 1 },
    });
  });
});

describe('an error', () => {
  it('of a search holds what embedding and reranking used', async () => {
    fail(undefined, '500');
    const variables = together.variables(servers[0]?.url ?? '');
    const embedder = await hostedEmbedder('together:BAAI/bge-base-en-v1.5', { variables, prices, dimensions: SIZE });
    await using index = await openIndex(memoryStore(), { embedder, create: { fields: ['text'], idField: 'id' } });
    await index.add(documents);
    const error = await failed(search(index, 'bats', { reranker: second() }));
    expect(error).toMatchObject({ code: 'E_VENDOR_DOWN', usage: { requests: 3, estimated: true } });
    // A cascade of both.
    fail(undefined, 'request refused');
    const both = await failed(search(index, 'bats', { reranker: [first(), second()] }));
    expect(both).toMatchObject({ code: 'E_VENDOR_REFUSED', usage: { requests: 3, tokens: expect.any(Number) } });
    expect(await failed(cascade([first(), second()]).score('bats', documents))).toMatchObject({ usage: { requests: 2 } });
  });

  it('of indexing holds what the batches before used', async () => {
    fail(undefined);
    const server = servers[0] as VendorServer;
    let asked = 0;
    server.plan = () => (asked++ < 2 ? undefined : 'request refused');
    const variables = together.variables(server.url);
    const embedder = await hostedEmbedder('together:BAAI/bge-base-en-v1.5', { variables, prices, dimensions: SIZE, concurrency: 1 });
    await using index = await openIndex(memoryStore(), { embedder, create: { fields: ['text'], idField: 'id' } });
    const many = Array.from({ length: 600 }, (_, i) => ({ id: String(i), text: `text number ${i}` }));
    const error = (await failed(index.add(many))) as FinetoothError;
    server.plan = undefined;
    expect(error).toMatchObject({ code: 'E_VENDOR_REFUSED', usage: { estimated: true, cost: expect.any(Number) } });
    // Two that were answered, the one that was refused, and where it was quick enough the one that was to be the fourth.
    expect([3, 4]).toContain(error.usage?.requests);
  });

  it('of a stop in the middle holds the request that was under way', async () => {
    fail('silence');
    const before = servers[0]?.seen.length as number;
    const stop = new AbortController();
    const work = failed(first().score('bats', documents, { signal: stop.signal }));
    await expect.poll(() => servers[0]?.seen.length).toBeGreaterThan(before);
    stop.abort();
    expect(await work).toMatchObject({ code: 'E_STOPPED', usage: { requests: 1, estimated: true } });
  });
});

it('a deadline that cuts a request off counts it', async () => {
  fail('silence');
  const { complete, usage } = await scoreInTime(first(), 'bats', documents, { deadlineMs: 100 });
  expect(complete).toBe(false);
  expect(usage).toMatchObject({ requests: 1, estimated: true, cost: expect.any(Number) });
});

it('an evaluation counts the queries that failed', async () => {
  fail(undefined, undefined);
  let asked = 0;
  const reranker = second({ retries: 0 });
  const system = {
    name: 'hosted',
    pipeline: {},
    fingerprint: 'hosted',
    answer: async (_: string, text: string) => {
      fail(undefined, asked++ === 1 ? 'another shape' : undefined);
      const { usage = {} } = await reranker.score(text, documents);
      return { ranking: [], firstStage: [], cutOffs: {}, latency: {}, usage };
    },
  };
  const { answers, failures, lost } = await runSystemOver(system as never, ['1', '2', '3'], () => 'bats');
  expect([answers.size, failures.length]).toEqual([2, 1]);
  expect(lost).toMatchObject({ requests: 1, cost: 1, estimated: true });
});
