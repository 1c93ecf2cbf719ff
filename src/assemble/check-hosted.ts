import type { HostedEmbedderOptions } from '../embed/hosted.ts';
import type { HostedOptions } from '../hosted/model.ts';
import type { CircuitBreakerOptions } from '../hosted/retry/circuit-breaker.ts';
import type { Limits } from '../hosted/vendor-model.ts';
import type { LanguageModelOptions } from '../rerank/parts/language-model.ts';
import { callback, checkOptions, type OptionChecks, oneOf, part, positive, record, text, whole } from '../wording/check-options.ts';

const most = 1_000_000_000;
export const hostedChecks: OptionChecks<HostedOptions> = {
  apiKey: text,
  baseURL: text,
  variables: record,
  deadlineMs: positive,
  retries: whole(0, 9),
  concurrency: positive,
  requestsPerMinute: positive,
  limits: record,
  longDocuments: oneOf(['chunk', 'truncate']),
  budget: part('what createBudget gives', ['spent', 'reserve']),
  prices: record,
  circuitBreaker: record,
};
const embedderChecks: OptionChecks<HostedEmbedderOptions> = { ...hostedChecks, dimensions: whole(1, 65_536) };
const languageModelChecks: OptionChecks<LanguageModelOptions> = {
  ...hostedChecks,
  mode: oneOf(['listwise', 'graded']),
  window: whole(2, 100),
  step: whole(1, 100),
  maxWritten: whole(1, most),
};
const limitsChecks: OptionChecks<Limits> = {
  documents: positive,
  tokensEach: positive,
  tokens: positive,
  bytes: positive,
  concurrency: positive,
  requestsPerMinute: positive,
};
const circuitBreakerChecks: OptionChecks<CircuitBreakerOptions> = { failures: positive, restMs: positive, clock: callback };

/** Throws E_USAGE for anything else than what `hosted` takes, with the nearest name. */
export function checkHostedOptions(options: unknown): void {
  check('hosted', options, languageModelChecks);
}

/** The same of `hostedEmbedder`. */
export function checkHostedEmbedderOptions(options: unknown): void {
  check('hostedEmbedder', options, embedderChecks);
}

/** The same of the options of hosted models that another function takes, under this prefix. */
export function checkHostedModels(who: string, options: unknown, prefix: string): void {
  check(who, options, hostedChecks, prefix);
}

function check<Options extends HostedOptions>(who: string, options: unknown, checks: OptionChecks<Options>, prefix = ''): void {
  checkOptions(who, options, checks, prefix);
  const { limits, circuitBreaker } = (options ?? {}) as HostedOptions;
  checkOptions(who, limits, limitsChecks, `${prefix}limits.`);
  checkOptions(who, circuitBreaker, circuitBreakerChecks, `${prefix}circuitBreaker.`);
}
