import type { BiEncoder } from '../model/bi-encoder.ts';
import { bundledFolder } from '../model/bundled.ts';
import { findEntry } from '../model/catalog/catalog.ts';
import { megabytesOf } from '../model/run/open-pool.ts';
import type { CascadeOptions, Combination } from '../rerank/wrappers/cascade.ts';
import { defaultCrossEncoder } from './models.ts';

/** Candidates that the cross-encoder reads: the best so many by late interaction. */
const READ = 20;

/**
 * The cross-encoder may promote and hardly demotes: a logit far below 2 counts nothing, since out of domain such logits are noise (decisions/0011).
 * Late interaction counts in units of .06, its spread on passages. Form and constants: models/build/fit_cascade.py, results/fits/cascade.json.
 */
const promotion: Combination = {
  name: '2 / .06 × late interaction + 2 × softplus((logit - 2) / 2)',
  combine: (logit, before) => (2 / 0.06) * before + 2 * Math.log1p(Math.exp((logit - 2) / 2)),
};

/** How the two stages of `default` become one reranker: late interaction over all candidates, then the bundled cross-encoder over the best 20. */
export function defaultCascade({ workers }: BiEncoder): CascadeOptions {
  return { keep: [Number.POSITIVE_INFINITY, READ], combine: [undefined, promotion], concurrency: workers };
}

/**
 * Megabytes that the cross-encoder of `default` may hold beside the encoder. Nothing where late interaction ranks alone: the embedder is not known
 * to be English, the cross-encoder's package is not installed, or memory is short.
 */
export function memoryOfSecondStage(encoder: BiEncoder, maxMemory = 2048): number | undefined {
  const entry = findEntry(defaultCrossEncoder);
  const english = encoder.files.entry.languages.includes('en');
  if (!english || entry?.bundled === undefined || bundledFolder(entry.bundled) === undefined) return undefined;
  const first = [encoder.files.bytes, encoder.workers] as const;
  if (maxMemory < megabytesOf([first, [entry.files.model.bytes ?? 0, 1]])) return undefined;
  return maxMemory - megabytesOf([first]) + megabytesOf([]);
}
