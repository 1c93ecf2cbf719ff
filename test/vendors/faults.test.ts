import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { hosted, hostedEmbedder } from '../../src/assemble/hosted.ts';
import { openIndex } from '../../src/assemble/open-index.ts';
import { FinetoothError } from '../../src/errors.ts';
import type { HostedOptions } from '../../src/hosted/model.ts';
import type { Reranker } from '../../src/rerank/reranker.ts';
import { fallback } from '../../src/rerank/wrappers/fallback.ts';
import { memoryStore } from '../../src/store/memory.ts';
import type { Protocol } from './protocol.ts';
import { protocols } from './protocols/index.ts';
import { type Fault, faults, startVendor, type VendorServer } from './server.ts';

const SIZE = 24;
const KEY = 'key';
const texts = ['a text about bats', 'another about cats', 'one about a day that begins again'];
const documents = texts.map((text, at) => ({ id: String(at), text }));

/** What stands in, and marks that it did. */
const standIn: Reranker = { fingerprint: 'stand-in', score: async (_, list) => ({ scores: Float32Array.from(list, (_one, i) => -i) }) };

interface Outcome {
  readonly vendor: string;
  readonly task: 'ranking' | 'embedding';
  readonly fault: Fault;
  /** `answered` or the code of the error. */
  readonly alone: string;
  readonly message: string;
  readonly requests: number;
  /** Of a ranking with a fallback: who ranked, and the code of the one that did not. */
  readonly chain?: { readonly rankedBy: string | undefined; readonly why: string | undefined };
  /** Of an index: documents stored while the fault lasted, and after the same command was given again without it. */
  readonly stored?: readonly [during: number, after: number];
}

const outcomeOf = async (work: () => Promise<unknown>): Promise<{ readonly alone: string; readonly message: string }> => {
  try {
    await work();
    return { alone: 'answered', message: '' };
  } catch (error) {
    const code = error instanceof FinetoothError ? error.code : `not ours: ${String(error)}`;
    return { alone: code, message: `${(error as Error).message} ${String((error as Error).cause)}` };
  }
};

const optionsFor = ({ variables }: Protocol, server: VendorServer): HostedOptions => {
  const isLate = server.fault === 'silence' || server.fault === 'slow body';
  return { variables: variables(server.url), deadlineMs: isLate ? 200 : 3000, prices: {} };
};

const rankingOutcome = async (protocol: Protocol, server: VendorServer, fault: Fault): Promise<Outcome> => {
  const name = `${protocol.vendor}:${protocol.rerank?.model}`;
  server.fault = fault;
  const before = server.seen.length;
  const alone = await outcomeOf(() => hosted(name, optionsFor(protocol, server)).score('bats', documents));
  const requests = server.seen.length - before;
  server.fault = fault;
  const chain = await fallback([hosted(name, optionsFor(protocol, server)), standIn]).score('bats', documents);
  const [first] = chain.failures ?? [];
  return { ...alone, vendor: protocol.vendor, task: 'ranking', fault, requests, chain: { rankedBy: chain.rankedBy, why: first?.code } };
};

const embeddingOutcome = async (protocol: Protocol, server: VendorServer, fault: Fault): Promise<Outcome> => {
  const name = `${protocol.vendor}:${protocol.embed?.model}`;
  const store = memoryStore();
  const index = async () => {
    // The store is closed by nobody: the second run finds what the first one stored.
    const embedder = await hostedEmbedder(name, { ...optionsFor(protocol, server), dimensions: SIZE });
    return openIndex({ ...store, close: async () => {} }, { embedder, create: { fields: ['text'], idField: 'id' } });
  };
  server.fault = fault;
  const before = server.seen.length;
  const alone = await outcomeOf(async () => (await index()).add(documents));
  const requests = server.seen.length - before;
  const during = (await store.stats()).documents;
  server.fault = undefined;
  await (await index()).add(documents);
  const after = (await store.stats()).documents;
  return { ...alone, vendor: protocol.vendor, task: 'embedding', fault, requests, stored: [during, after] };
};

const outcomes: Outcome[] = [];
beforeAll(async () => {
  await Promise.all(
    protocols.map(async (protocol) => {
      const server = await startVendor(protocol, SIZE);
      for (const fault of faults) {
        if (protocol.rerank !== undefined) outcomes.push(await rankingOutcome(protocol, server, fault));
        if (protocol.embed !== undefined) outcomes.push(await embeddingOutcome(protocol, server, fault));
      }
      await server.close();
    }),
  );
}, 120_000);

/** What each fault must lead to. */
const expected: Readonly<Record<Fault, readonly [outcome: string, requests: number]>> = {
  '429 with Retry-After, once': ['answered', 2],
  '429 without Retry-After': ['E_VENDOR_BUSY', 3],
  '500': ['E_VENDOR_DOWN', 3],
  '503, once': ['answered', 2],
  'key refused': ['E_KEY', 1],
  'request refused': ['E_VENDOR_REFUSED', 1],
  redirection: ['E_VENDOR_REFUSED', 1],
  'cut body': ['E_VENDOR_DOWN', 3],
  'slow body': ['E_DEADLINE', 1],
  'no JSON': ['E_VENDOR_ANSWER', 1],
  'another shape': ['E_VENDOR_ANSWER', 1],
  NaN: ['E_VENDOR_ANSWER', 1],
  'wrong index': ['E_VENDOR_ANSWER', 1],
  'index twice': ['E_VENDOR_ANSWER', 1],
  'one missing': ['E_VENDOR_ANSWER', 1],
  'closed socket': ['E_VENDOR_DOWN', 3],
  'TLS error': ['E_VENDOR_DOWN', 0],
  silence: ['E_DEADLINE', 1],
};

describe('every fault of every vendor', () => {
  it.each(faults)('%s', (fault) => {
    const own = outcomes.filter((one) => one.fault === fault);
    expect(own).toHaveLength(protocols.reduce((sum, { rerank, embed }) => sum + (rerank ? 1 : 0) + (embed ? 1 : 0), 0));
    const [outcome, requests] = expected[fault];
    for (const { vendor, task, alone, message, requests: sent, chain, stored } of own) {
      const who = `${vendor}, ${task}: ${message}`;
      // An answer with one vector has no place that could stand twice.
      const isSingle = vendor === 'bedrock' && task === 'embedding' && fault === 'index twice';
      expect(alone, who).toBe(isSingle ? 'answered' : outcome);
      // Titan takes one text a request: three texts are three requests, and the first that fails ends the others.
      if (vendor !== 'bedrock') expect(sent, who).toBe(requests);
      expect(message, who).not.toMatch(new RegExp(`\\b(Bearer|x-api-key:?) ${KEY}\\b`));
      if (chain !== undefined)
        expect(chain, who).toEqual(
          outcome === 'answered' ? { rankedBy: expect.stringContaining(vendor), why: undefined } : { rankedBy: 'stand-in', why: outcome },
        );
      if (stored !== undefined) {
        expect(stored[1], who).toBe(texts.length);
        expect(stored[0], who).toBe(alone === 'answered' ? texts.length : 0);
      }
    }
  });

  it('are the table of docs/faults.md', async () => {
    const word = (some: readonly Outcome[]): string => {
      const told = new Map<string, string[]>();
      for (const { alone, vendor } of some) told.set(alone, [...(told.get(alone) ?? []), vendor]);
      const [most, ...others] = [...told].sort(([, a], [, b]) => b.length - a.length);
      const named = (outcome = ''): string => (outcome === 'answered' ? outcome : `\`${outcome}\``);
      return [named(most?.[0]), ...others.map(([outcome, names]) => `${named(outcome)} from ${names.sort().join(', ')}`)].join('; ');
    };
    const lines = faults.map((fault) => {
      const [ranking, embedding] = (['ranking', 'embedding'] as const).map((task) =>
        outcomes.filter((one) => one.fault === fault && one.task === task),
      );
      const chained = (ranking ?? []).filter(({ chain }) => chain?.rankedBy === 'stand-in').length;
      const chain = chained === 0 ? 'not needed' : `ranked by the next, \`passedOver\` says why: ${chained} of ${ranking?.length}`;
      const lost = (embedding ?? []).filter(({ stored }) => stored?.[1] !== texts.length).length;
      return `| ${fault} | ${word(ranking ?? [])} | ${chain} | ${word(embedding ?? [])} | ${lost} |`;
    });
    const [ranks, embeds] = [protocols.filter(({ rerank }) => rerank !== undefined), protocols.filter(({ embed }) => embed !== undefined)];
    const page = `# When hosted models fail

Every fault of every vendor, tried by the tests against servers that speak each vendor's protocol (\`test/vendors/\`), with three tries a request and a
deadline of 200 ms for those that never end. This page is written by the test run.

Ranking: ${ranks.map(({ vendor }) => vendor).join(', ')}. Embedding: ${embeds.map(({ vendor }) => vendor).join(', ')}.

| fault | ranking alone | ranking with a fallback | embedding | documents lost from an index |
|---|---|---|---|---|
${lines.join('\n')}

An index that a fault interrupts keeps what was stored before; the same command goes on from there. Nothing hung, nothing was rejected unseen, and no
answer came from another reranker without saying so. What the codes mean: [errors.md](errors.md).

| vendor | spoken as in |
|---|---|
${protocols.map(({ vendor, source }) => `| ${vendor} | ${source} |`).join('\n')}
`;
    await expect(page).toMatchFileSnapshot(join(import.meta.dirname, '..', '..', 'docs', 'faults.md'));
  });
});
