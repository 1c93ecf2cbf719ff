import type { BiEncoder } from '../model/bi-encoder.ts';
import { bundledFolder } from '../model/bundled.ts';
import { findEntry } from '../model/catalog/catalog.ts';
import { megabytesOf } from '../model/run/open-pool.ts';
import type { Effort } from '../rerank/effort.ts';
import type { StageEffort } from '../rerank/stage-effort.ts';
import type { CascadeOptions, Combination } from '../rerank/wrappers/cascade.ts';
import { defaultCrossEncoder } from './models.ts';

/**
 * Candidates that the cross-encoder reads, the best by late interaction, and what one more must be expected to gain. Prices are chosen where
 * `normal` loses .0005 nDCG@10 to reading all twenty, mean of nine collections, and `low` less than a hundredth of it (decisions/0038).
 */
const effortOfCrossEncoder: StageEffort = {
  readings: {
    low: { first: 4, step: 3, most: 20, price: 0.02 },
    normal: { first: 4, step: 3, most: 20, price: 0.002 },
    high: { first: 10, step: 5, most: 40, price: 0.001 },
    exhaustive: { first: Number.POSITIVE_INFINITY, step: 1, most: Number.POSITIVE_INFINITY, price: 0 },
  },
  // A logit falls by 1.5 (1.3 to 2.3, by collection) where late interaction falls by .03, half of its spread on passages, and errs by 2 to 3.
  known: { slope: 1.5 / 0.03, weight: 20 * 0.03 ** 2, deviation: 3, relevance: (logit) => 1 / (1 + Math.exp(-logit / 2)) },
};

/**
 * The cross-encoder may promote and hardly demotes: a logit far below 2 counts nothing, since out of domain such logits are noise (decisions/0011).
 * Late interaction counts in units of .06, its spread on passages. Form and constants: models/build/fit_cascade.py, results/fits/cascade.json.
 */
const promotion: Combination = {
  name: '2 / .06 × late interaction + 2 × softplus((logit - 2) / 2)',
  combine: (logit, before) => (2 / 0.06) * before + 2 * Math.log1p(Math.exp((logit - 2) / 2)),
};

/** How the two stages of `default` become one reranker: late interaction over all candidates, then the bundled cross-encoder over the best ones. */
export function defaultCascade({ workers }: BiEncoder, effort?: Effort): CascadeOptions {
  return { effort, efforts: [undefined, effortOfCrossEncoder], combine: [undefined, promotion], concurrency: workers };
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
