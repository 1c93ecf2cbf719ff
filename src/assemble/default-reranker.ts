import { meanAndDeviation } from '../math/mean.ts';
import type { BiEncoder } from '../model/bi-encoder.ts';
import { bundledFolder } from '../model/bundled.ts';
import { findEntry } from '../model/catalog/catalog.ts';
import { megabytesOf } from '../model/run/open-pool.ts';
import type { Effort } from '../rerank/effort.ts';
import type { SpreadSource } from '../rerank/reranker.ts';
import type { StageEffort } from '../rerank/stage-effort.ts';
import type { CascadeOptions, Combination } from '../rerank/wrappers/cascade.ts';
import type { ScoreSpread } from '../types.ts';
import { defaultCrossEncoder } from './models.ts';

/**
 * Candidates that the cross-encoder reads, the best by late interaction, and what one more must be expected to gain. Prices are chosen where
 * `normal` loses nothing in nDCG@10 to reading all twenty, mean of fourteen sets, and `low` less than a hundredth of it (decisions/0038).
 */
const effortOfCrossEncoder: StageEffort = {
  readings: {
    low: { first: 4, step: 4, most: 20, price: 0.05 },
    normal: { first: 8, step: 4, most: 20, price: 0.009 },
    high: { first: 10, step: 5, most: 40, price: 0.002 },
    exhaustive: { first: Number.POSITIVE_INFINITY, step: 1, most: Number.POSITIVE_INFINITY, price: 0 },
  },
  // A logit falls by 1.5 (1.3 to 2.3, by collection) where late interaction falls by .03, half of its spread on passages, and errs by 2 to 3.
  known: { slope: 1.5 / 0.03, weight: 20 * 0.03 ** 2, deviation: 3, relevance: (logit) => 1 / (1 + Math.exp(-logit / 2)) },
};

/** What collections have in the middle: a short list cannot tell its own. */
const usual = { mean: 0.58, deviation: 0.045 };
/** Candidates of a list from which it says itself how scores spread, and what its own spread counts for; see results/fits/default.json. */
const LIST_FROM = 50;
const LIST_WIDTH = 1.5;

/** By how much a wide collection may change what the stages count for, see `promotion`; reached where deviations are 1.67 times the usual one. */
const LEAST_RATIO = 0.6;

/**
 * The cross-encoder may promote and hardly demotes: a logit far below 2 counts little, since out of domain such logits are noise (decisions/0011).
 * Late interaction counts in units of its own spread, which is wide where the embedder is at home and narrow abroad. Collections wider than usual are
 * of many subjects, as what the cross-encoder was trained on: there it counts more and late interaction less, shared so that one scale of
 * probabilities fits wide and narrow ones. A list's own spread says nothing of that (code: -.02).
 */
const promotion: Combination = {
  name: '1.5 × ratio² × late interaction, standardised + (2 × softplus((logit - 2) / 2) + logit / 20) / ratio',
  over: (before, known) => {
    const [spread, from] = spreadFor(before, known);
    const ratio = from === 'collection' ? Math.max(LEAST_RATIO, Math.min(1, usual.deviation / spread.deviation)) : 1;
    return {
      spread: from,
      combine: (logit, late) =>
        (1.5 * ratio ** 2 * (late - spread.mean)) / spread.deviation + (2 * Math.log1p(Math.exp((logit - 2) / 2)) + 0.05 * logit) / ratio,
    };
  },
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

type Spread = Pick<ScoreSpread, 'mean' | 'deviation'>;

function spreadFor(before: Float32Array, known: ScoreSpread | undefined): readonly [Spread, SpreadSource] {
  if (known !== undefined) return [known, 'collection'];
  const list = before.filter((score) => !Number.isNaN(score));
  if (list.length < LIST_FROM) return [usual, 'usual'];
  const { mean, deviation } = meanAndDeviation(list);
  return deviation > 0 ? [{ mean, deviation: LIST_WIDTH * deviation }, 'list'] : [usual, 'usual'];
}
