import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = join(import.meta.dirname, '..', 'src');

/** Keeps what every import and require resolves to. */
const hook = `
import { registerHooks } from 'node:module';
globalThis.resolved = [];
registerHooks({
  resolve: (specifier, context, next) => {
    const found = next(specifier, context);
    globalThis.resolved.push(found.url);
    return found;
  },
});`;

interface Loaded {
  /** Names that the module exports at run time, sorted. */
  readonly names: readonly string[];
  /** Packages that were loaded, sorted. */
  readonly packages: readonly string[];
}

/** What importing a module brings, in a process of its own. */
const load = (specifier: string): Loaded => {
  const code = `const module = await import(${JSON.stringify(specifier)});
    console.log(JSON.stringify({ names: Object.keys(module).sort(), resolved: globalThis.resolved }));`;
  const words = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, '--input-type=module', '--eval', code];
  const child = spawnSync(process.execPath, words, {
    cwd: join(src, '..'),
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (child.status !== 0) throw new Error(child.stderr);
  const { names, resolved } = JSON.parse(child.stdout) as { readonly names: string[]; readonly resolved: readonly string[] };
  const packages = resolved.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  return { names, packages: [...new Set(packages)].sort() };
};
const loadSource = (file: string): Loaded => load(pathToFileURL(join(src, file)).href);

/** Names in the export lists of a file, types apart. */
const exportsOf = (file: string): { readonly values: readonly string[]; readonly types: readonly string[] } => {
  const lists = readFileSync(join(src, file), 'utf8').matchAll(/^export (type )?\{([^}]*)\}/gm);
  const names = [...lists].flatMap(([, type = '', list = '']) =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => `${type}${name}`),
  );
  return {
    values: names.filter((name) => !name.startsWith('type ')).sort(),
    types: names
      .filter((name) => name.startsWith('type '))
      .map((name) => name.slice('type '.length))
      .sort(),
  };
};

/** What users may rely on. A change here is a change of the public surface: it belongs in the changelog. */
const surface = {
  'index.ts': {
    values: [
      'FinetoothError',
      'createEmbedder',
      'createReranker',
      'errorTable',
      'openIndex',
      'readDocuments',
      'readPipelines',
      'rerank',
      'search',
      'searchOptionsOf',
    ],
    types: [
      'AddOptions',
      'AddReport',
      'CallOptions',
      'CreateOptions',
      'CreateRerankerOptions',
      'Document',
      'Embedder',
      'EmbeddingModel',
      'ErrorCode',
      'Explanation',
      'Facet',
      'FacetOptions',
      'FacetValue',
      'FieldCondition',
      'FieldOf',
      'FieldType',
      'FieldTypes',
      'FieldValue',
      'Filter',
      'FilterFields',
      'FilterParts',
      'FirstStage',
      'FlatFilter',
      'IndexStatus',
      'Json',
      'ModelFileOptions',
      'ModelOptions',
      'ModelRunOptions',
      'OpenIndexOptions',
      'PrecisionChoice',
      'PrecisionChosen',
      'Progress',
      'Provenance',
      'RankedResult',
      'ReadDocument',
      'ReadOptions',
      'Reader',
      'RelevanceLevel',
      'RerankAnswer',
      'RerankDocument',
      'RerankOptions',
      'RerankResult',
      'Reranker',
      'RerankerFailure',
      'RerankerPart',
      'RerankerPlan',
      'RerankerSettings',
      'RerankingModel',
      'ResultGroup',
      'ScoreSpread',
      'SearchAnswer',
      'SearchIndex',
      'SearchOptions',
      'SearchResult',
      'Source',
      'SparseEmbedder',
      'SparseVector',
      'SpreadSource',
      'StageExplanation',
      'Store',
      'Stored',
      'Timings',
      'TokenMatches',
      'TokenWeight',
      'Truncated',
      'Usage',
      'Vectors',
    ],
  },
  'rerankers.ts': {
    values: [
      'byScore',
      'cached',
      'cascade',
      'compareIds',
      'crossEncoder',
      'fallback',
      'firstStageOrder',
      'fuse',
      'lateInteraction',
      'orderCandidates',
      'readCalibration',
      'scoreInTime',
      'titled',
      'withCalibration',
    ],
    types: [
      'CacheOptions',
      'Calibration',
      'CalibrationFile',
      'Candidate',
      'CascadeOptions',
      'Combination',
      'FallbackOptions',
      'FuseOptions',
      'Fusion',
      'NamedRerankers',
      'Orderable',
      'OrderedCandidate',
      'ScoreOptions',
      'Scores',
    ],
  },
  'embedders.ts': {
    values: ['cachedEmbedder', 'createModelSessions', 'defaultModel', 'localEmbedder', 'measureRuns', 'openModel', 'openSparseEmbedder'],
    types: ['BiEncoder', 'ModelEntry', 'ModelSessions', 'SparseVectors', 'Stopwatch', 'VectorCacheOptions'],
  },
  'stores.ts': {
    values: [
      'documentTest',
      'facetCounter',
      'lanceStore',
      'memoryStore',
      'packSparse',
      'parseDocument',
      'postgresStore',
      'qdrantStore',
      'readIndex',
      'sparseScorer',
      'textOf',
      'typesIn',
      'unpackSparse',
    ],
    types: [
      'Embedded',
      'EmbeddedPassage',
      'Entry',
      'EntryField',
      'FacetCounter',
      'Hit',
      'HitField',
      'Manifest',
      'Origin',
      'PostgresStoreOptions',
      'QdrantStoreOptions',
      'SearchedBy',
      'SparseModel',
      'StoreCapabilities',
      'StoreQuery',
      'StoreStats',
    ],
  },
  'hosted.ts': {
    values: ['createBudget', 'hosted', 'hostedEmbedder', 'readPrices'],
    types: ['Budget', 'HostedOptions', 'LanguageModel', 'LanguageModelOptions', 'Price', 'PriceTable'],
  },
  'browser/index.ts': {
    values: ['FinetoothError', 'createBrowserEmbedder', 'createBrowserReranker', 'createBrowserSearch', 'errorTable'],
    types: [
      'BrowserEmbedOptions',
      'BrowserEmbedder',
      'BrowserModel',
      'BrowserModelOptions',
      'BrowserRerankAnswer',
      'BrowserRerankOptions',
      'BrowserRerankResult',
      'BrowserReranker',
      'BrowserSearch',
      'BrowserSearchOptions',
      'BrowserSearchParts',
      'BrowserSearchResult',
      'BrowserWorker',
      'ErrorCode',
      'RelevanceLevel',
    ],
  },
  'contracts/index.ts': {
    values: ['embedderContract', 'readerContract', 'rerankerContract', 'rerankerWrapperContract', 'storeContract'],
    types: ['ContractCase', 'Make', 'ReaderSample', 'StoreContractOptions'],
  },
  'eval/index.ts': {
    values: [
      'RBO_DEPTH',
      'RBO_PERSISTENCE',
      'bootstrapIntervals',
      'checkCollection',
      'checkGates',
      'compareAll',
      'crossValidate',
      'defaultMeasures',
      'evaluateFile',
      'evaluateRun',
      'holm',
      'meanOf',
      'measureOf',
      'parseGate',
      'parseMeasure',
      'parseMeasures',
      'plotsOf',
      'powerAssumption',
      'randomisationTest',
      'rankBiasedOverlap',
      'readCollection',
      'readCorpus',
      'readJudgments',
      'readReport',
      'readRun',
      'readTestSet',
      'toHtml',
      'toMarkdown',
      'toText',
      'verdictOf',
    ],
    types: [
      'BootstrapOptions',
      'Chance',
      'Collection',
      'CollectionChecks',
      'Columns',
      'Comparison',
      'CrossValidateOptions',
      'CrossValidation',
      'CutOff',
      'DocumentId',
      'Estimate',
      'EvalReport',
      'Evaluation',
      'Failure',
      'Gate',
      'GateResult',
      'Grades',
      'Headroom',
      'Interval',
      'JudgedRanking',
      'Judgments',
      'Latency',
      'Measure',
      'MeasureOptions',
      'Move',
      'Overlap',
      'PipelineReport',
      'QueryChange',
      'RandomisationOptions',
      'RankedList',
      'RankedRun',
      'ReportPlot',
      'RunList',
      'Side',
      'Stage',
      'TestSet',
      'TestSetOptions',
      'VerdictInput',
    ],
  },
  'integrations/ai-sdk/index.ts': {
    values: ['createFinetooth', 'finetooth'],
    types: [
      'EmbedderPart',
      'FinetoothEmbeddingModel',
      'FinetoothEmbeddingOptions',
      'FinetoothProvider',
      'FinetoothProviderOptions',
      'FinetoothRerankingModel',
      'FinetoothRerankingOptions',
    ],
  },
  'integrations/lancedb/index.ts': {
    values: ['hybridReranker'],
    types: ['HybridReranker', 'HybridRerankerOptions', 'RecordBatchLike'],
  },
  'integrations/langchain/index.ts': {
    values: ['FinetoothEmbeddings', 'FinetoothRerank', 'FinetoothRetriever'],
    types: ['FinetoothEmbeddingsOptions', 'FinetoothRerankOptions', 'FinetoothRetrieverOptions'],
  },
  'plan.ts': {
    values: [
      'asksEmbedder',
      'asksSparse',
      'defaultPipeline',
      'defaultWords',
      'doors',
      'indexOptionAt',
      'indexPlan',
      'kebabCase',
      'keysAt',
      'optionAt',
      'parsePipeline',
      'parsePipelines',
      'plainOptionsOf',
      'plan',
      'readFilter',
      'snakeCase',
    ],
    types: [
      'Condition',
      'Door',
      'FieldCondition',
      'Filter',
      'FilterFields',
      'FilterParts',
      'FlatFilter',
      'IndexDoor',
      'IndexKey',
      'IndexOption',
      'KeyAt',
      'Leaf',
      'OptionsAt',
      'Pipeline',
      'Plan',
      'PlanKey',
      'PlanOption',
      'Typed',
      'Value',
      'ValueAt',
    ],
  },
  'server/mcp/index.ts': {
    values: ['serveMcp'],
    types: ['McpConnection', 'McpLimits', 'ServeMcpOptions'],
  },
  'server/index.ts': {
    values: ['newKey', 'serve'],
    types: ['ServeOptions', 'Server'],
  },
  'tasks/index.ts': {
    values: [
      'backupIndex',
      'calibrate',
      'checkModel',
      'clearCache',
      'compactIndex',
      'comparedPipelines',
      'doctor',
      'embedDocuments',
      'evaluate',
      'exportIndex',
      'gradeNames',
      'indexDocuments',
      'indexOf',
      'inspectDocuments',
      'label',
      'listCache',
      'listDatasets',
      'listFormats',
      'listModels',
      'listProviders',
      'modelsFolder',
      'pullDataset',
      'pullModel',
      'recommendModels',
      'rerankDocuments',
      'restoreIndex',
      'tune',
      'verifyIndex',
      'verifyModels',
      'watchFolder',
    ],
    types: [
      'BackupIndexOptions',
      'BackupReport',
      'CacheOptions',
      'CachePart',
      'CacheReport',
      'CachedIndex',
      'CalibrateOptions',
      'CalibrateReport',
      'CheckModelOptions',
      'CheckedExample',
      'CheckedModel',
      'ClearCacheOptions',
      'ClearedCache',
      'Clearing',
      'CompactReport',
      'Decision',
      'DoctorOptions',
      'EmbedDocumentsOptions',
      'EmbeddedDocument',
      'EvaluateOptions',
      'ExportIndexOptions',
      'ExportReport',
      'Finding',
      'FolderSync',
      'IndexDocumentsOptions',
      'IndexOf',
      'IndexOfOptions',
      'InspectDocumentsOptions',
      'InspectedDocuments',
      'InspectedField',
      'Judge',
      'LabelOptions',
      'LabelReport',
      'ListOptions',
      'ListedDataset',
      'ListedModel',
      'ListedProvider',
      'Lost',
      'ProvidersOptions',
      'PullOptions',
      'RecommendOptions',
      'RecommendReport',
      'Recommendation',
      'RerankDocumentsOptions',
      'RerankDocumentsReport',
      'RestoreIndexOptions',
      'RestoreReport',
      'Shown',
      'TuneOptions',
      'TuneReport',
      'VerifiedModel',
      'VerifyIndexOptions',
      'VerifyReport',
      'WatchFolderOptions',
    ],
  },
} as const;

describe('importing loads only what is small', () => {
  it('finetooth loads one package, the stemmer', () => {
    expect(loadSource('index.ts').packages).toEqual(['stemmer']);
  });

  it('finetooth/contracts loads no other, and no test runner', () => {
    expect(loadSource('contracts/index.ts').packages).toEqual(['stemmer']);
  });

  it('finetooth/eval loads one package, the widths of letters in its tables', () => {
    expect(loadSource('eval/index.ts').packages).toEqual(['get-east-asian-width']);
  });

  it('finetooth/plan and finetooth/tasks load no more than finetooth', () => {
    expect(loadSource('plan.ts').packages).toEqual([]);
    expect(loadSource('tasks/index.ts').packages).toEqual(['stemmer']);
  });

  it('and this test sees a package when one is loaded', () => {
    expect(load('papaparse').packages).toEqual(['papaparse']);
  });
});

describe('the public surface', () => {
  it.each(Object.entries(surface))('of src/%s is the one listed here', (file, listed) => {
    expect(exportsOf(file)).toEqual(listed);
    expect(loadSource(file).names).toEqual(listed.values);
  });
});
