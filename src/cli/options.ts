/**
 * Every flag, once: the parser, the help, the environment and docs/commands.md are made from this table. Those of searching and reranking come
 * from the plan. A flag is `--name`; a variable is read when the flag is absent.
 */
import {
  defaultWords,
  type IndexKey,
  type IndexOption,
  indexPlan,
  type KeyAt,
  kebabCase,
  keysAt,
  optionAt,
  type Plan,
  type PlanOption,
  type Value,
} from '../plan.ts';

interface Described {
  readonly about: string;
  /** Environment variable that stands in for the flag. */
  readonly variable?: string;
  /** The default in words; that of an option of the plan is filled in by whoever is called, and a flag that is absent stays absent. */
  readonly otherwise?: string;
}
/** The kinds of the plan, and `many`: a text that may be given several times. */
type Kind =
  | { readonly kind: 'flag' }
  | { readonly kind: 'share' }
  | { readonly kind: 'count'; readonly least: number; readonly most: number; readonly default?: number; readonly unit?: string }
  | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly default?: string }
  | {
      readonly kind: 'level';
      readonly choices: readonly string[];
      readonly least: number;
      readonly most: number;
      readonly default?: string;
    }
  | { readonly kind: 'text'; readonly value: string; readonly default?: string }
  | { readonly kind: 'names' | 'many' | 'filter' | 'vector'; readonly value: string }
  | { readonly kind: 'types'; readonly value: string; readonly types: readonly string[] };
/** `flag`: the flag, where it is not spelled by the rule: `maxBody` is `--max-body`. */
type Own = Kind & Described & { readonly flag?: string };
export type OptionSpec = Kind & Described & { readonly name: string };

/** The default is taken out: only one place fills it in. */
type FlagOf<O extends Value> = Omit<O, 'default' | 'at'> & Described & { readonly name: string };

const planFlags = Object.fromEntries(
  keysAt('searchCommand').map((key) => [key, flagOf(key, optionAt(key, 'searchCommand') as PlanOption)]),
) as unknown as { readonly [K in KeyAt<'searchCommand'>]: FlagOf<Plan[K]> };

const indexFlags = Object.fromEntries(Object.entries(indexPlan).map(([key, option]) => [key, flagOf(key, option)])) as unknown as {
  readonly [K in IndexKey]: FlagOf<(typeof indexPlan)[K]>;
};

const own = {
  json: { kind: 'flag', about: 'print one JSON object instead of text' },
  clear: { kind: 'flag', about: 'delete them, and what is made again by itself' },
  all: { kind: 'flag', about: 'delete downloaded models, test collections and what evaluations have kept, too' },
  notes: { kind: 'flag', about: 'search the bundled notes of a household instead of the films' },
  compare: { kind: 'flag', about: 'show the first stage and the reranked list beside each other, with what moved' },
  into: {
    kind: 'text',
    value: 'INDEX',
    about: 'the index to make, to add to, or to put a backup in the place of: a folder, qdrant://HOST/NAME, postgres://HOST/DATABASE/NAME',
  },
  to: {
    kind: 'text',
    value: 'PATH',
    about: 'where the backup or the export goes: a folder that is not there yet, or empty; a file that is not there yet',
  },
  from: { kind: 'text', value: 'INDEX', about: 'the backup; any whole index may be one' },
  in: {
    kind: 'many',
    value: 'INDEX',
    about: 'an index: a folder, qdrant://HOST/NAME, postgres://HOST/DATABASE/NAME; serve and mcp take several, under their names',
  },
  format: {
    kind: 'choice',
    choices: [
      'auto',
      'json',
      'jsonl',
      'csv',
      'tsv',
      'parquet',
      'folder',
      'lines',
      'text',
      'notebook',
      'email',
      'pdf',
      'docx',
      'epub',
      'code',
    ],
    default: 'auto',
    about: 'format of the input',
  },
  followLinks: {
    kind: 'flag',
    about:
      'read what links in a folder lead to outside of it (default: they are left out, as whoever made the folder may link to any file)',
  },
  include: {
    kind: 'many',
    value: 'PATTERN',
    about:
      "files of a folder that are read, as a .gitignore names them: '*.md', 'docs/'; may be given several times (default: all of known formats)",
  },
  exclude: {
    kind: 'many',
    value: 'PATTERN',
    about: "files and folders that are left out, named likewise: 'drafts/', '*.test.ts'; may be given several times",
  },
  ignored: { kind: 'flag', about: 'read what a .gitignore leaves out, too' },
  strictFiles: {
    kind: 'flag',
    flag: 'strict',
    about: 'stop at the first file of a folder that cannot be read (default: it is named, counted and left out)',
  },
  prune: { kind: 'flag', about: 'afterwards remove what the source no longer has' },
  watch: {
    kind: 'flag',
    about: 'then keep the index in step with the folder, what goes included, until Ctrl-C',
  },
  durability: {
    kind: 'choice',
    choices: ['power', 'process'],
    default: 'power',
    variable: 'FINETOOTH_DURABILITY',
    about: 'what a write that was acknowledged outlives: power, also the loss of power; process, a kill, some milliseconds sooner',
  },
  rebuild: { kind: 'flag', about: 'build the index again from scratch beside the old one, then put it in its place' },
  budget: {
    kind: 'text',
    value: 'DOLLARS',
    about: 'what hosted models may cost in this run; a call that could pass it is not made (default: no limit)',
  },
  vectorCache: {
    kind: 'text',
    value: 'FOLDER',
    variable: 'FINETOOTH_VECTOR_CACHE',
    about: 'cache the vectors of hosted embedders there, and ask for none a second time; processes may share it',
  },
  prices: {
    kind: 'text',
    value: 'FILE',
    variable: 'FINETOOTH_PRICES',
    about:
      'prices of your own in JSON, {"vendor:model": {"tokens": 0.05}} in dollars per million tokens, or "searches" per thousand searches',
  },
  check: { kind: 'flag', about: 'make one tiny call to each; it may cost a fraction of a cent' },
  relevantFrom: { kind: 'count', least: 1, most: 1000, default: 1, about: 'the minimum relevant grade' },
  method: {
    kind: 'choice',
    choices: ['platt', 'isotonic'],
    default: 'platt',
    about: 'form of the fit: an S-curve of two numbers, or steps for many judgments',
  },
  pipeline: {
    kind: 'text',
    value: 'FILE',
    about: 'a pipeline in JSON; what flags say beside it goes before it, and --filter is added to its filter',
  },
  data: {
    kind: 'text',
    value: 'DATA',
    about:
      'the test collection: a folder with corpus.jsonl, queries.jsonl and qrels.tsv or qrels/test.tsv (each also .gz), a JSON list of {query, relevant: []}, or a name of "finetooth datasets list"',
  },
  qrels: {
    kind: 'text',
    value: 'FILE',
    about: "judgments, instead of the collection's own: TREC's four columns, or tabs with a header; also .gz",
  },
  run: {
    kind: 'many',
    value: 'FILE',
    about: "a finished run to measure: TREC's six columns, or tabs with a header; also .gz; may be given several times",
  },
  pipelines: {
    kind: 'names',
    value: 'A.json,B.json',
    about: 'what to compare (default: dense, bm25 and hybrid alone, dense and hybrid reranked)',
  },
  firstStageRun: { kind: 'text', value: 'FILE', about: 'rerank the candidates of this run instead of retrieving' },
  measures: {
    kind: 'text',
    value: 'A,B',
    default: 'nDCG@10,RR@10,AP@100,P@10,R@100,Judged@10',
    about: 'ir-measures names, the primary one first: nDCG@10, AP(rel=2)@100, RR@10, P@5, R@100, Success@1, Judged@10, Bpref, RBP(p=0.8)',
  },
  gate: {
    kind: 'many',
    value: 'CONDITION',
    about:
      "exit with 7 when it does not hold: 'nDCG@10 >= 0.62', 'p95 <= 120ms', 'NAME: nDCG@10 >= baseline - 0.01', 'failures = 0', 'memory <= 500MB'; may be given several times",
  },
  baseline: {
    kind: 'text',
    value: 'NAME',
    about:
      'the pipeline that the others are compared with (default: the first), or an earlier report in JSON, against which a proven loss fails',
  },
  cutOffs: { kind: 'names', value: '10,25', about: 'numbers of candidates in the cut-off table, or "none" (default: 10,25,50,100)' },
  dropEmpty: { kind: 'flag', about: 'leave out judged queries without a relevant document instead of counting them as 0' },
  seed: { kind: 'count', least: 0, most: 4_294_967_295, default: 20, about: 'random seed of resamples and folds' },
  resamples: { kind: 'count', least: 100, most: 1_000_000, default: 10_000, about: 'of each interval and each test' },
  measure: { kind: 'text', value: 'MEASURE', default: 'nDCG@10', about: 'what is made as large as possible, by its ir-measures name' },
  folds: { kind: 'count', least: 2, most: 100, default: 5, about: 'parts of the queries, each held out once' },
  save: {
    kind: 'text',
    value: 'FILE',
    about: 'also write what was chosen or fitted: a pipeline for "search --pipeline", a calibration for "search --calibration"',
  },
  skipChecks: { kind: 'flag', about: 'do not look for leaks and near-duplicates between queries and documents' },
  quick: { kind: 'flag', about: 'try no more than 25 candidates, and all fields together alone: a fraction of the time' },
  html: { kind: 'text', value: 'FILE', about: 'also write the report as one self-contained page with plots' },
  markdown: { kind: 'text', value: 'FILE', about: 'also write the report as Markdown, for a pull request' },
  work: {
    kind: 'text',
    value: 'FOLDER',
    about: 'where the index of the collection and the answers of a run that was killed are cached (default: eval in the cache folder)',
  },
  queries: {
    kind: 'text',
    value: 'FILE',
    about: 'queries to judge, one per line, or JSONL with text and perhaps _id; also .gz (default: asks for them)',
  },
  judgments: {
    kind: 'text',
    value: 'FOLDER',
    about: 'where queries.jsonl and qrels.tsv are written or added to (default: the folder of the index with "-judgments" behind it)',
  },
  depth: {
    kind: 'count',
    least: 1,
    most: 1000,
    default: 10,
    about: 'how many of the best by words, by vectors and reranked are judged for each query',
  },
  role: {
    kind: 'choice',
    choices: ['document', 'query'],
    default: 'document',
    about: 'which of the prefixes of the model is put before each text',
  },
  threads: {
    kind: 'count',
    least: 1,
    most: 64,
    variable: 'FINETOOTH_THREADS',
    about: 'workers for the model, each with one thread (default: one per processor, at most 8)',
  },
  kind: { kind: 'choice', choices: ['prose', 'code', 'long'], default: 'prose', about: 'what kind of text will be searched' },
  measureHere: { kind: 'flag', about: 'measure how fast the bundled reranker is on this machine, in about ten seconds' },
  maxMemory: {
    kind: 'count',
    least: 64,
    most: 1_000_000,
    default: 2048,
    unit: 'MB',
    variable: 'FINETOOTH_MAX_MEMORY',
    about: 'what the process may hold: fewer workers are started when more would not fit, but always one',
  },
  device: {
    kind: 'choice',
    choices: ['cpu', 'cuda', 'coreml', 'directml', 'webgpu'],
    default: 'cpu',
    variable: 'FINETOOTH_DEVICE',
    about: 'what runs the model; where it cannot be had the processor does, with a warning',
  },
  precision: {
    kind: 'choice',
    choices: ['auto', 'fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4'],
    default: 'auto',
    variable: 'FINETOOTH_PRECISION',
    about:
      'which form of its weights is taken of a model with files of several; auto measures once, in under a second, which this processor runs best; a name may say it itself (owner/name:q4)',
  },
  runtime: {
    kind: 'choice',
    choices: ['auto', 'native', 'wasm'],
    default: 'auto',
    variable: 'FINETOOTH_RUNTIME',
    about: 'what runs the model',
  },
  cache: {
    kind: 'text',
    value: 'FOLDER',
    variable: 'FINETOOTH_CACHE',
    about: 'where downloaded models and test collections are cached (default: finetooth in the cache folder of the system)',
  },
  models: { kind: 'text', value: 'FOLDER', variable: 'FINETOOTH_MODELS', about: 'a folder of models of your own, one folder each' },
  datasets: {
    kind: 'text',
    value: 'FOLDER',
    variable: 'FINETOOTH_DATASETS',
    about: 'a folder of test collections of your own, one folder each',
  },
  judgmentsFolder: {
    kind: 'text',
    flag: 'judgments',
    value: 'FOLDER',
    about: 'where judgments of clients are kept, a folder per index (default: the folder of each index with "-judgments" behind it)',
  },
  indexes: { kind: 'text', value: 'FOLDER', about: 'where indexes are kept that clients make (default: they may make none)' },
  host: {
    kind: 'text',
    value: 'ADDRESS',
    default: '127.0.0.1',
    variable: 'FINETOOTH_HOST',
    about: 'where to listen; another than this machine alone needs --api-key-file, or --no-auth',
  },
  port: {
    kind: 'count',
    least: 0,
    most: 65_535,
    default: 8787,
    variable: 'FINETOOTH_PORT',
    about: 'which port to listen at; 0 takes a free one',
  },
  http: { kind: 'flag', about: 'answer over HTTP, at /mcp, instead of over standard input and output' },
  writable: { kind: 'flag', about: 'let agents add documents (the tool add_documents; default: they may only search and read)' },
  apiKeyFile: {
    kind: 'text',
    value: 'FILE',
    variable: 'FINETOOTH_API_KEY_FILE',
    about: 'keys that clients must send, one per line, as "finetooth key" makes them; or such lines in FINETOOTH_API_KEYS (default: none)',
  },
  noAuth: { kind: 'flag', about: 'let other machines in without a key' },
  serveModels: {
    kind: 'names',
    value: 'A,B',
    about: 'embedders, cross-encoders and sparse models (for indexes that are made here) to serve by name (default: the bundled ones)',
  },
  hostedRerankers: {
    kind: 'names',
    flag: 'reranker',
    value: 'VENDOR:MODEL',
    about:
      'hosted rerankers that clients may name, several separated by commas; their queries and texts go to that vendor with your key (default: none)',
  },
  requestsPerMinute: {
    kind: 'count',
    least: 1,
    most: 1_000_000,
    about: 'requests that each hosted model is sent in a minute (default: what its vendor allows)',
  },
  strictModels: { kind: 'flag', about: "answer vendors' names of models with 404 instead of with the local default" },
  maxRequests: {
    kind: 'count',
    least: 1,
    most: 100_000,
    default: 64,
    about: 'requests that are worked on or wait; who comes after them is told 429 at once',
  },
  maxDocuments: { kind: 'count', least: 1, most: 1_000_000, default: 10_000, about: 'documents of one request' },
  noSamples: { kind: 'flag', about: 'do not offer the bundled films as the index films' },
  noOpen: { kind: 'flag', about: 'open no browser' },
  maxFile: { kind: 'count', least: 1, most: 65_536, default: 1024, unit: 'MB', about: 'size of one file that a client sends' },
  maxBody: { kind: 'count', least: 1, most: 1024, default: 16, unit: 'MB', about: 'size of one request' },
  allowOrigin: { kind: 'many', value: 'ORIGIN', about: 'a web page that may ask, https://example.org; may be given several times' },
  allowHost: { kind: 'many', value: 'NAME', about: 'a further name under which the server is reached; may be given several times' },
  logLevel: {
    kind: 'choice',
    choices: ['error', 'warn', 'info', 'debug', 'silent'],
    variable: 'FINETOOTH_LOG_LEVEL',
    about: 'what is logged to standard error, one JSON object per line (default: info; of ui: warn)',
  },
  addTo: { kind: 'text', value: 'FILE', about: 'a file of keys to add it to, as a hash (default: none)' },
  keyName: { kind: 'text', flag: 'name', value: 'NAME', about: 'whose key it is, for the log' },
  offline: { kind: 'flag', variable: 'HF_HUB_OFFLINE', about: 'never download' },
} as const satisfies Record<string, Own>;

const ownFlags = Object.fromEntries(
  Object.entries<Own>(own).map(([key, { flag: name = kebabCase(key), ...option }]) => [key, { ...option, name }]),
) as unknown as { readonly [K in keyof typeof own]: (typeof own)[K] & { readonly name: string } };

export const options = { ...planFlags, ...indexFlags, ...ownFlags };

export type OptionName = keyof typeof options;

/** What `--help` says in brackets after the sentence. */
export function rangeOf(option: OptionSpec): string {
  const parts: string[] = [];
  if (option.kind === 'count') parts.push(`${option.least} to ${option.most}${option.unit === undefined ? '' : ` ${option.unit}`}`);
  if (option.kind === 'choice') parts.push(option.choices.join(' | '));
  if (option.kind === 'level') parts.push(`${option.choices.join(' | ')}, or ${option.least} to ${option.most}`);
  if (option.kind === 'share') parts.push('0 to 1');
  if (option.otherwise !== undefined) parts.push(`default ${option.otherwise}`);
  if ('default' in option && option.default !== undefined) parts.push(`default ${option.default}`);
  if (option.variable !== undefined) parts.push(`or ${option.variable}`);
  return parts.length === 0 ? '' : `(${parts.join('; ')})`;
}

function flagOf(key: string, { at: _, flag: name = kebabCase(key), ...option }: PlanOption | IndexOption): OptionSpec {
  const flag = { ...option, name, otherwise: defaultWords(option) || undefined };
  if ('default' in flag) delete flag.default;
  return flag as unknown as OptionSpec;
}
