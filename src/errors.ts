import type { Usage } from './types.ts';

/**
 * One error class and one table. A code is part of the public surface: it never changes its meaning. `exit` is the command line's exit status,
 * `http` the server's: both are read from here and stand nowhere else. Tests hold docs/errors.md and a running server to it.
 *
 * @example
 * import { errorTable } from 'finetooth';
 *
 * console.log(errorTable.E_QUERY.http, errorTable.E_QUERY.exit); // 400 2
 */
export const errorTable = {
  E_USAGE: {
    http: 400,
    exit: 2,
    meaning: 'A command, an option, an argument or a request is not of a form that is taken, or a value is out of its range.',
  },
  E_QUERY: { http: 400, exit: 2, meaning: 'The query is empty or only white space.' },
  E_CURSOR: {
    http: 400,
    exit: 2,
    meaning:
      'A cursor is of another search or another index, of an index that was made again since, or damaged: page again from the start.',
  },
  E_INPUT_MISSING: { http: 404, exit: 3, meaning: 'An input file or folder does not exist or cannot be read.' },
  E_INPUT_EMPTY: { http: 422, exit: 3, meaning: 'The input holds no documents.' },
  E_INPUT_FORMAT: {
    http: 422,
    exit: 3,
    meaning: 'The input is not what its format says: broken JSON, a torn file, binary, a wrong encoding.',
  },
  E_FIELD: { http: 422, exit: 3, meaning: 'A field that was named is in no document.' },
  E_DUPLICATE_ID: {
    http: 422,
    exit: 3,
    meaning: 'Two documents of one input have the same id, or a query has a document twice in a run or in judgments.',
  },
  E_JUDGMENTS: {
    http: 422,
    exit: 3,
    meaning: 'Judgments with which nothing can be measured: of another collection, or none that says relevant.',
  },
  E_JUDGMENTS_DAMAGED: {
    http: 500,
    exit: 3,
    meaning: 'Judgments that a server keeps cannot be read or added to: a file is of another form, or the folder is not one of judgments.',
  },
  E_DATASET_UNKNOWN: { http: 404, exit: 3, meaning: 'No test collection of that name is bundled, in the folder or in the catalog.' },
  E_DATASET_CHANGED: { http: 500, exit: 3, meaning: 'A file of a test collection does not have the checksum that it must have.' },
  E_INDEX_MISSING: { http: 404, exit: 4, meaning: 'The folder is not an index.' },
  E_INDEX_BUILDING: { http: 503, exit: 4, meaning: 'The index is being made; ask again after the seconds of retry-after.' },
  E_INDEX_DAMAGED: { http: 500, exit: 4, meaning: 'The index cannot be read: a file is missing, changed or of an unknown version.' },
  E_DATABASE: {
    http: 503,
    exit: 4,
    meaning: 'The database that holds the index cannot be reached, is too old, or refuses what an index needs.',
  },
  E_CACHE_DAMAGED: { http: 500, exit: 4, meaning: 'A folder of cached scores or vectors holds a file that is no cache, or a damaged one.' },
  E_FINGERPRINT: { http: 409, exit: 4, meaning: 'The index was built by another model.' },
  E_RECIPE: { http: 409, exit: 4, meaning: 'The index was built from other fields.' },
  // Not 423, which clients take for good: they ask again after a 503.
  E_LOCKED: {
    http: 503,
    exit: 4,
    meaning: 'Another process is writing and did not finish in time, or made the index again in the middle of the work.',
  },
  E_MODEL_UNKNOWN: { http: 404, exit: 5, meaning: 'No model of that name is bundled, cached or in the catalog.' },
  E_MODEL_MISSING: { http: 503, exit: 5, meaning: 'The model is known but its files are not on this machine.' },
  E_MODEL_CHANGED: { http: 500, exit: 5, meaning: 'A model file does not have the checksum that it must have.' },
  E_MODEL_FAILED: { http: 500, exit: 5, meaning: 'The model could not be loaded or run.' },
  E_RUNTIME: {
    http: 500,
    exit: 5,
    meaning: 'A part that does the work does not load on this machine: a runtime for models, a native library, the plotting packages.',
  },
  E_DOWNLOAD: { http: 502, exit: 5, meaning: 'A file could not be fetched.' },
  E_KEY: { http: 500, exit: 8, meaning: 'The key of a hosted model or of a database is missing, cannot be read, or was refused.' },
  E_PACKAGE: { http: 500, exit: 8, meaning: 'A hosted model, a format of files or a database needs an npm package that is not installed.' },
  E_VENDOR_REFUSED: { http: 502, exit: 8, meaning: 'A hosted model refused the request.' },
  E_VENDOR_BUSY: { http: 503, exit: 8, meaning: 'A hosted model asked to be tried again later than there was time for.' },
  E_VENDOR_DOWN: { http: 502, exit: 8, meaning: 'A hosted model cannot be reached, or fails.' },
  E_VENDOR_ANSWER: {
    http: 502,
    exit: 8,
    meaning: 'The answer of a hosted model cannot be used: another shape, a wrong index, a number that is none.',
  },
  E_DEADLINE: { http: 504, exit: 8, meaning: 'A hosted model, or who sends documents to a server, was waited for in vain.' },
  E_BUDGET: { http: 402, exit: 9, meaning: 'The next call would pass the budget, or its price is not known.' },
  E_DISK_FULL: { http: 507, exit: 6, meaning: 'There is no room left on the disk, or a file may not grow.' },
  E_GATE: { http: 409, exit: 7, meaning: 'An evaluation ran and a gate did not hold.' },
  E_STOPPED: { http: 499, exit: 130, meaning: 'The work was stopped by a signal or by its caller.' },
  E_CONTRACT: {
    http: 500,
    exit: 1,
    meaning: 'A part that was passed in broke its contract: a wrong count, a number that is not finite.',
  },
  E_BUG: { http: 500, exit: 1, meaning: 'A broken invariant: a mistake of finetooth, not of who asked.' },
  // What only a server refuses.
  E_UNAUTHORIZED: { http: 401, exit: 1, meaning: 'The server asks for a key, and the request brought none or a wrong one.' },
  E_FORBIDDEN: { http: 403, exit: 1, meaning: 'The server does not do this for its clients, or not for this web page.' },
  E_NOT_FOUND: { http: 404, exit: 1, meaning: 'The server has no such path.' },
  E_TOO_LARGE: { http: 413, exit: 1, meaning: 'The request is larger than the server takes; its sentence names the limit.' },
  E_BUSY: { http: 429, exit: 1, meaning: 'The server has as many requests as it takes; ask again after the seconds of retry-after.' },
} as const satisfies Record<string, { http: number; exit: number; meaning: string }>;

/**
 * One of the codes of `errorTable`.
 *
 * @example
 * import { type ErrorCode, errorTable } from 'finetooth';
 *
 * const passing: readonly ErrorCode[] = ['E_LOCKED', 'E_INDEX_BUILDING'];
 * console.log(passing.map((code) => errorTable[code].http).join(' ')); // 503 503
 */
export type ErrorCode = keyof typeof errorTable;

/** Options that sentences advise, by their names in the library. */
export type AdvisedOption =
  | 'sparseModel'
  | 'sparseWeight'
  | 'budget'
  | 'calibration'
  | 'collapse'
  | 'data'
  | 'dimensions'
  | 'diversity'
  | 'documentPrompt'
  | 'embedder'
  | 'fallback'
  | 'fields'
  | 'denseWeight'
  | 'firstStage'
  | 'followLinks'
  | 'instruction'
  | 'passages'
  | 'format'
  | 'fusion'
  | 'gates'
  | 'idField'
  | 'in'
  | 'into'
  | 'judgments'
  | 'languageField'
  | 'languages'
  | 'keyFile'
  | 'linearWeight'
  | 'maxMemory'
  | 'minScore'
  | 'noKeys'
  | 'origins'
  | 'port'
  | 'precision'
  | 'prices'
  | 'queryPrompt'
  | 'rankFields'
  | 'rerankers'
  | 'rrfK'
  | 'runs'
  | 'scoreCache'
  | 'strict'
  | 'threads'
  | 'titleField'
  | 'tokens'
  | 'types'
  | 'vector'
  | 'vectorField'
  | 'watch'
  | 'wordsWeight';

/** What the library, the command line and the server each call that which a sentence advises. */
export interface Wording {
  /** `idField` · `--id` · `id_field`, and with a value `format: 'json'` · `--format json` · `"format": "json"`. */
  option(name: AdvisedOption, value?: string | number): string;
  /** The option with the word that goes before it: `as idField` · `with --id` · `as id_field`. */
  as(name: AdvisedOption): string;
  /** How an index is made. */
  makeIndex(folder: string): string;
  /** How an index is made again from its source, with another embedder if one is named. */
  rebuildIndex(folder: string, embedder?: string): string;
  /** How a damaged index goes back to its newest whole version. */
  restoreIndex(folder: string): string;
  /** What fits a calibration, and writes it to a file if one is named. */
  calibrate(file?: string): string;
  /** What gives a report as JSON. */
  report(): string;
  /** What adds a key to a file of keys. */
  makeKey(file: string): string;
}

/** A sentence; where it advises an option or a task, for each wording its own. */
export type Sentence = string | ((say: Wording) => string);

export const libraryWording: Wording = {
  option: (name, value) => (value === undefined ? name : `${name}: ${typeof value === 'string' ? `'${value}'` : value}`),
  as: (name) => `as ${name}`,
  makeIndex: (folder) => `openIndex(${JSON.stringify(folder)}, { create: true })`,
  // An embedder may be one of the caller's own, without a name.
  rebuildIndex: (_, embedder) => `openIndex(folder, { create: true${embedder === undefined ? '' : ', embedder'} }) in an empty folder`,
  restoreIndex: (folder) => `restoreIndex({ into: ${JSON.stringify(folder)} })`,
  calibrate: () => 'calibrate()',
  report: () => 'JSON.stringify(await evaluate(…))',
  makeKey: () => '"finetooth key"',
};

/**
 * Every error that this package throws on purpose. The message says what, which, got, and what to do, in the words of the library.
 *
 * @example
 * import { FinetoothError, rerank } from 'finetooth';
 *
 * try {
 *   await rerank(' ', ['a text']);
 * } catch (error) {
 *   if (!(error instanceof FinetoothError)) throw error;
 *   console.log(error.code, error.http); // E_QUERY 400
 * }
 */
export class FinetoothError extends Error {
  readonly code: ErrorCode;
  /** Exit status of the command line, 1 to 130. */
  readonly exit: number;
  /** Status of the server, 400 to 599. */
  readonly http: number;
  /** What hosted models used before it, requests that failed included; absent where none was asked. */
  readonly usage?: Usage;
  readonly #sentence: Sentence;

  constructor(code: ErrorCode, sentence: Sentence, options?: { readonly cause?: unknown; readonly usage?: Usage }) {
    super(sentenceIn(sentence, libraryWording), options);
    this.name = 'FinetoothError';
    this.code = code;
    this.exit = errorTable[code].exit;
    this.http = errorTable[code].http;
    if (options?.usage !== undefined) this.usage = options.usage;
    this.#sentence = sentence;
  }

  /** The same error with another usage. */
  withUsage(usage: Usage): FinetoothError {
    const made = new FinetoothError(this.code, this.#sentence, { cause: this.cause, usage });
    if (this.stack !== undefined) made.stack = this.stack;
    return made;
  }

  /** The message in other words than the library's. */
  messageIn(wording: Wording): string {
    return sentenceIn(this.#sentence, wording);
  }
}

export const sentenceIn = (sentence: Sentence, wording: Wording): string => (typeof sentence === 'string' ? sentence : sentence(wording));

/** The sentence of any thrown value, in the words of one door. */
export function messageOf(error: unknown, wording: Wording = libraryWording): string {
  if (error instanceof FinetoothError) return error.messageIn(wording);
  return error instanceof Error ? error.message : String(error);
}

/** The system's code of an error (`ENOENT`, …), also when it is only the cause, or only named in the text of a native part. */
export function systemCodeOf(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at !== undefined && at !== null && depth < 8; depth++) {
    const { code, cause } = at as { code?: unknown; cause?: unknown };
    if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return code;
    at = cause;
  }
  const text = messageOf(error);
  if (/no space left on device|os error 28\b/i.test(text)) return 'ENOSPC';
  if (/file too large|os error 27\b/i.test(text)) return 'EFBIG';
  if (/disk quota exceeded|os error 122\b/i.test(text)) return 'EDQUOT';
  return undefined;
}

/** Turns a failed write into E_DISK_FULL where that is the reason; any other error is returned as it is. */
export function diskErrorOf(error: unknown, where: string): unknown {
  const code = systemCodeOf(error);
  if (code !== 'ENOSPC' && code !== 'EFBIG' && code !== 'EDQUOT') return error;
  const reason = {
    ENOSPC: 'the disk is full',
    EFBIG: 'a file may not grow beyond the limit of this process',
    EDQUOT: 'the disk quota is used up',
  }[code];
  return new FinetoothError(
    'E_DISK_FULL',
    `cannot write to ${where}: ${reason}. What was acknowledged before is kept; make room and run the same command again.`,
    {
      cause: error,
    },
  );
}

/** Throws E_STOPPED when the signal has been raised. */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  if (signal.reason instanceof FinetoothError) throw signal.reason;
  throw new FinetoothError('E_STOPPED', 'stopped before the work was done', { cause: signal.reason });
}
