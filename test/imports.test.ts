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
      'byScore',
      'cached',
      'cachedEmbedder',
      'calibrate',
      'cascade',
      'compareIds',
      'comparedPipelines',
      'createBudget',
      'createModelSessions',
      'crossEncoder',
      'defaultModel',
      'defaultPipeline',
      'errorTable',
      'evaluate',
      'fallback',
      'firstStageOrder',
      'fuse',
      'hosted',
      'hostedEmbedder',
      'lanceStore',
      'lateInteraction',
      'listProviders',
      'local',
      'localEmbedder',
      'memoryStore',
      'openCrossEncoderReranker',
      'openIndex',
      'openModel',
      'parsePipelines',
      'readCalibration',
      'readDocuments',
      'readPipelines',
      'readPrices',
      'rerank',
      'search',
      'searchOptionsOf',
      'textOf',
      'tune',
      'withCalibration',
    ],
    types: [
      'AddOptions',
      'AddReport',
      'BiEncoder',
      'Budget',
      'CacheOptions',
      'CalibrateOptions',
      'CalibrateReport',
      'Calibration',
      'CalibrationFile',
      'CallOptions',
      'Candidate',
      'CascadeOptions',
      'Combination',
      'CreateOptions',
      'Document',
      'Embedder',
      'EmbeddingModel',
      'Entry',
      'ErrorCode',
      'EvaluateOptions',
      'Explanation',
      'FallbackOptions',
      'FieldCondition',
      'FieldValue',
      'Filter',
      'FilterFields',
      'FilterParts',
      'FirstStage',
      'FlatFilter',
      'FuseOptions',
      'Fusion',
      'Hit',
      'HostedOptions',
      'LanguageModel',
      'LanguageModelOptions',
      'ListedProvider',
      'Manifest',
      'ModelEntry',
      'ModelFileOptions',
      'ModelOptions',
      'ModelRunOptions',
      'ModelSessions',
      'NamedRerankers',
      'OpenIndexOptions',
      'PassedOver',
      'Pipeline',
      'Price',
      'PriceTable',
      'Probe',
      'Progress',
      'Provenance',
      'ProvidersOptions',
      'RankedResult',
      'ReadDocument',
      'ReadOptions',
      'RerankAnswer',
      'RerankDocument',
      'RerankOptions',
      'Reranker',
      'RerankerPart',
      'RerankerPlan',
      'RerankerSettings',
      'RerankingModel',
      'ScoreOptions',
      'Scores',
      'SearchAnswer',
      'SearchIndex',
      'SearchOptions',
      'SearchResult',
      'StageExplanation',
      'Store',
      'StoreStatus',
      'Timings',
      'TokenMatches',
      'TuneOptions',
      'TuneReport',
      'Usage',
      'VectorCacheOptions',
      'Vectors',
    ],
  },
  'eval/index.ts': {
    values: [
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
      'powerAssumption',
      'randomisationTest',
      'readCollection',
      'readCorpus',
      'readJudgments',
      'readReport',
      'readRun',
      'readTestSet',
      'toHtml',
      'toMarkdown',
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
      'Interval',
      'JudgedRanking',
      'Judgments',
      'Latency',
      'Measure',
      'MeasureOptions',
      'Move',
      'PipelineReport',
      'QueryChange',
      'RandomisationOptions',
      'RankedList',
      'RankedRun',
      'RunList',
      'Side',
      'Stage',
      'TestSet',
      'TestSetOptions',
      'VerdictInput',
    ],
  },
} as const;

describe('importing loads only what is small', () => {
  it('finetooth loads one package, the stemmer', () => {
    expect(loadSource('index.ts').packages).toEqual(['stemmer']);
  });

  it('finetooth/eval loads no package', () => {
    expect(loadSource('eval/index.ts').packages).toEqual([]);
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
