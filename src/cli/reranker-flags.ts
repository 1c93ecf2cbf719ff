import { readCalibration, withCalibration } from '../assemble/calibration-file.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { cached } from '../rerank/wrappers/cached.ts';
import type { Flags } from './command.ts';

/** Options of what is put around a reranker. */
export const aroundFlags = ['calibration', 'scoreCache'] as const;

/** The reranker with the scores that are kept and the probabilities that were fitted, as the flags want it. Closing it closes the reranker too. */
export const aroundReranker = async (
  reranker: Reranker,
  { calibration, scoreCache }: Flags<(typeof aroundFlags)[number]>,
  signal: AbortSignal,
): Promise<Reranker> => {
  const fitted = calibration === undefined ? undefined : await readCalibration(calibration, signal);
  // Checked against the reranker as it is, before anything is opened.
  if (fitted !== undefined) withCalibration(reranker, fitted);
  const kept = scoreCache === undefined ? reranker : cached(reranker, { at: scoreCache });
  return fitted === undefined ? kept : withCalibration(kept, fitted);
};
