import { rerankerPlanOf } from '../assemble/pipelines.ts';
import { FinetoothError } from '../errors.ts';
import type { RerankerPlan, RerankerSettings } from '../index.ts';
import type { Pipeline } from '../plan.ts';
import type { Flags } from './command.ts';

/** Options that say what ranks, and what is put around it. */
export const rerankerFlags = [
  'reranker',
  'fallback',
  'strict',
  'longDocuments',
  'effort',
  'instruction',
  'exact',
  'calibration',
  'scoreCache',
] as const;

/** Flags that are of no use without a reranker, as they are typed. */
const around = {
  calibration: '--calibration',
  scoreCache: '--score-cache',
  fallback: '--fallback',
  effort: '--effort',
  instruction: '--instruction',
  exact: '--exact',
  minScore: '--min-score',
} as const;

/**
 * What flags and a pipeline say of a reranker. A flag goes before the same setting of the file.
 * Throws E_USAGE for settings around a reranker where there is none, and for --strict without a fallback.
 */
export function rerankerPlan(flags: Flags<(typeof rerankerFlags)[number] | 'minScore'>, pipeline?: Pipeline): RerankerPlan {
  const filed = pipeline === undefined ? undefined : rerankerPlanOf(pipeline);
  const named = flags.reranker?.join() === 'none' ? null : flags.reranker;
  const reranker = named === undefined && pipeline !== undefined ? (filed?.parts ?? null) : named;
  const useless = (Object.keys(around) as (keyof typeof around)[]).find((name) => flags[name] !== undefined && flags[name] !== false);
  if (reranker === null && useless !== undefined)
    throw new FinetoothError('E_USAGE', `${around[useless]} is for a reranker; there is none here. Leave it out, or name a reranker.`);
  const fallback = flags.fallback ?? filed?.settings.fallback;
  if (flags.strict && fallback === undefined)
    throw new FinetoothError('E_USAGE', '--strict forbids fallbacks, and there is no --fallback.');
  return {
    reranker,
    fallback,
    strict: flags.strict || filed?.settings.strict,
    calibration: flags.calibration ?? filed?.settings.calibration,
    scoreCache: flags.scoreCache,
    longDocuments: longDocumentsOf(flags.longDocuments),
  };
}

/** --long-documents as the library takes it. */
export function longDocumentsOf(value: string | undefined): RerankerSettings['longDocuments'] {
  return value === 'truncate' || value === 'chunk' || value === 'sentences' ? value : undefined;
}
