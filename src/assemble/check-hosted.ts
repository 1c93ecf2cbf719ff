import type { HostedEmbedderOptions } from '../embed/hosted.ts';
import type { HostedOptions } from '../hosted/model.ts';
import type { CircuitBreakerOptions } from '../hosted/retry/circuit-breaker.ts';
import type { Limits } from '../hosted/vendor-model.ts';
import type { LanguageModelOptions } from '../rerank/parts/language-model.ts';
import { callback, checkOptions, type OptionChecks, oneOf, part, positive, record, text, whole } from '../wording/check-options.ts';

const limitsChecks: OptionChecks<Limits> = {
  documents: positive,
  tokensEach: positive,
  tokens: positive,
  bytes: positive,
  concurrency: positive,
  requestsPerMinute: positive,
};
const circuitBreakerChecks: OptionChecks<CircuitBreakerOptions> = { failures: positive, restMs: positive, clock: callback };

const most = 1_000_000_000;
export const hostedChecks: OptionChecks<HostedOptions> = {
  apiKey: text,
  baseURL: text,
  variables: record,
  deadlineMs: positive,
  retries: whole(0, 9),
  concurrency: positive,
  requestsPerMinute: positive,
  limits: limitsChecks,
  longDocuments: oneOf(['chunk', 'truncate']),
  budget: part('what createBudget gives', ['spent', 'reserve']),
  prices: record,
  circuitBreaker: circuitBreakerChecks,
};
const embedderChecks: OptionChecks<HostedEmbedderOptions> = { ...hostedChecks, dimensions: whole(1, 65_536) };
const languageModelChecks: OptionChecks<LanguageModelOptions> = {
  ...hostedChecks,
  mode: oneOf(['listwise', 'graded']),
  window: whole(2, 100),
  step: whole(1, 100),
  maxWritten: whole(1, most),
};
/** Throws E_USAGE for anything else than what `hosted` takes, with the nearest name. */
export function checkHostedOptions(options: unknown): void {
  checkOptions('hosted', options, languageModelChecks);
}

/** The same of `hostedEmbedder`. */
export function checkHostedEmbedderOptions(options: unknown): void {
  checkOptions('hostedEmbedder', options, embedderChecks);
}
