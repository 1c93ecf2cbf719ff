import {
  callback,
  callChecks,
  checkArguments,
  isRecord,
  type OptionChecks,
  oneOf,
  part,
  passedOptions,
  positive,
  record,
  signal,
  truth,
  type ValueCheck,
  whole,
} from '../wording/check-options.ts';
import { anyNumber, anyText, anyTexts, listOf, optional, shape, withTexts } from '../wording/check-shapes.ts';
import type { BiEncoder, EncodeOptions } from './bi-encoder.ts';
import type { CrossEncoder } from './cross-encoder.ts';
import type { PoolOptions } from './run/open-pool.ts';
import type { SplitOptions } from './run/requests.ts';
import { devices } from './run/runtime.ts';
import type { SparseEncoder } from './sparse-encoder.ts';

const prefix = oneOf(['query', 'document', 'none']);
const encodeChecks = shape('an object with a prefix', {
  prefix,
  tokens: optional((value) => (value === 'rows' ? undefined : record(value) && '"rows", or the form of token vectors')),
  prompt: optional(anyText),
  exact: optional(truth),
  onProgress: optional(callback),
  signal: optional(signal),
} satisfies Record<keyof EncodeOptions, ValueCheck>);
const splitChecks: OptionChecks<SplitOptions> = {
  ...passedOptions,
  signal,
  room: positive,
  window: positive,
  first: truth,
  last: truth,
  prefix: oneOf(['query', 'document']),
  query: anyText,
};
const CALL = "(['Bats hunt by echo.'], { prefix: 'document' })";

/** The model, whose functions refuse what they do not take: anyone who has opened it may call them. */
export function checkedBiEncoder(model: BiEncoder): BiEncoder {
  return {
    ...model,
    encode: async (given, options) => {
      checkArguments(`encode${CALL}`, { texts: [given, anyTexts], options: [options, encodeChecks] });
      return model.encode(given, options);
    },
    split: async (given, options) => {
      checkArguments("split(['Bats hunt by echo.'])", { texts: [given, anyTexts], options: [options, splitChecks] });
      return model.split(given, options);
    },
    passages: async (given, options) => {
      checkArguments("passages([{ text: 'Bats hunt by echo.' }])", {
        sources: [given, withTexts],
        options: [options, { ...passedOptions, ...callChecks }],
      });
      return model.passages(given, options);
    },
    tokenNames: async (given, options) => {
      checkArguments(`tokenNames${CALL}`, { texts: [given, anyTexts], options: [options, encodeChecks] });
      return model.tokenNames(given, options);
    },
    tokenize: async (given, options) => {
      checkArguments("tokenize(['Bats hunt by echo.'], { special: true })", {
        texts: [given, anyTexts],
        options: [options, shape('an object with special', { special: truth, signal: optional(signal) })],
      });
      return model.tokenize(given, options);
    },
  };
}

/** The same of a sparse encoder. */
export function checkedSparseEncoder(model: SparseEncoder): SparseEncoder {
  return {
    ...model,
    weigh: async (given, options) => {
      checkArguments("weigh(['Bats hunt by echo.'], { role: 'document' })", {
        texts: [given, anyTexts],
        options: [options, shape('an object with a role', { role: oneOf(['query', 'document']), signal: optional(signal) })],
      });
      return model.weigh(given, options);
    },
    names: async (given, options) => {
      checkArguments('names([101])', {
        ids: [given, listOf('a list of numbers', anyNumber)],
        options: [options, { ...passedOptions, ...callChecks }],
      });
      return model.names(given, options);
    },
  };
}

/** The same of a cross-encoder. */
export function checkedCrossEncoder(model: CrossEncoder): CrossEncoder {
  return {
    ...model,
    score: async (query, given, options) => {
      checkArguments("score('how do bats find their way', ['Bats hunt by echo.'])", {
        query: [query, anyText],
        texts: [given, anyTexts],
        options: [options, { ...passedOptions, ...callChecks, instruction: anyText, exact: truth }],
      });
      return model.score(query, given, options);
    },
    split: async (query, given, options) => {
      checkArguments("split('how do bats find their way', ['Bats hunt by echo.'])", {
        query: [query, anyText],
        texts: [given, anyTexts],
        options: [options, splitChecks],
      });
      return model.split(query, given, options);
    },
  };
}

const poolChecks: OptionChecks<PoolOptions> = {
  runtime: oneOf(['auto', 'native', 'wasm']),
  threads: whole(1, 64),
  device: oneOf(devices),
  maxMemory: positive,
};
const filesOf = (kind: string): ValueCheck =>
  shape('the files of a model, as pullModel gives them', {
    modelPath: anyText,
    tokenizerPath: anyText,
    sha256: anyText,
    entry: shape(`an entry of the catalog, a ${kind}`, { name: anyText, kind: oneOf([kind]), precision: anyText, maxTokens: anyNumber }),
  });

const kinds = { biEncoder: 'bi-encoder', crossEncoder: 'cross-encoder', sparseEncoder: 'sparse-encoder' } as const;

/** Throws E_USAGE for what a model cannot be opened from. */
export function checkOpening(kind: keyof typeof kinds, files: unknown, options: unknown): void {
  checkArguments(`${kind}(await pullModel('bge-small-en-v1.5'))`, {
    files: [files, filesOf(kinds[kind])],
    options: [options, poolChecks],
  });
}

const hasEntry =
  (kind: string, words: string, functions: readonly string[]): ValueCheck =>
  (value) => {
    const wrong = part(words, functions, ['fingerprint'])(value);
    if (wrong !== undefined) return wrong;
    const { files } = value as { readonly files?: unknown };
    return isRecord(files) && isRecord(files.entry) && files.entry.kind === kind ? undefined : words;
  };

/** Whether a caller's value is a model that turns one text into vectors. */
export const isBiEncoder: ValueCheck = hasEntry('bi-encoder', 'what openModel gives', ['encode', 'passages', 'close']);
/** Whether a caller's value is a model that reads query and text together. */
export const isCrossEncoder: ValueCheck = hasEntry('cross-encoder', 'what crossEncoder of createModelSessions gives', [
  'score',
  'load',
  'close',
]);
