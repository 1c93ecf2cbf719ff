import { PassThrough } from 'node:stream';
import * as browser from '../../src/browser/index.ts';
import * as contracts from '../../src/contracts/index.ts';
import * as embedders from '../../src/embedders.ts';
import * as evaluation from '../../src/eval/index.ts';
import * as hosted from '../../src/hosted.ts';
import * as main from '../../src/index.ts';
import * as aiSdk from '../../src/integrations/ai-sdk/index.ts';
import * as lancedb from '../../src/integrations/lancedb/index.ts';
import * as langchain from '../../src/integrations/langchain/index.ts';
import { embeddingModel } from '../../src/integrations/mastra/embedding-model.ts';
import { relevanceScorer } from '../../src/integrations/mastra/relevance.ts';
import { createVectorIndexes } from '../../src/integrations/mastra/vector-indexes.ts';
import * as plans from '../../src/plan.ts';
import * as rerankers from '../../src/rerankers.ts';
import * as server from '../../src/server/index.ts';
import * as mcp from '../../src/server/mcp/index.ts';
import { entryFor, manifestFor, unit } from '../../src/store/contract/entries.ts';
import * as stores from '../../src/stores.ts';
import * as tasks from '../../src/tasks/index.ts';
import { hashEmbedder } from '../hash-embedder.ts';
import { testReport } from '../support/eval-report.ts';

/** A right call of a function: its arguments, made anew each time. It may still end with a coded error, of a folder that is not there. */
export interface Call {
  readonly name: string;
  readonly ask: (...given: readonly unknown[]) => unknown;
  readonly right: () => readonly unknown[];
  /** How far down into the right arguments wrong ones are put. @default 2 */
  readonly depth?: number;
  /** Called with nothing it would open a model, listen at a port or read standard input: only its options are tried. */
  readonly costly?: true;
  /** Without options it would open a model. */
  readonly loads?: true;
  /** Errors of a framework, by the beginning of their names, which it asks for in place of ours. */
  readonly also?: string;
}

type Function = (...given: readonly unknown[]) => unknown;
type Calls = Readonly<Record<string, readonly [right: () => readonly unknown[], more?: Pick<Call, 'depth' | 'costly' | 'loads' | 'also'>]>>;

const nowhere = './no-such-folder/at-all';
const offline = { offline: true, cacheFolder: './cache' };
const query = 'how do bats find their way';
/** Each of these options, none of them given. */
const every = (keys: readonly string[]): Readonly<Record<string, undefined>> => Object.fromEntries(keys.map((key) => [key, undefined]));
const createKeys = Object.keys(plans.indexPlan).filter((key) => typeof plans.indexOptionAt(key as plans.IndexKey, 'create') !== 'string');
const candidates = () => [{ id: 'a', text: 'Bats hunt by echo.' }, { text: 'Wheat rose.' }];
const documents = () => [{ id: 'a', text: 'Bats hunt by echo.' }, { text: 'Wheat rose.' }];
export const lengths = (): main.Reranker => ({
  fingerprint: 'lengths@1',
  score: async (_, given) => ({ scores: Float32Array.from(given, ({ text }) => text.length) }),
});
const signal = () => new AbortController().signal;
const nothing = () => {};
const numbers = () => Float64Array.of(0.1, -0.2, 0.3, 0.2, 0.1, 0.4, -0.1, 0.2, 0.3, 0.1);
const run = () =>
  new Map([
    [
      'q1',
      [
        { id: 'a', score: 2 },
        { id: 'b', score: 1 },
      ],
    ],
  ]);
const judgments = () => new Map([['q1', new Map([['a', 1]])]]);
const measures = () => evaluation.parseMeasures('nDCG@10');
const ranking = () => evaluation.evaluateRun(run(), judgments(), measures()).rankings[0];
const hits = () => [{ id: 'a', score: 1, document: {} }];
const pipeline = () => ({ ...plans.defaultPipeline, name: 'reranked', reranker: null });
const calibration = () => ({
  format: 'finetooth-calibration-1',
  reranker: 'lengths@1',
  method: 'platt',
  calibration: { slope: 1, intercept: 0 },
  fittedOn: { queries: 1, pairs: 1, relevant: 1 },
});
/** Refused by everyone, last, so that nothing is opened. */
const refused = { noSuchOption: 1 };
const report = () => {
  const { pipelines, comparisons, ...rest } = testReport();
  return { ...rest, pipelines: pipelines.slice(0, 1), comparisons: comparisons.slice(0, 1) };
};
const browserModel = () => ({
  model: 'http://localhost/ms-marco-minilm-l-12-v2/',
  runtime: 'wasm',
  cache: null,
  onProgress: nothing,
  signal: AbortSignal.abort(),
});
const catalogued = (kind: string) => ({
  modelPath: nowhere,
  tokenizerPath: nowhere,
  folder: nowhere,
  sha256: '00',
  bytes: 1,
  entry: {
    kind,
    name: 'no-such-model',
    precision: 'int8',
    maxTokens: 512,
    dimensions: 16,
    languages: ['en'],
    pooling: 'mean',
    prefix: { query: '', document: '' },
    scoring: { form: 'classifier', relevant: 0, activation: 'none' },
  },
});

/** The specification of the AI SDK wants its NoSuchModelError for an id that stands for nothing. */
const sdk = { also: 'AI_' };

const doors: Readonly<Record<string, readonly [module: object, calls: Calls]>> = {
  finetooth: [
    main,
    {
      createEmbedder: [() => ['no-such-model', { ...offline, ...refused }], { costly: true }],
      createReranker: [() => ['default', { effort: 'low', fallback: ['first-stage'], strict: false, hosted: { retries: 1 }, ...offline }]],
      openIndex: [
        () => [
          nowhere,
          {
            create: { ...every(createKeys), tokens: null, fields: ['text'] },
            embedder: null,
            reranker: null,
            models: { ...offline },
            durability: 'process',
          },
        ],
      ],
      readPipelines: [() => [['no.json'], signal()]],
      searchOptionsOf: [() => [pipeline(), { rerankerNamed: async () => lengths() }, { lengths: lengths() }]],
      rerank: [
        () => [query, documents(), { ...every(plans.keysAt('rerank')), model: lengths(), top: 1, fields: ['text'], signal: signal() }],
        { loads: true },
      ],
      FinetoothError: [() => ['E_USAGE', 'a sentence', { cause: 1 }], { depth: 1 }],
      readDocuments: [() => ['no.json', { format: 'json', include: ['*'], signal: signal() }]],
      search: [() => [{ manifest: nothing }, query, { top: 1, filter: 'year >= 1990', fields: ['text'], facets: ['year'] }]],
    },
  ],
  rerankers: [
    rerankers,
    {
      readCalibration: [() => ['no.json', signal()]],
      withCalibration: [() => [lengths(), calibration()]],
      byScore: [
        () => [
          { id: 'a', score: 1 },
          { id: 'b', score: 2 },
        ],
      ],
      compareIds: [() => ['a', 'b']],
      crossEncoder: [() => [{}, { calibration: { slope: 1, intercept: 0 } }]],
      firstStageOrder: [() => []],
      lateInteraction: [() => [{}, { isOwn: true }]],
      scoreInTime: [() => [lengths(), query, candidates(), { deadlineMs: 100, signal: signal() }]],
      cached: [() => [lengths(), { maxEntries: 100 }]],
      cascade: [
        () => [
          [lengths(), lengths()],
          { keep: [2, 1], combine: [undefined, undefined], calibrations: [undefined, undefined], concurrency: 1 },
        ],
      ],
      fallback: [() => [[lengths()], { strict: true }]],
      titled: [() => [lengths()]],
      fuse: [() => [[hits(), hits()], 2, { fusion: 'rrf', rrfK: 60, weights: [1, 1] }]],
      orderCandidates: [() => [[{ id: 'a', score: 1 }], { scores: Float32Array.of(1) }, 'lengths@1']],
    },
  ],
  embedders: [
    embedders,
    {
      openModel: [() => ['no-such-model', offline], { costly: true }],
      cachedEmbedder: [() => [hashEmbedder(), { at: './vectors', maxEntries: 100 }]],
      localEmbedder: [() => [{}]],
      createModelSessions: [() => []],
      openSparseEmbedder: [() => ['no-such-model', offline, nothing]],
      measureRuns: [() => [async () => 1]],
    },
  ],
  stores: [
    stores,
    {
      readIndex: [() => [nowhere, { signal: signal() }]],
      documentTest: [() => [{ year: { gte: 1990 }, kind: ['film'] }, { year: 'number' }]],
      parseDocument: [() => ['{"a":1}', 'line 1', { mostValues: 10 }]],
      facetCounter: [() => ['year', 'number']],
      lanceStore: [() => [nowhere, { probes: 1, refine: 1, durability: 'power' }]],
      memoryStore: [() => []],
      postgresStore: [() => [{ connectionString: 'postgres://x/y', index: 'films', ef: 10 }]],
      qdrantStore: [() => [{ url: 'http://localhost:1', name: 'films', ef: 10, apiKey: 'x' }]],
      packSparse: [() => [{ ids: Uint32Array.of(1), weights: Float32Array.of(1) }]],
      unpackSparse: [() => [new Uint8Array(8)]],
      sparseScorer: [() => [{ ids: Uint32Array.of(1), weights: Float32Array.of(1) }]],
      typesIn: [() => [{ format: 6, filterable: { year: 'number' } }]],
      textOf: [() => [{ text: 'x' }, ['text'], { labels: true }]],
    },
  ],
  hosted: [
    hosted,
    {
      hosted: [
        () => ['cohere:rerank-v3.5', { apiKey: 'x', retries: 1, limits: { documents: 10 }, circuitBreaker: { failures: 2 }, prices: {} }],
      ],
      hostedEmbedder: [() => ['openai:text-embedding-3-small', { apiKey: 'x', dimensions: 16 }]],
      readPrices: [() => ['no.json', signal()]],
      createBudget: [() => [1]],
    },
  ],
  eval: [
    evaluation,
    {
      checkCollection: [() => [{ documents: documents(), queries: new Map([['q1', 'x']]), judgments: judgments() }, { signal: signal() }]],
      readCollection: [() => [nowhere, { judgments: 'x' }]],
      readCorpus: [() => ['no.jsonl', { wanted: () => true }]],
      readTestSet: [() => [nowhere, { judgments: 'x' }]],
      evaluateRun: [() => [run(), judgments(), measures(), { dropEmpty: true, heads: 1 }]],
      meanOf: [() => [run(), judgments(), 'nDCG@10', { dropEmpty: true }]],
      readJudgments: [() => ['no.tsv', { where: 'x' }]],
      parseMeasure: [() => ['nDCG@10']],
      parseMeasures: [() => ['nDCG@10,RR@10']],
      measureOf: [() => [ranking(), measures()[0]]],
      rankBiasedOverlap: [() => [['a', 'b'], ['b'], 0.9]],
      evaluateFile: [() => ['no.txt', judgments(), measures(), { heads: 1, where: 'x' }]],
      readRun: [() => ['no.txt', { where: 'x' }]],
      toHtml: [() => [report()], { depth: 1 }],
      toMarkdown: [() => [report()], { depth: 3 }],
      plotsOf: [() => [report()], { depth: 1 }],
      toText: [() => [report(), 80], { depth: 3 }],
      compareAll: [
        () => [
          { name: 'a', values: [numbers()] },
          [{ name: 'b', values: [numbers()] }],
          measures(),
          { seed: 1, resamples: 10, confidence: 0.9 },
        ],
      ],
      checkGates: [
        () => [[evaluation.parseGate('nDCG@10 >= 0.5')], { pipelines: report().pipelines, peakMemory: 1, baselineOf: () => undefined }],
        { depth: 3 },
      ],
      parseGate: [() => ['nDCG@10 >= 0.5']],
      readReport: [() => ['no.json', { signal: signal() }]],
      bootstrapIntervals: [() => [[numbers(), numbers()], { seed: 1, resamples: 10, confidence: 0.9 }]],
      holm: [() => [[0.1, 0.2]]],
      randomisationTest: [() => [numbers(), { seed: 1, resamples: 10 }]],
      verdictOf: [
        () => [{ differences: numbers(), adjustedP: 0.5, p: 0.5, interval: { low: 0, high: 1 }, comparisons: 1, level: 0.05, power: 0.8 }],
      ],
      crossValidate: [
        () => [{ scores: new Float64Array(20), configurations: 2, queries: 10, folds: 2, repeats: 1, seed: 1, oneStandardError: true }],
      ],
    },
  ],
  plan: [
    plans,
    {
      readFilter: [() => [{ and: [{ year: { gte: 1990 } }], not: { kind: 'film' } }], { depth: 4 }],
      parsePipeline: [
        () => [{ name: 'x', candidates: 10, reranker: ['default'], filter: { year: 1990 }, types: { year: 'number' } }, 'x.json'],
      ],
      parsePipelines: [() => [[{ name: 'x', candidates: 10 }], 'x.json']],
      plainOptionsOf: [() => [pipeline()]],
      indexOptionAt: [() => ['fields', 'create']],
      asksEmbedder: [() => ['hybrid']],
      asksSparse: [() => ['sparse']],
      keysAt: [() => ['search']],
      optionAt: [() => ['top', 'search']],
      defaultWords: [() => [plans.plan.candidates]],
      kebabCase: [() => ['denseWeight']],
      snakeCase: [() => ['denseWeight']],
    },
  ],
  tasks: [
    tasks,
    {
      backupIndex: [() => [{ in: nowhere, to: './backup', onProgress: nothing, signal: signal() }]],
      calibrate: [() => [{ data: nowhere, in: nowhere, reranker: ['default'], method: 'platt', models: { ...offline }, candidates: 10 }]],
      checkModel: [() => ['no-such-model', offline]],
      compactIndex: [() => [{ in: nowhere, signal: signal() }]],
      listDatasets: [() => [{ folder: nowhere, cacheFolder: './cache', env: {} }]],
      pullDataset: [() => ['no-such-set', offline]],
      doctor: [() => [{ embedder: 'x', in: nowhere, ...offline, ...refused }], { costly: true }],
      embedDocuments: [
        () => [{ source: 'no.json', fields: ['text'], role: 'query', embedder: 'x', models: { ...offline } }],
        { costly: true },
      ],
      evaluate: [
        () => [
          {
            data: nowhere,
            pipelines: [pipeline()],
            runs: ['x'],
            gates: ['nDCG@10 >= 0'],
            cutOffs: [10],
            types: {},
            models: { ...offline },
          },
        ],
      ],
      exportIndex: [() => [{ in: nowhere, to: './export.jsonl', format: 'jsonl', filter: { year: 1 } }]],
      indexDocuments: [
        () => [{ source: 'no.json', into: './made', fields: ['text'], embedder: null, models: { ...offline }, tokens: null, types: {} }],
      ],
      indexOf: [() => [{ source: 'no.json', embedder: null, models: { ...offline } }]],
      inspectDocuments: [() => [{ source: 'no.json', sample: 1, countMs: 1 }]],
      clearCache: [() => [{ cacheFolder: './cache', all: true, ...refused }], { costly: true }],
      listCache: [() => [{ cacheFolder: './cache', ...refused }], { costly: true }],
      listFormats: [() => []],
      label: [() => [{ in: nowhere, judgments: './judgments', depth: 1, judge: nothing, models: { ...offline } }]],
      listModels: [() => [{ folder: nowhere, cacheFolder: './cache', env: {} }]],
      modelsFolder: [() => [{ folder: nowhere, cacheFolder: './cache', env: {} }]],
      pullModel: [() => ['no-such-model', offline]],
      verifyModels: [() => [{ folder: nowhere, cacheFolder: './cache', env: {}, ...refused }], { costly: true }],
      listProviders: [() => [{ names: ['cohere'], cacheFolder: './cache', variables: {} }]],
      recommendModels: [() => [{ languages: ['en'], kind: 'prose', maxMemory: 1000 }]],
      rerankDocuments: [() => [query, { source: 'no.json', top: 1, models: { ...offline }, ...refused }], { costly: true }],
      restoreIndex: [() => [{ from: nowhere, into: './restored' }]],
      tune: [() => [{ data: nowhere, measure: 'nDCG@10', folds: 2, models: { ...offline } }]],
      verifyIndex: [() => [{ in: nowhere }]],
      watchFolder: [
        () => [
          { source: nowhere, into: './watched', embedder: null, models: { ...offline }, onSync: nothing, signal: AbortSignal.abort() },
        ],
      ],
    },
  ],
  server: [
    server,
    {
      newKey: [() => []],
      serve: [
        () => [{ port: 0, indexes: [nowhere], models: { ...offline }, hosts: ['x'], keys: 'x', callMs: 1, ...refused }],
        { costly: true },
      ],
    },
  ],
  mcp: [
    mcp,
    { serveMcp: [() => [{ indexes: [nowhere], input: new PassThrough(), output: new PassThrough(), models: { ...offline }, callMs: 1 }]] },
  ],
  contracts: [
    contracts,
    {
      storeContract: [() => [() => stores.memoryStore(), { filters: 1 }]],
      embedderContract: [() => [() => hashEmbedder()]],
      readerContract: [
        () => [
          { name: 'x', extensions: ['x'], recognise: () => false, read: nothing },
          { bytes: new Uint8Array(1), documents: [{}] },
        ],
      ],
      rerankerContract: [() => [lengths]],
      rerankerWrapperContract: [() => [(inner: unknown) => inner]],
    },
  ],
  browser: [
    browser,
    {
      FinetoothError: [() => ['E_USAGE', 'a sentence'], { depth: 1 }],
      createBrowserEmbedder: [() => [{ ...browserModel(), model: 'http://localhost/bge-small-en-v1.5/' }]],
      createBrowserReranker: [() => [browserModel()]],
      createBrowserSearch: [() => [{ embedder: { embed: nothing }, reranker: { rerank: nothing }, fields: ['text'] }]],
    },
  ],
  'ai-sdk': [
    aiSdk,
    {
      createFinetooth: [
        () => [{ reranker: lengths(), embedder: hashEmbedder(), rerankers: { a: lengths() }, embedders: {}, models: { ...offline } }],
      ],
    },
  ],
  langchain: [
    langchain,
    {
      FinetoothEmbeddings: [() => [{ embedder: hashEmbedder(), models: { ...offline } }]],
      FinetoothRerank: [() => [{ reranker: lengths(), topN: 1, fields: ['text'], models: { ...offline } }]],
      FinetoothRetriever: [() => [{ index: { manifest: nothing, embedder: nothing, reranker: nothing }, top: 1 }]],
    },
  ],
  lancedb: [lancedb, { hybridReranker: [() => [{ reranker: lengths(), columns: ['text'], deadlineMs: 100, models: { ...offline } }]] }],
  // Of `finetooth/mastra` what does not need @mastra/core, which only the long tests install.
  mastra: [
    { embeddingModel, relevanceScorer },
    {
      embeddingModel: [() => [hashEmbedder(), { role: 'query', models: { ...offline } }]],
      relevanceScorer: [() => [{ reranker: lengths(), textField: 'text', models: { ...offline } }]],
    },
  ],
};

/** Names of functions of an entry of the package that no call stands here for. */
export const untried = (): readonly string[] =>
  Object.entries(doors).flatMap(([door, [module, calls]]) =>
    Object.entries(module)
      .filter(([name, made]) => typeof made === 'function' && calls[name] === undefined)
      .map(([name]) => `${door}.${name}`),
  );

/** What each entry of the package exports, each function with a right call. */
export const exported = (): readonly Call[] =>
  Object.entries(doors).flatMap(([door, [module, calls]]) =>
    Object.entries(calls).map(([name, [right, more]]) => {
      const made = (module as Readonly<Record<string, unknown>>)[name] as Function;
      const isClass = /^class\b/.test(String(made));
      const ask: Function = isClass ? (...given) => Reflect.construct(made, given) : made;
      return { name: `${door}.${name}`, ask, right, ...more };
    }),
  );

/** The functions of what those give. */
export async function ofParts(): Promise<readonly Call[]> {
  const index = await main.openIndex(stores.memoryStore(), {
    create: { fields: ['text'] },
    embedder: hashEmbedder(),
    reranker: rerankers.cached(lengths()),
  });
  await index.add(documents());
  const store = stores.memoryStore();
  await store.open(manifestFor());
  await store.upsert([entryFor('a', 1)]);
  const parts: Readonly<Record<string, readonly [part: object, calls: Calls]>> = {
    index: [
      index,
      {
        add: [() => [documents(), { prune: false, onProgress: nothing, firstBatch: 1 }]],
        addRead: [() => [[{ document: { text: 'x' }, where: 'x' }], { prune: false }]],
        delete: [() => [['a']]],
        rerankerNamed: [() => [['first-stage'], { strict: false, fallback: ['first-stage'] }]],
        status: [() => []],
        manifest: [() => []],
      },
    ],
    search: [
      { search: (...given: readonly unknown[]) => (main.search as Function)(index, ...given) },
      { search: [() => [query, { ...every(plans.keysAt('search')), top: 1, filter: 'year >= 1990', facets: ['id'] }]] },
    ],
    store: [
      store,
      {
        open: [() => [manifestFor()]],
        upsert: [() => [[entryFor('a', 1)]], { depth: 3 }],
        delete: [() => [['b'], { hashes: new Map(), from: manifestFor() }]],
        get: [() => [['a'], ['document', 'vector']]],
        search: [() => [{ vector: unit(1), limit: 1, filter: { id: 'a' }, fields: ['document'], exact: true, other: { terms: ['word'] } }]],
        count: [() => [{ id: 'a' }]],
        facets: [() => [['id'], { limit: 1, filter: { id: 'a' } }]],
        keepSpread: [() => [{ mean: 0.5, deviation: 0.1, documents: 1 }]],
        stats: [() => []],
      },
    ],
    lanceStore: [
      stores.lanceStore(nowhere),
      { search: [() => [{ vector: unit(1), limit: 1 }]], get: [() => [['a'], ['document']]], delete: [() => [['a']]], count: [() => []] },
    ],
    ...Object.fromEntries(
      Object.entries({
        cascade: rerankers.cascade([lengths(), lengths()]),
        fallback: rerankers.fallback([lengths()]),
        cached: rerankers.cached(lengths()),
        titled: rerankers.titled(lengths()),
        firstStageOrder: rerankers.firstStageOrder(),
        withCalibration: rerankers.withCalibration(lengths(), calibration() as never),
        createReranker: main.createReranker(lengths()),
        hosted: hosted.hosted('cohere:rerank-v3.5', { apiKey: 'x', baseURL: 'http://127.0.0.1:1', retries: 0 }),
      }).map(([name, made]) => [
        name,
        [
          made,
          {
            score: [() => [query, name === 'hosted' ? [] : candidates(), { signal: signal(), onScores: nothing }]],
            ...(made.explain === undefined ? {} : { explain: [() => [query, { text: 'x' }, { signal: signal() }]] }),
          } as Calls,
        ] as const,
      ]),
    ),
    cachedEmbedder: [
      embedders.cachedEmbedder(hashEmbedder(), { at: './more-vectors' }),
      { embed: [() => [['x'], 'query', { signal: signal() }]] },
    ],
    sessions: [
      embedders.createModelSessions(),
      {
        biEncoder: [() => [catalogued('bi-encoder'), { runtime: 'native', ...refused }], { depth: 3 }],
        crossEncoder: [() => [catalogued('cross-encoder'), { runtime: 'native', ...refused }], { depth: 3 }],
      },
    ],
    documentTest: [{ test: stores.documentTest('year >= 1990') }, { test: [() => [{ year: 1991 }]] }],
    budget: [hosted.createBudget(1), { reserve: [() => ['x', 0.1]], spent: [() => []] }],
    browserSearch: [
      browser.createBrowserSearch({ embedder: { embed: async (texts) => texts.map(() => Float32Array.of(1)) } }),
      {
        add: [() => [documents(), { signal: signal() }]],
        search: [() => [query, { top: 1, candidates: 1 }]],
        delete: [() => ['a']],
      },
    ],
    aiSdkProvider: [
      aiSdk.createFinetooth({ reranker: lengths(), embedder: hashEmbedder() }),
      { rerankingModel: [() => ['default'], sdk], embeddingModel: [() => ['default', { role: 'query' }], sdk] },
    ],
    aiSdkRanking: [
      aiSdk.createFinetooth({ reranker: lengths() }).rerankingModel('default'),
      {
        doRerank: [
          () => [{ query, documents: { type: 'text', values: ['x'] }, topN: 1, providerOptions: { finetooth: { deadlineMs: 100 } } }],
          { depth: 3 },
        ],
      },
    ],
    aiSdkEmbedding: [
      aiSdk.createFinetooth({ embedder: hashEmbedder() }).embeddingModel('default'),
      { doEmbed: [() => [{ values: ['x'], providerOptions: { finetooth: { role: 'query' } } }], { depth: 3 }] },
    ],
    langchainRerank: [
      new langchain.FinetoothRerank({ reranker: lengths() }),
      { compressDocuments: [() => [[{ pageContent: 'x', metadata: {} }], query]] },
    ],
    langchainEmbeddings: [
      new langchain.FinetoothEmbeddings({ embedder: hashEmbedder() }),
      { embedDocuments: [() => [['x']]], embedQuery: [() => ['x']] },
    ],
    langchainRetriever: [new langchain.FinetoothRetriever({ index }), { invoke: [() => [query]] }],
    hybridReranker: [lancedb.hybridReranker({ reranker: lengths() }), { rerankHybrid: [() => [query, undefined, undefined]] }],
    relevanceScorer: [
      relevanceScorer({ reranker: lengths() }),
      {
        getRelevanceScore: [() => [query, 'x']],
        rerank: [() => [[{ id: 'a', score: 1, metadata: { text: 'x' } }], query, { topK: 1 }]],
      },
    ],
    vectorIndexes: [
      createVectorIndexes({ at: 'memory:' }),
      {
        create: [() => ['films', 2, 'cosine']],
        describe: [() => ['films']],
        query: [() => [{ indexName: 'films', queryVector: [1, 0], topK: 1, filter: { a: 1 }, includeVector: true }]],
        upsert: [() => [{ indexName: 'films', vectors: [[1, 0]], metadata: [{ a: 1 }], ids: ['a'] }]],
        update: [() => [{ indexName: 'films', id: 'a', update: { vector: [0, 1], metadata: { a: 2 } } }]],
        delete: [() => [{ indexName: 'films', ids: ['b'] }]],
        remove: [() => ['other']],
      },
    ],
  };
  return Object.entries(parts).flatMap(([part, [made, calls]]) =>
    Object.entries(calls).map(([name, [right, more]]) => ({
      name: `${part}.${name}`,
      ask: ((...given: readonly unknown[]) =>
        ((made as Readonly<Record<string, Function>>)[name] as Function).apply(made, [...given])) as Function,
      right,
      ...more,
    })),
  );
}
