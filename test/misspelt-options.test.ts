import { describe, expect, it } from 'vitest';
import * as embedders from '../src/embedders.ts';
import * as hosted from '../src/hosted.ts';
import * as library from '../src/index.ts';
import { parsePipelines } from '../src/plan.ts';
import * as rerankers from '../src/rerankers.ts';
import * as server from '../src/server/index.ts';
import * as stores from '../src/stores.ts';
import * as tasks from '../src/tasks/index.ts';
import { hashEmbedder } from './hash-embedder.ts';

type Options = Readonly<Record<string, unknown>>;
const reranker: library.Reranker = {
  fingerprint: 'length@1',
  score: async (_, candidates) => ({ scores: Float32Array.from(candidates, ({ text }) => text.length) }),
};
const any = <Return>(call: unknown): Return => call as Return;
const drained = async (documents: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of documents);
};

/** For each function that takes options, an option that is misspelt, what was meant, and how it is called. */
const taking: Readonly<Record<string, readonly [wrong: string, meant: string, call: (options: never) => unknown]>> = {
  cached: ['att', 'at', (options) => rerankers.cached(reranker, options)],
  cachedEmbedder: ['att', 'at', (options) => embedders.cachedEmbedder(hashEmbedder(), options)],
  cascade: ['kep', 'keep', (options) => rerankers.cascade([reranker, reranker], options)],
  fallback: ['strikt', 'strict', (options) => rerankers.fallback([reranker, reranker], options)],
  openSparseEmbedder: ['thread', 'threads', (options) => embedders.openSparseEmbedder('x', options)],
  fuse: ['rrfk', 'rrfK', (options) => rerankers.fuse([[]], 1, options)],
  hosted: ['retry', 'retries', (options) => hosted.hosted('cohere:rerank-v3.5', options)],
  hostedEmbedder: ['retry', 'retries', (options) => hosted.hostedEmbedder('openai:text-embedding-3-small', options)],
  createEmbedder: ['thread', 'threads', (options) => library.createEmbedder(undefined, options)],
  createReranker: ['thread', 'threads', (options) => library.createReranker(undefined, options)],
  openIndex: ['embeder', 'embedder', (options) => library.openIndex(stores.memoryStore(), options)],
  openModel: ['thread', 'threads', (options) => embedders.openModel('x', options)],
  readDocuments: ['includes', 'include', (options) => drained(library.readDocuments('x.json', options))],
  rerank: ['topp', 'top', (options) => library.rerank('q', [], options)],
  search: [
    'topp',
    'top',
    async (options) =>
      library.search(await library.openIndex(stores.memoryStore(), { create: true, embedder: hashEmbedder() }), 'q', options),
  ],
  backupIndex: ['onprogress', 'onProgress', (options) => tasks.backupIndex({ in: 'a', to: 'b', ...any<Options>(options) })],
  calibrate: ['candidate', 'candidates', (options) => tasks.calibrate({ data: 'x', ...any<Options>(options) })],
  compactIndex: ['onprogress', 'onProgress', (options) => tasks.compactIndex({ in: 'a', ...any<Options>(options) })],
  doctor: ['embeder', 'embedder', (options) => tasks.doctor(options)],
  embedDocuments: ['rol', 'role', (options) => drained(tasks.embedDocuments(options))],
  evaluate: ['measure', 'measures', (options) => tasks.evaluate({ data: 'x', ...any<Options>(options) })],
  exportIndex: ['formt', 'format', (options) => tasks.exportIndex({ in: 'a', to: 'b', ...any<Options>(options) })],
  indexDocuments: ['field', 'fields', (options) => tasks.indexDocuments({ source: 'x', into: 'y', ...any<Options>(options) })],
  inspectDocuments: ['sampl', 'sample', (options) => tasks.inspectDocuments({ source: 'x', ...any<Options>(options) })],
  indexOf: ['inclde', 'include', (options) => tasks.indexOf({ source: 'x', ...any<Options>(options) })],
  listCache: ['sorce', 'source', (options) => tasks.listCache(options)],
  clearCache: ['al', 'all', (options) => tasks.clearCache(options)],
  label: ['judgment', 'judgments', (options) => tasks.label({ in: 'x', judge: async () => 'skip', ...any<Options>(options) } as never)],
  listDatasets: ['foldr', 'folder', (options) => tasks.listDatasets(options)],
  checkModel: ['offlin', 'offline', (options) => tasks.checkModel('x', options)],
  recommendModels: ['measur', 'measure', (options) => tasks.recommendModels(options)],
  listModels: ['foldr', 'folder', (options) => tasks.listModels(options)],
  listProviders: ['name', 'names', (options) => tasks.listProviders(options)],
  modelsFolder: ['foldr', 'folder', (options) => tasks.modelsFolder(options)],
  pullDataset: ['offlin', 'offline', (options) => tasks.pullDataset('x', options)],
  pullModel: ['offlin', 'offline', (options) => tasks.pullModel('x', options)],
  rerankDocuments: ['rankfields', 'rankFields', (options) => tasks.rerankDocuments('q', options)],
  restoreIndex: ['frm', 'from', (options) => tasks.restoreIndex({ into: 'x', ...any<Options>(options) })],
  tune: ['fold', 'folds', (options) => tasks.tune({ data: 'x', ...any<Options>(options) })],
  verifyIndex: ['onprogress', 'onProgress', (options) => tasks.verifyIndex({ in: 'a', ...any<Options>(options) })],
  verifyModels: ['foldr', 'folder', (options) => tasks.verifyModels(options)],
  watchFolder: ['prun', 'onSync', (options) => tasks.watchFolder({ source: '.', into: 'y', ...any<Options>(options) })],
  qdrantStore: ['replcas', 'replicas', (options) => stores.qdrantStore({ url: 'http://localhost', name: 'a', ...any<Options>(options) })],
  postgresStore: [
    'efConstructon',
    'efConstruction',
    (options) => stores.postgresStore({ connectionString: 'postgres://x/y', ...any<Options>(options) }),
  ],
  serve: ['prt', 'port', (options) => server.serve(options)],
};

/** Those that take none, or none but a signal, or what is data. */
const none = [
  'FinetoothError',
  'byScore',
  'compareIds',
  'createBudget',
  'createModelSessions',
  'crossEncoder',
  'documentTest',
  'facetCounter',
  'firstStageOrder',
  'lanceStore',
  'lateInteraction',
  'listFormats',
  'localEmbedder',
  'measureRuns',
  'memoryStore',
  'orderCandidates',
  'parseDocument',
  'packSparse',
  'parsePipelines',
  'readCalibration',
  'readIndex',
  'readPipelines',
  'readPrices',
  'scoreInTime',
  'searchOptionsOf',
  'sparseScorer',
  'textOf',
  'titled',
  'typesIn',
  'unpackSparse',
  'withCalibration',
  'newKey',
];

describe('options of the public functions', () => {
  it('are those of this table: a new function is put into one of the two', () => {
    const all = [library, rerankers, embedders, stores, hosted, { parsePipelines }, tasks, server].flatMap((module) =>
      Object.entries(module).filter(([, value]) => typeof value === 'function'),
    );
    expect([...Object.keys(taking), ...none].sort()).toEqual([...new Set(all.map(([name]) => name))].sort());
  });

  it.each(Object.entries(taking))('%s refuses one that there is not, and says which was meant', async (_, [wrong, meant, call]) => {
    const refusal = await (async () => call({ [wrong]: undefined } as never))().then(
      () => undefined,
      (error: unknown) => error as { code?: string; message: string },
    );
    expect([refusal?.code, refusal?.message]).toEqual(['E_USAGE', expect.stringContaining(`has no option "${wrong}"`)]);
    expect(refusal?.message).toContain(meant);
  });
});
