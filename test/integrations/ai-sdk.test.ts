import type { EmbeddingModelV4, JSONObject, ProviderV4, RerankingModelV3, RerankingModelV4 } from '@ai-sdk/provider';
import { APICallError, createProviderRegistry, customProvider, embed, embedMany, NoSuchModelError, rerank } from 'ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FinetoothError, type Reranker } from '../../src/index.ts';
import { createFinetooth, type FinetoothProviderOptions } from '../../src/integrations/ai-sdk/index.ts';
import { cascade, fallback, firstStageOrder } from '../../src/rerankers.ts';
import { hashEmbedder, SIZE } from '../hash-embedder.ts';
import { countedReranker } from '../support/counted-reranker.ts';

const query = 'bats at night';
const documents = ['a quiet lake', 'a bat guards the city at night', 'bats at night in a cave'];
const logged: unknown[] = [];
const settings = globalThis as { AI_SDK_LOG_WARNINGS?: unknown };
beforeAll(() => {
  settings.AI_SDK_LOG_WARNINGS = ({ warnings }: { warnings: unknown[] }) => logged.push(...warnings);
});
afterAll(() => {
  delete settings.AI_SDK_LOG_WARNINGS;
});

const failing = (code: ConstructorParameters<typeof FinetoothError>[0], fingerprint = 'broken@1'): Reranker => ({
  fingerprint,
  score: async () => {
    throw new FinetoothError(code, 'it does not answer');
  },
});
/** What a promise is rejected with. */
const failure = (work: PromiseLike<unknown>): Promise<Error & { code?: string }> =>
  Promise.resolve(work).then(
    () => new Error('it did not fail'),
    (error: unknown) => error as Error,
  );
const ours = (answer: { providerMetadata?: unknown }) => (answer.providerMetadata as { finetooth: Record<string, unknown> }).finetooth;

describe('the bundled models', () => {
  const provider = createFinetooth();
  afterAll(() => provider.close());

  it('rerank texts, and say how', async () => {
    const answer = await rerank({ model: provider.reranking('default'), query, documents, topN: 2 });
    expect(answer.ranking.map(({ originalIndex }) => originalIndex)).toEqual([2, 1]);
    expect(answer.rerankedDocuments[0]).toBe(documents[2]);
    expect(answer.response.modelId).toBe('default');
    expect(ours(answer)).toMatchObject({
      rankedBy: 'default',
      fingerprint: expect.stringMatching(/^cascade\(/),
      complete: true,
      calibrated: true,
      truncatedDocuments: 0,
    });
  });

  it('embed, a query otherwise than a document', async () => {
    const model = provider.embedding('default');
    const { embeddings, usage } = await embedMany({ model, values: documents });
    expect([embeddings.length, embeddings[0]?.length]).toEqual([3, 384]);
    expect(Math.hypot(...(embeddings[0] as number[]))).toBeCloseTo(1, 4);
    expect(usage.tokens).toBeGreaterThan(10);
    const [document, asked] = await Promise.all([
      embed({ model, value: query }),
      embed({ model, value: query, providerOptions: { finetooth: { role: 'query' } } }),
    ]);
    expect(asked.embedding).not.toEqual(document.embedding);
    expect((await embed({ model: provider.embeddingModel('default', { role: 'query' }), value: query })).embedding).toEqual(
      asked.embedding,
    );
  });

  it('name texts of which the end was not read', async () => {
    logged.length = 0;
    const long = `${'words about nothing at all, '.repeat(400)} bats at night`;
    const answer = await rerank({ model: provider.reranking('late-interaction'), query, documents: [long, 'bats'] });
    expect(ours(answer)).toMatchObject({ truncatedDocuments: 1, truncated: [{ index: 0, tokens: expect.any(Number) }] });
    expect(logged).toEqual([expect.objectContaining({ type: 'other', message: expect.stringMatching(/beginnings of 1 of 2 documents/) })]);
    const embedded = await embed({ model: provider.embedding(), value: long });
    expect(ours(embedded)).toMatchObject({ truncated: [{ index: 0, tokens: expect.any(Number) }] });
  });

  it('are refused once they are closed', async () => {
    const own = createFinetooth({ reranker: countedReranker(), embedder: hashEmbedder() });
    await own.close();
    expect(await failure(rerank({ model: own.reranking(), query, documents }))).toMatchObject({ code: 'E_STOPPED' });
    expect(await failure(embed({ model: own.embedding(), value: query }))).toMatchObject({ code: 'E_STOPPED' });
  });
});

describe('rerankers and embedders of the caller', () => {
  it('are taken by ids, as cascades and fallbacks too, and stay open', async () => {
    const [first, second] = [countedReranker(), countedReranker({}, 'second@1')];
    const provider = createFinetooth({
      reranker: first,
      rerankers: { both: cascade([first, second]), chain: fallback([failing('E_VENDOR_DOWN'), second]), list: [first, second] },
      embedder: hashEmbedder(),
      embedders: { own: hashEmbedder() },
    });
    for (const id of ['default', 'both', 'list', 'chain']) {
      const { ranking } = await rerank({ model: provider.reranking(id), query, documents });
      expect(
        ranking.map(({ originalIndex }) => originalIndex),
        id,
      ).toEqual([2, 1, 0]);
    }
    expect((await embed({ model: provider.embedding('own'), value: 'x' })).embedding).toHaveLength(SIZE);
    await provider.close();
    expect([first.closed(), second.closed()]).toEqual([false, false]);
  });

  it('say who ranked in place of whom', async () => {
    logged.length = 0;
    const provider = createFinetooth({ reranker: failing('E_VENDOR_DOWN'), fallback: [firstStageOrder()] });
    const answer = await rerank({ model: provider.reranking(), query, documents });
    expect(ours(answer)).toMatchObject({ failures: [{ reranker: 'broken@1', code: 'E_VENDOR_DOWN' }] });
    expect(logged).toEqual([expect.objectContaining({ message: expect.stringMatching(/"broken@1" could not rank \(E_VENDOR_DOWN/) })]);
  });

  it('get a list in one call, whatever stands twice in it, and equal scores keep its order', async () => {
    const reranker = countedReranker();
    const provider = createFinetooth({ reranker });
    const { ranking } = await rerank({ model: provider.reranking(), query, documents: ['bats', 'x', 'bats', 'bats', 'x'] });
    expect(ranking.map(({ originalIndex }) => originalIndex)).toEqual([0, 2, 3, 1, 4]);
    expect(reranker.calls.length).toBe(1);
  });

  it('get objects and mixtures, whichever comes first', async () => {
    const reranker = countedReranker();
    const model = createFinetooth({ reranker }).reranking();
    const objects = [{ title: 'Lake', text: 'quiet' }, { id: 7, document: { text: 'bats at night' } }, 'bats at night'] as JSONObject[];
    await rerank({ model, query, documents: objects.slice(0, 1) });
    await rerank({ model, query, documents: ['bats', { text: 'x' }] as string[] });
    await rerank({ model, query, documents: objects.toReversed() });
    expect(reranker.calls.map(({ texts }) => texts[0])).toEqual(['Lake quiet', 'bats', 'bats at night']);
    expect(await failure(rerank({ model, query, documents: ['bats', 5] as never }))).toMatchObject({
      code: 'E_USAGE',
      message: /document 2 is 5/,
    });
    expect(await failure(rerank({ model, query, documents: ['bats', null] as never }))).toMatchObject({ code: 'E_USAGE' });
  });

  it('rank nothing without a document, ten thousand in one go, and as many as are asked for', async () => {
    const reranker = countedReranker();
    const model = createFinetooth({ reranker }).reranking();
    expect((await rerank({ model, query, documents: [] as string[] })).ranking).toEqual([]);
    const direct = await model.doRerank({ query, documents: { type: 'text', values: [] } });
    expect(direct.ranking).toEqual([]);
    const many = Array.from({ length: 10_000 }, (_, i) => `text ${i} ${i % 97 === 0 ? 'bats' : ''}`);
    const { ranking } = await rerank({ model, query, documents: many, topN: 7 });
    expect(ranking).toHaveLength(7);
    expect(await failure(rerank({ model, query, documents, topN: 0 }))).toMatchObject({
      code: 'E_USAGE',
      message: expect.stringMatching(/^topN/),
    });
  });
});

describe('what a call is told', () => {
  const model = createFinetooth({ reranker: countedReranker(), embedder: hashEmbedder() }).reranking();
  const told = (finetooth: Record<string, never>) => rerank({ model, query, documents, providerOptions: { finetooth } });

  it('is held against the plan, with the nearest name', async () => {
    expect(await failure(told({ rankField: ['text'] } as never))).toMatchObject({
      code: 'E_USAGE',
      message: expect.stringMatching(/"providerOptions.finetooth.rankField", did you mean "providerOptions.finetooth.rankFields"/),
    });
    expect(await failure(told({ deadlineMs: 0 } as never))).toMatchObject({ code: 'E_USAGE' });
    expect(await failure(told({ top: 2 } as never))).toMatchObject({ code: 'E_USAGE' });
  });

  it('is heeded: which fields, with labels', async () => {
    const reranker = countedReranker();
    await rerank({
      model: createFinetooth({ reranker }).reranking(),
      query,
      documents: [{ title: 'bats', year: 1999, text: 'x' }],
      providerOptions: { finetooth: { rankFields: ['year', 'title'], fieldLabels: true } },
    });
    expect(reranker.calls[0]?.texts).toEqual(['year: 1999\ntitle: bats']);
  });

  it('is heeded: by what to judge', async () => {
    const heard: (string | undefined)[] = [];
    const reranker = countedReranker({
      takesInstruction: true,
      score: async (_, candidates, options) => {
        heard.push(options?.instruction);
        return { scores: new Float32Array(candidates.length) };
      },
    });
    const model = createFinetooth({ reranker }).reranking();
    await rerank({ model, query, documents, providerOptions: { finetooth: { instruction: 'prefer the sea' } } });
    expect(heard).toEqual(['prefer the sea']);
  });

  it('is heeded: that scores be exact; within what they hold else is told', async () => {
    const reranker = countedReranker({ tolerance: 1e-4 });
    const model = createFinetooth({ reranker }).reranking();
    const free = await rerank({ model, query, documents });
    const exact = await rerank({ model, query, documents, providerOptions: { finetooth: { exact: true } } });
    expect(reranker.calls.map((call) => call.exact)).toEqual([undefined, true]);
    expect([ours(free).tolerance, ours(exact).tolerance]).toEqual([1e-4, undefined]);
  });

  it('bounds the time: what was scored by then is the answer', async () => {
    const slow = createFinetooth({ reranker: countedReranker({ score: () => new Promise(() => {}) }) });
    const answer = await rerank({ model: slow.reranking(), query, documents, providerOptions: { finetooth: { deadlineMs: 20 } } });
    expect(ours(answer)).toMatchObject({ complete: false });
    expect(answer.ranking.map(({ originalIndex, score }) => [originalIndex, score])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
    const never = createFinetooth({ embedder: { ...hashEmbedder(), embed: () => new Promise(() => {}) } });
    const late = await failure(embed({ model: never.embedding(), value: query, providerOptions: { finetooth: { deadlineMs: 20 } } }));
    expect(late).toMatchObject({ code: 'E_DEADLINE' });
  });

  it('refuses what is no text to embed', async () => {
    const embedder = createFinetooth({ embedder: hashEmbedder() }).embedding();
    expect(await failure(embed({ model: embedder, value: 5 as never }))).toMatchObject({
      code: 'E_USAGE',
      message: expect.stringMatching(/number 1 is 5/),
    });
    expect((await embedMany({ model: embedder, values: [] })).embeddings).toEqual([]);
    const warned = await embedder.doEmbed({ values: ['x'], dimensions: 7 });
    expect(warned.warnings).toEqual([{ type: 'unsupported', feature: 'dimensions', details: expect.stringMatching(/16 numbers/) }]);
  });
});

describe('an abort', () => {
  it('before the call and in its middle is thrown as it was given', async () => {
    const never = createFinetooth({
      reranker: countedReranker({ score: () => new Promise(() => {}) }),
      embedder: { ...hashEmbedder(), embed: () => new Promise(() => {}) },
    });
    const asked = (abortSignal: AbortSignal) => [
      rerank({ model: never.reranking(), query, documents, abortSignal }),
      embed({ model: never.embedding(), value: query, abortSignal }),
    ];
    for (const work of asked(AbortSignal.abort())) expect(await failure(work)).toMatchObject({ name: 'AbortError' });
    for (const work of asked(AbortSignal.timeout(20))) expect(await failure(work)).toMatchObject({ name: 'TimeoutError' });
    const own = new AbortController();
    const [first, second] = asked(own.signal) as [Promise<unknown>, Promise<unknown>];
    const reason = new Error('the page was closed');
    own.abort(reason);
    expect([await failure(first), await failure(second)]).toEqual([reason, reason]);
  });
});

describe('failures', () => {
  const asked = (code: ConstructorParameters<typeof FinetoothError>[0]) => {
    const reranker = countedReranker({ score: failing(code).score });
    let calls = 0;
    const score: Reranker['score'] = (...words) => {
      calls++;
      return reranker.score(...words);
    };
    const counted = { ...reranker, score };
    return { model: createFinetooth({ reranker: counted }).reranking(), calls: () => calls };
  };

  it('that may pass are asked again, others are not, and each says what it was', async () => {
    const busy = asked('E_VENDOR_DOWN');
    const retried = (await failure(rerank({ model: busy.model, query, documents, maxRetries: 1 }))) as Error & { lastError?: unknown };
    expect(busy.calls()).toBe(2);
    expect(APICallError.isInstance(retried.lastError)).toBe(true);
    expect(retried.lastError).toMatchObject({ cause: { code: 'E_VENDOR_DOWN' }, statusCode: 502, message: 'it does not answer' });
    const broken = asked('E_MODEL_FAILED');
    expect(await failure(rerank({ model: broken.model, query, documents }))).toMatchObject({
      name: 'FinetoothError',
      code: 'E_MODEL_FAILED',
    });
    expect(broken.calls()).toBe(1);
  }, 20_000);

  it('of a name that stands for nothing are NoSuchModelError, at once where that can be told', async () => {
    const provider = createFinetooth({ rerankers: { careful: 'late-interaction' } });
    const refused = (ask: () => unknown): unknown => {
      try {
        return ask();
      } catch (error) {
        return NoSuchModelError.isInstance(error) ? error.message : error;
      }
    };
    expect(refused(() => provider.reranking('carefull'))).toMatch(/no rerankingModel "carefull", did you mean "careful"/);
    expect(refused(() => provider.reranking('bge-small-en-v1.5'))).toMatch(/makes vectors: embeddingModel/);
    expect(refused(() => provider.embedding('ms-marco-minilm-l-12-v2'))).toMatch(/rerankingModel/);
    expect(refused(() => provider.embedding('bge-smal-en-v1.5'))).toMatch(/did you mean "bge-small-en-v1.5"/);
    expect(refused(() => provider.reranking('coheer:rerank-v3.5'))).toMatch(/cohere/);
    expect(refused(() => provider.reranking(''))).toMatch(/text/);
    expect(refused(() => provider.languageModel('x'))).toMatch(/languageModel/);
    expect(refused(() => provider.imageModel('x'))).toMatch(/imageModel/);
    const absent = createFinetooth({ models: { offline: true } }).reranking('./no-such-folder');
    expect(await failure(rerank({ model: absent, query, documents }))).toMatchObject({ code: 'E_MODEL_MISSING' });
  });

  it('of wrong options are coded', () => {
    for (const wrong of [
      { rerank: 'default' },
      { reranker: null },
      { rerankers: [] },
      { rerankers: { a: 5 } },
      { specificationVersion: 'v2' },
      { models: { thread: 1 } },
      5,
    ])
      expect(() => createFinetooth(wrong as FinetoothProviderOptions)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
  });

  it('of an empty query are coded', async () => {
    const model = createFinetooth({ reranker: countedReranker() }).reranking();
    expect(await failure(rerank({ model, query: ' ', documents }))).toMatchObject({ code: 'E_QUERY' });
  });
});

describe('the SDK takes it', () => {
  it('as a provider of a registry, in a custom provider, in both specifications, by its types too', async () => {
    const provider = createFinetooth({ reranker: countedReranker(), embedder: hashEmbedder() });
    const typed: [ProviderV4, RerankingModelV4, EmbeddingModelV4] = [provider, provider.reranking(), provider.embedding()];
    const older = createFinetooth({ reranker: countedReranker(), specificationVersion: 'v3' });
    const third: RerankingModelV3 = older.reranking();
    const registry = createProviderRegistry({ finetooth: provider });
    const custom = customProvider({ rerankingModels: { best: provider.reranking() }, embeddingModels: { small: provider.embedding() } });
    for (const model of [registry.rerankingModel('finetooth:default'), custom.rerankingModel('best'), typed[1], third])
      expect((await rerank({ model, query, documents })).ranking[0]?.originalIndex).toBe(2);
    for (const model of [registry.embeddingModel('finetooth:default'), custom.embeddingModel('small'), typed[2]])
      expect((await embed({ model, value: 'x' })).embedding).toHaveLength(SIZE);
    expect(() => registry.rerankingModel('finetooth:defualt')).toThrow(NoSuchModelError);
    await Promise.all([provider.close(), older.close()]);
  });

  it('twice at once', async () => {
    const model = createFinetooth({ reranker: countedReranker() }).reranking();
    const answers = await Promise.all(['bats', 'lake', 'city'].map((word) => rerank({ model, query: word, documents })));
    expect(answers.map(({ ranking }) => ranking[0]?.originalIndex)).toEqual([2, 0, 1]);
  });
});
