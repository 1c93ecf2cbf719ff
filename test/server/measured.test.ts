import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { evaluateRun, parseMeasure } from '../../src/eval/index.ts';
import { openIndex, type Reranker, type SearchIndex, search } from '../../src/index.ts';
import { readKeys } from '../../src/server/auth/keys.ts';
import type { IndexRegistry } from '../../src/server/indexes/registry.ts';
import { ownRoutes } from '../../src/server/indexes/routes.ts';
import { createLoadShedder } from '../../src/server/load-shedding.ts';
import { RequestError } from '../../src/server/problem.ts';
import { memoryStore } from '../../src/stores.ts';
import { evaluateJudged } from '../../src/tasks/evaluate.ts';
import { readJudgmentsIn } from '../../src/tasks/judgments.ts';
import { hashEmbedder } from '../hash-embedder.ts';
import { fakeApp, fakeModels } from './fake.ts';

const animals = ['bat', 'whale', 'fox', 'otter', 'heron', 'lynx', 'badger', 'seal', 'hare', 'owl', 'stoat', 'eel'];
const documents = animals.flatMap((animal, i) => [
  { id: `${animal}-1`, text: `the ${animal} lives by the river and sleeps at noon` },
  { id: `${animal}-2`, text: `a song about the ${animal} ${'and the sea '.repeat(i % 3)}` },
]);

/** Documents that name the animal asked for, the longer ones first; counts how often it was asked. */
let [asked, slow] = [0, 0];
const reranker: Reranker = {
  fingerprint: 'names',
  score: async (query, candidates, { signal } = {}) => {
    asked++;
    if (slow > 0) await pause(slow, undefined, { signal });
    return {
      scores: Float32Array.from(candidates, ({ text }) => (text.includes(query.split(' ')[0] as string) ? 5 : 0) + text.length / 100),
    };
  },
};

let index: SearchIndex;
let folder: string;
const gone = new AbortController();
beforeAll(async () => {
  index = await openIndex(memoryStore(), { create: { fields: ['text'], idField: 'id' }, embedder: hashEmbedder(), reranker });
  await index.add(documents);
});
afterAll(() => index.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'finetooth-measured-'));
  [asked, slow] = [0, 0];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const registry = {
  names: async () => ['animals'],
  judgmentsOf: async () => join(folder, 'set'),
  reading: (_: string, work: (index: SearchIndex, gone: AbortSignal) => Promise<unknown>) => work(index, gone.signal),
} as unknown as IndexRegistry;
const serving = (more: Parameters<typeof fakeApp>[0] = {}, shedder = createLoadShedder()) =>
  fakeApp({ routes: ownRoutes({ indexes: registry, models: fakeModels, shedder }), ...more }, shedder);
type App = Awaited<ReturnType<typeof serving>>;

/** What any of these answers may hold. */
interface Told {
  readonly complete: boolean;
  readonly judged: number;
  readonly measured: number;
  readonly pipelines: readonly {
    readonly name: string;
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly best: number;
  }[];
  readonly comparisons: readonly { readonly verdict: string }[];
  readonly plots: readonly { readonly name: string; readonly svg: string }[];
  readonly report: { readonly queries: number; readonly comparisons: readonly { readonly verdict: string }[] };
  readonly error: { readonly code: string; readonly param: string; readonly message: string };
}
const ask = async (app: App, path: string, payload: unknown = {}, headers: Record<string, string> = {}) => {
  const answer = await app.inject({
    method: 'POST',
    url: `/v1/indexes/animals/${path}`,
    headers: { host: '127.0.0.1', ...headers },
    payload: JSON.stringify(payload),
  });
  return {
    status: answer.statusCode,
    text: answer.body,
    body: (answer.body.startsWith('{') ? JSON.parse(answer.body.split('\n')[0] as string) : {}) as Told,
  };
};
/** Judges the first documents that name each animal: one exactly, one a little. */
const judge = async (app: App, count = animals.length): Promise<void> => {
  const judgments = animals.slice(0, count).flatMap((animal) => [
    { query: `${animal} song`, id: `${animal}-2`, grade: 3 },
    { query: `${animal} song`, id: `${animal}-1`, grade: 1 },
  ]);
  const answer = await app.inject({
    method: 'PATCH',
    url: '/v1/indexes/animals/judgments',
    headers: { host: '127.0.0.1' },
    payload: JSON.stringify({ judgments }),
  });
  expect(answer.statusCode).toBe(200);
};

describe('what was judged', () => {
  it('is measured as an evaluation would, with its interval, headroom and verdict, and asks no search twice', async () => {
    const app = await serving();
    expect((await ask(app, 'measure')).body).toMatchObject({
      measure: 'nDCG@10',
      judged: 0,
      measured: 0,
      complete: true,
      pipelines: [],
      comparisons: [],
    });
    await judge(app);
    const { status, body } = await ask(app, 'measure', { time_ms: 60_000 });
    expect([status, body.complete, body.judged, body.measured]).toEqual([200, true, 12, 12]);
    const set = await readJudgmentsIn(join(folder, 'set'));
    const named = [
      { name: 'first stage', firstStage: 'dense', candidates: 25, reranker: null },
      { name: 'reranked', firstStage: 'dense', candidates: 25, reranker: ['default'] },
    ] as const;
    const report = await evaluateJudged(
      { in: index, pipelines: named, measures: 'nDCG@10', workFolder: folder, checks: false, cutOffs: [] },
      set,
    );
    expect(body.pipelines).toEqual(
      report.pipelines.map(({ name, measures, headroom, unjudged }) => ({
        name,
        ...measures['nDCG@10'],
        best: headroom?.['nDCG@10']?.best,
        headroom: headroom?.['nDCG@10']?.gain,
        unjudged: unjudged.share,
      })),
    );
    expect(body.comparisons.map(({ verdict }) => verdict)).toEqual(report.comparisons.map(({ verdict }) => verdict));
    const before = asked;
    await judge(app);
    expect((await ask(app, 'measure')).body.pipelines).toEqual(body.pipelines);
    expect((await ask(app, 'measure', { pipelines: [{ name: 'by another name' }] })).body.complete).toBe(true);
    expect(asked).toBe(before);
  });

  it('tells a query by itself, judged or not, and what of its first results is not judged', async () => {
    const app = await serving();
    await judge(app, 1);
    const pipelines = [{ name: 'words', first_stage: 'bm25', reranker: 'none', candidates: 5 }];
    const told = async (query: string) => (await ask(app, 'measure', { query, pipelines })).body as unknown as { query: unknown[] };
    const { results } = await search(index, 'bat song', { firstStage: 'bm25', reranker: null, candidates: 5, collapse: 'off' });
    const run = new Map([['q', results.map(({ id }, at) => ({ id, score: -at }))]]);
    const grades = new Map([
      [
        'q',
        new Map([
          ['bat-2', 3],
          ['bat-1', 1],
        ]),
      ],
    ]);
    const [values] = evaluateRun(run, grades, [parseMeasure('nDCG@10')]).values as [Float64Array];
    expect((await told('bat song')).query).toEqual([
      { name: 'words', value: values[0], best: expect.any(Number), unjudged: results.length - 2, results: results.length },
    ]);
    expect((await told('owl song')).query).toEqual([{ name: 'words', unjudged: 5, results: 5 }]);
  });

  it('is measured a little at a time where there is much, until it is complete', async () => {
    const app = await serving();
    await judge(app);
    slow = 2;
    const pipelines = [{ name: 'slow', candidates: 7 }];
    const seen: number[] = [];
    for (let round = 0; round < 20; round++) {
      const { body } = await ask(app, 'measure', { pipelines, time_ms: 1 });
      seen.push(body.measured);
      if (body.complete) break;
    }
    expect(seen.at(-1)).toBe(12);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  it('is drawn by the plots of a report, without a style or a script', async () => {
    const app = await serving();
    await judge(app);
    const { plots } = (await ask(app, 'measure', { plots: true })).body;
    expect(plots.map(({ name }) => name)).toEqual(['estimates', 'spread-1', 'recall']);
    for (const { svg } of plots) {
      expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      expect(svg).not.toMatch(/\sstyle=|<style|<script|\son\w+=|href=/);
    }
  });

  it('is evaluated with progress line by line, as finetooth eval says it', async () => {
    const app = await serving();
    await judge(app);
    const pipelines = [
      { name: 'words', first_stage: 'bm25', reranker: 'none' },
      { name: 'reranked', first_stage: 'hybrid' },
    ];
    const lines = (await ask(app, 'evaluations', { pipelines, resamples: 200 }, { accept: 'application/x-ndjson' })).text
      .trim()
      .split('\n');
    const told = lines.map((line) => JSON.parse(line) as { progress?: { what: string; done: number; total: number } } & Told);
    expect(told[0]?.progress).toEqual({ what: 'words', done: 0, total: 12, unit: 'query' });
    expect(told.at(-1)?.report).toMatchObject({ queries: 12, primary: 'nDCG@10', pipelines: [{ name: 'words' }, { name: 'reranked' }] });
    expect(told.at(-1)?.plots.map(({ name }) => name)).toEqual(['estimates', 'spread-1', 'time', 'recall', 'candidates']);
    const whole = await ask(app, 'evaluations', { pipelines, resamples: 200 });
    expect(whole.body.report.comparisons[0]).toMatchObject({ pipeline: 'reranked', verdict: told.at(-1)?.report.comparisons[0]?.verdict });
  });

  it('chooses a pipeline, or says how many queries are needed', async () => {
    const alone = await openIndex(memoryStore(), { create: { fields: ['text'], idField: 'id' }, embedder: hashEmbedder(), reranker: null });
    await alone.add(documents);
    const indexes = {
      ...registry,
      reading: (_: string, work: (index: SearchIndex, gone: AbortSignal) => Promise<unknown>) => work(alone, gone.signal),
    };
    const app = await serving({
      routes: ownRoutes({ indexes: indexes as IndexRegistry, models: fakeModels, shedder: createLoadShedder() }),
    });
    await judge(app, 9);
    expect(await ask(app, 'tunings', { quick: true })).toMatchObject({
      status: 400,
      body: { error: { code: 'E_USAGE', message: expect.stringContaining('10') } },
    });
    await judge(app);
    const { status, body } = await ask(app, 'tunings', { quick: true, resamples: 200 });
    expect([status, body.report, body.plots.map(({ name }) => name)]).toMatchObject([
      200,
      { queries: 12, measure: 'nDCG@10', chosen: { name: 'tuned' } },
      ['spread-1'],
    ]);
    await alone.close();
  });

  it('is no longer evaluated when the client has left', async () => {
    const app = await serving();
    await judge(app);
    slow = 20;
    await app.listen({ port: 0, host: '127.0.0.1' });
    const leave = new AbortController();
    const answer = await fetch(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}/v1/indexes/animals/evaluations`, {
      method: 'POST',
      body: JSON.stringify({ pipelines: [{ name: 'reranked' }] }),
      headers: { accept: 'application/x-ndjson' },
      signal: leave.signal,
    });
    await answer.body?.getReader().read();
    leave.abort();
    await app.close();
    const after = asked;
    await pause(60);
    expect([asked, after < 12]).toEqual([after, true]);
  });
});

it('ends an evaluation when the server is closed, and says when to come again', async () => {
  const shedder = createLoadShedder();
  const closing = new AbortController();
  const app = await serving({ routes: ownRoutes({ indexes: registry, models: fakeModels, shedder, closing: closing.signal }) }, shedder);
  await judge(app);
  slow = 30;
  const answer = ask(app, 'evaluations', { pipelines: [{ name: 'reranked' }] }, { accept: 'application/x-ndjson' });
  while (asked === 0) await pause(5);
  closing.abort(new RequestError('busy', 'this server is being closed', { retryAfter: 5 }));
  const last = (await answer).text.trim().split('\n').at(-1) as string;
  expect(JSON.parse(last)).toEqual({ error: { code: 'E_BUSY', message: 'this server is being closed' } });
  await shedder.empty();
});

describe('measuring', () => {
  it.each([
    ['measure', { pipelines: [{ name: 'a', depth: 3 }] }, 'pipelines.0'],
    ['measure', { pipelines: [{ name: 'a' }, { name: 'a' }] }, 'pipelines'],
    ['measure', { pipelines: [{ name: 'a', reranker: 'rerank-v9' }] }, 'model'],
    ['measure', { time_ms: 0 }, 'time_ms'],
    ['evaluations', { measures: 'nDGC@10' }, 'measures'],
    ['evaluations', { pipelines: [{ name: 'a' }], baseline: 'b' }, 'baseline'],
    ['evaluations', { pipelines: [{ name: 'a', candidates: 0 }] }, 'pipelines.0.candidates'],
    ['tunings', { folds: 1 }, 'folds'],
  ])('%s with %j is refused, and says where', async (path, body, param) => {
    const app = await serving();
    await judge(app, 2);
    const { status, body: answer } = await ask(app, path, body);
    expect([status >= 400 && status < 500, answer.error?.param]).toEqual([true, param]);
  });

  it('without a judgment is E_JUDGMENTS, and so is one without a relevant document', async () => {
    const app = await serving();
    expect(await ask(app, 'evaluations')).toMatchObject({ status: 422, body: { error: { code: 'E_JUDGMENTS' } } });
    await app.inject({
      method: 'PATCH',
      url: '/v1/indexes/animals/judgments',
      headers: { host: '127.0.0.1' },
      payload: '{"judgments":[{"query":"bat","id":"bat-1","grade":0}]}',
    });
    const { status, body } = await ask(app, 'evaluations');
    expect([status, body.error]).toMatchObject([422, { code: 'E_JUDGMENTS', message: expect.stringContaining('what was judged') }]);
  });

  it('waits in no full queue, and needs a key where there are some', async () => {
    const shedder = createLoadShedder({ mostRequests: 1 });
    const app = await serving({}, shedder);
    await judge(app);
    await shedder.admit(1, async () => {
      for (const path of ['measure', 'evaluations', 'tunings']) expect((await ask(app, path)).status).toBe(429);
    });
    const keyed = await serving({ keys: readKeys('ft_a-key-that-nobody-else-has one\n', 'here') });
    for (const path of ['measure', 'evaluations', 'tunings', 'judgments']) expect((await ask(keyed, path)).status).toBe(401);
  });
});
