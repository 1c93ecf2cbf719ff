/** What stands between a caller and a hosted reranker: limits, retries, circuit breaker, checks, money, cache. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTogetherAI } from '@ai-sdk/togetherai';
import { boundedFetch } from '../../src/hosted/bounded-fetch.ts';
import { createBudget, hosted } from '../../src/hosted.ts';
import { createReranker, type Reranker } from '../../src/index.ts';
import { cached, fallback } from '../../src/rerankers.ts';
import { type Bar, fixed, quantile, type Table, type Workload } from '../report.ts';
import { randomFrom } from '../texts.ts';

const DELAY_MS = 20;
const DOCUMENTS = 100;
const ROUNDS = 300;
const WARM_UP = 30;

const random = randomFrom(7);
const words = ['bats', 'find', 'their', 'way', 'in', 'the', 'dark', 'by', 'echo', 'of', 'a', 'call', 'that', 'nobody', 'hears'];
const textOf = (): string => Array.from({ length: 40 }, () => words[Math.floor(random() * words.length)]).join(' ');
const listOf = () => Array.from({ length: DOCUMENTS }, (_, i) => ({ id: String(i), text: textOf() }));

type Call = () => PromiseLike<unknown>;

/** Milliseconds of each round of each call, the calls in turn; what the server says it took itself is taken off. */
const above = async (calls: readonly Call[], serverTook: () => Promise<number>): Promise<readonly (readonly number[])[]> => {
  const taken: number[][] = calls.map(() => []);
  for (let round = 0; round < WARM_UP + ROUNDS; round++)
    for (const [at, call] of calls.entries()) {
      const started = performance.now();
      await call();
      const all = performance.now() - started;
      const took = all - (await serverTook());
      if (round >= WARM_UP) taken[at]?.push(took);
    }
  return taken;
};

const startServer = async (): Promise<{ readonly url: string; readonly child: ChildProcess }> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'contenders', 'fixed-delay-server.mjs'), String(DELAY_MS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return { url: `http://127.0.0.1:${line.toString().trim()}`, child };
};

/** The reranker, with what its calls took by themselves. */
const timed = (reranker: Reranker, own: number[]): Reranker => ({
  fingerprint: reranker.fingerprint,
  score: async (...given) => {
    const started = performance.now();
    const scores = await reranker.score(...given);
    own.push(performance.now() - started);
    return scores;
  },
});

export const hostedBench: Workload = {
  about: `${DOCUMENTS} documents of 40 words, a server of fixed ${DELAY_MS} ms in a process of its own, ${ROUNDS} rounds after ${WARM_UP}`,
  run: async ({ say }) => {
    const { url, child } = await startServer();
    const folder = mkdtempSync(join(tmpdir(), 'finetooth-bench-'));
    const took = async (): Promise<number> => Number(await (await fetch(url)).text());
    try {
      const variables = { TOGETHER_API_KEY: 'key', TOGETHER_BASE_URL: url, JINA_API_KEY: 'key', JINA_BASE_URL: url };
      const prices = {
        'jina:*': { tokens: 0.02, source: 'bench', seen: 'now' },
        'together:*': { tokens: 0.1, source: 'bench', seen: 'now' },
      };
      const options = { variables, prices, budget: createBudget(1000) };
      const query = 'how do bats find their way';
      const lists = Array.from({ length: 8 }, listOf);
      let round = 0;
      const next = () => lists[round++ % lists.length] as (typeof lists)[number];
      const sdk = createTogetherAI({ baseURL: url, apiKey: 'key' }).reranking('Salesforce/Llama-Rank-V1');
      const { Agent, request } = await import('undici');
      const dispatcher = new Agent();
      const plain = async (): Promise<unknown> => {
        const body = JSON.stringify({ model: 'jina-reranker-v2-base-multilingual', query, documents: next().map(({ text }) => text) });
        const headers = { 'content-type': 'application/json' };
        return (await request(`${url}/rerank`, { method: 'POST', headers, body, dispatcher })).body.json();
      };
      const contenders: readonly (readonly [string, Call])[] = [
        ['a plain request, JSON both ways', plain],
        ['@ai-sdk/togetherai alone', () => sdk.doRerank({ query, documents: { type: 'text', values: next().map(({ text }) => text) } })],
        [
          'together, through its AI SDK provider',
          (() => {
            const one = hosted(createTogetherAI({ baseURL: url, apiKey: 'key', fetch: boundedFetch }).reranking(sdk.modelId), options);
            return () => one.score(query, next());
          })(),
        ],
        [
          'jina, through the client here',
          (() => {
            const one = hosted('jina:jina-reranker-v2-base-multilingual', options);
            return () => one.score(query, next());
          })(),
        ],
      ];
      say('requests');
      const taken = await above(
        contenders.map(([, call]) => call),
        took,
      );
      const times = new Map(contenders.map(([name], at) => [name, taken[at] as readonly number[]]));

      // Nobody is asked: what is left is limits, circuit breaker, rate limiter, checks and money.
      const instant = hosted(
        {
          specificationVersion: 'v4',
          provider: 'jina',
          modelId: 'instant',
          doRerank: async ({ documents }) => ({
            ranking: documents.values.map((_, index) => ({ index, relevanceScore: 1 / (1 + index) })),
          }),
        },
        options,
      );
      const [policy = []] = await above([() => instant.score(query, next())], async () => 0);

      say('cache');
      const kept = cached(hosted('jina:jina-reranker-v2-base-multilingual', options), { at: folder });
      for (const list of lists) await kept.score(query, list);
      const [hits = []] = await above([() => kept.score(query, next())], async () => 0);
      await kept.close?.();

      say('circuit breaker');
      const local = createReranker('ms-marco-minilm-l-12-v2');
      await local.load?.();
      const own: number[] = [];
      const down = hosted('jina:jina-reranker-v3', { ...options, baseURL: 'http://127.0.0.1:9', circuitBreaker: { restMs: 600_000 } });
      const chain = fallback([down, timed(local, own)]);
      const few = lists[0]?.slice(0, 5) ?? [];
      const chained: number[] = [];
      let sayings = 0;
      for (let i = 0; i < 60; i++) {
        const started = performance.now();
        const { failures, rankedBy } = await chain.score(query, few);
        const all = performance.now() - started;
        if (failures?.[0]?.code === 'E_VENDOR_DOWN' && rankedBy === local.fingerprint) sayings++;
        // The first call makes the three failures, with their pauses.
        if (i > 0) chained.push(all - (own.at(-1) as number));
      }
      await local.close?.();

      const row = (name: string, values: readonly number[]): (string | number)[] => [
        name,
        fixed(quantile(values, 0.5), 2),
        fixed(quantile(values, 0.95), 2),
        fixed(quantile(values, 0.99), 2),
      ];
      const table: Table = {
        title: 'Milliseconds above the time of the server, or of the local reranker',
        columns: ['call', 'p50', 'p95', 'p99'],
        rows: [
          ...[...times].map(([name, values]) => row(name, values)),
          row('the policy alone, without a network', policy),
          row('cache hit, all of it', hits),
          row('fallback behind an open circuit breaker', chained),
        ],
      };
      const p95 = (values: readonly number[]): number => quantile(values, 0.95);
      const [bare = [], , together = [], jina = []] = taken;
      const more = (values: readonly number[]): number => p95(values) - p95(bare);
      const bars: Bar[] = [
        {
          claim: 'under 2 ms p95 above a plain request to the same server, through the AI SDK',
          got: `${fixed(more(together), 2)} ms`,
          holds: more(together) < 2,
        },
        {
          claim: 'under 2 ms p95 above a plain request to the same server, through the client here',
          got: `${fixed(more(jina), 2)} ms`,
          holds: more(jina) < 2,
        },
        {
          claim: `a cache hit of ${DOCUMENTS} documents under 1 ms`,
          got: `p50 ${fixed(quantile(hits, 0.5), 2)}, p95 ${fixed(p95(hits), 2)} ms`,
          holds: p95(hits) < 1,
        },
        {
          claim: 'behind an open circuit breaker, the time of the local reranker plus 1 ms',
          got: `p95 ${fixed(p95(chained), 3)} ms more, ${sayings} of 60 say why`,
          holds: p95(chained) < 1 && sayings === 60,
        },
      ];
      return { tables: [table], bars, raw: { milliseconds: Object.fromEntries(times), policy, hits, chained } };
    } finally {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
