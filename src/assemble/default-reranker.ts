import type { BiEncoder } from '../model/bi-encoder.ts';
import { bundledFolder } from '../model/bundled.ts';
import { findEntry } from '../model/catalog/catalog.ts';
import { megabytesOf } from '../model/run/open-pool.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { type Combination, cascade } from '../rerank/wrappers/cascade.ts';
import { defaultCrossEncoder, type ModelOptions, openCrossEncoderReranker, openLateInteraction } from './parts.ts';

/** Candidates that the cross-encoder reads: the best so many by late interaction. */
const READ = 20;

/**
 * The cross-encoder may promote and hardly demotes: a logit far below 2 counts nothing, since abroad such logits are noise (decisions/0011).
 * Late interaction counts in units of .06, its spread on passages. Form and constants: models/build/fit_cascade.py, results/fits/cascade.json.
 */
const promotion: Combination = {
  name: '2 / .06 × late interaction + 2 × softplus((logit - 2) / 2)',
  combine: (logit, before) => (2 / 0.06) * before + 2 * Math.log1p(Math.exp((logit - 2) / 2)),
};

const crossEncoderFits = (encoder: BiEncoder, { maxMemory = 2048 }: ModelOptions): boolean => {
  const entry = findEntry(defaultCrossEncoder);
  const english = encoder.files.entry.languages.includes('en');
  if (!english || entry?.bundled === undefined || bundledFolder(entry.bundled) === undefined) return false;
  const bytes = entry.files.model.bytes ?? 0;
  return (
    maxMemory >=
    megabytesOf([
      [encoder.files.bytes, encoder.workers],
      [bytes, 1],
    ])
  );
};

/**
 * What `search` reranks by: late interaction over all candidates, then the bundled cross-encoder over the best 20. Late interaction alone
 * where the embedder is not known to be English, where the cross-encoder's package is not installed, and where memory is short.
 */
export const defaultReranker = async (encoder: BiEncoder, options: ModelOptions = {}): Promise<Reranker> => {
  const first = openLateInteraction(encoder, options);
  if (!crossEncoderFits(encoder, options)) return first;
  const left = (options.maxMemory ?? 2048) - megabytesOf([[encoder.files.bytes, encoder.workers]]) + megabytesOf([]);
  const second = await openCrossEncoderReranker(defaultCrossEncoder, { ...options, maxMemory: left });
  return cascade([first, second], {
    keep: [Number.POSITIVE_INFINITY, READ],
    combine: [undefined, promotion],
    concurrency: encoder.workers,
  });
};
