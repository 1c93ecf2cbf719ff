/**
 * Every option, once: the parser, the help, the environment and docs/options.md are made from this table.
 * A command line flag is `--name`; a variable is read when the flag is absent.
 */
interface Described {
  readonly name: string;
  readonly about: string;
  /** Environment variable that stands in for the flag. */
  readonly variable?: string;
}
export interface FlagOption extends Described {
  readonly kind: 'flag';
}
export interface CountOption extends Described {
  readonly kind: 'count';
  readonly least: number;
  readonly most: number;
  readonly default?: number;
  readonly unit?: string;
}
export interface ChoiceOption extends Described {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  readonly default: string;
}
export interface TextOption extends Described {
  readonly kind: 'text';
  readonly value: string;
  readonly default?: string;
}
/** Names separated by commas. */
export interface NamesOption extends Described {
  readonly kind: 'names';
  readonly value: string;
}
export type OptionSpec = FlagOption | CountOption | ChoiceOption | TextOption | NamesOption;

export const options = {
  json: { kind: 'flag', name: 'json', about: 'print one JSON object instead of text' },
  into: { kind: 'text', name: 'into', value: 'FOLDER', about: 'the index to make or to add to' },
  in: { kind: 'text', name: 'in', value: 'FOLDER', about: 'the index' },
  fields: {
    kind: 'names',
    name: 'fields',
    value: 'A,B',
    about: 'fields that make the text, in order (default: title and text where there are such, otherwise all that hold words)',
  },
  id: {
    kind: 'text',
    name: 'id',
    value: 'FIELD',
    about: 'field that holds the id (default: _id or id where there is one, otherwise ids come from the content)',
  },
  format: {
    kind: 'choice',
    name: 'format',
    choices: ['auto', 'json', 'jsonl', 'csv', 'tsv', 'parquet', 'folder', 'text'],
    default: 'auto',
    about: 'format of the input',
  },
  prune: { kind: 'flag', name: 'prune', about: 'afterwards remove what the source no longer has' },
  rebuild: { kind: 'flag', name: 'rebuild', about: 'build the index anew beside the old one, then put it in its place' },
  candidates: { kind: 'count', name: 'candidates', least: 1, most: 10_000, default: 25, about: 'how many go to the reranker' },
  top: { kind: 'count', name: 'top', least: 1, most: 10_000, default: 5, about: 'how many come back' },
  firstStage: {
    kind: 'choice',
    name: 'first-stage',
    choices: ['dense', 'bm25', 'hybrid'],
    default: 'dense',
    about: 'how candidates are found: vectors, words, or both fused',
  },
  rankFields: {
    kind: 'names',
    name: 'rank-fields',
    value: 'A,B',
    about: 'fields that the reranker reads, in order (default: those that make the text)',
  },
  reranker: {
    kind: 'choice',
    name: 'reranker',
    choices: ['late-interaction', 'none'],
    default: 'late-interaction',
    about: 'the second stage',
  },
  embedder: {
    kind: 'text',
    name: 'embedder',
    value: 'MODEL',
    variable: 'FINETOOTH_EMBEDDER',
    about:
      'a model of "finetooth models list", owner/name on the hub, or a folder (default: the one the index was made with, else bge-small-en-v1.5)',
  },
  role: {
    kind: 'choice',
    name: 'role',
    choices: ['document', 'query'],
    default: 'document',
    about: 'which of the prefixes of the model is put before each text',
  },
  threads: {
    kind: 'count',
    name: 'threads',
    least: 1,
    most: 64,
    variable: 'FINETOOTH_THREADS',
    about: 'workers for the model, each with one thread (default: one a processor, at most 8)',
  },
  maxMemory: {
    kind: 'count',
    name: 'max-memory',
    least: 64,
    most: 1_000_000,
    default: 2048,
    unit: 'MB',
    variable: 'FINETOOTH_MAX_MEMORY',
    about: 'what the process may hold: fewer workers are started when more would not fit, but always one',
  },
  runtime: {
    kind: 'choice',
    name: 'runtime',
    choices: ['auto', 'native', 'wasm'],
    default: 'auto',
    variable: 'FINETOOTH_RUNTIME',
    about: 'what runs the model',
  },
  cache: {
    kind: 'text',
    name: 'cache',
    value: 'FOLDER',
    variable: 'FINETOOTH_CACHE',
    about: 'where downloaded models are kept (default: finetooth in the cache folder of the system)',
  },
  models: {
    kind: 'text',
    name: 'models',
    value: 'FOLDER',
    variable: 'FINETOOTH_MODELS',
    about: 'a folder of models of your own, one folder each',
  },
  offline: { kind: 'flag', name: 'offline', variable: 'HF_HUB_OFFLINE', about: 'never download' },
} as const satisfies Record<string, OptionSpec>;

export type OptionName = keyof typeof options;

/** What `--help` says in brackets after the sentence. */
export const rangeOf = (option: OptionSpec): string => {
  const parts: string[] = [];
  if (option.kind === 'count') parts.push(`${option.least} to ${option.most}${option.unit === undefined ? '' : ` ${option.unit}`}`);
  if (option.kind === 'choice') parts.push(option.choices.join(' | '));
  if ('default' in option && option.default !== undefined) parts.push(`default ${option.default}`);
  if (option.variable !== undefined) parts.push(`or ${option.variable}`);
  return parts.length === 0 ? '' : `(${parts.join('; ')})`;
};
