import type { Reranker } from '../rerank/reranker.ts';
import type { Usage } from '../types.ts';
import { checkCompared } from './arrange.ts';
import { checkQuery } from './check.ts';
import { checkRerankCall } from './check-call.ts';
import { collapseDuplicates } from './collapse.ts';
import { describeResults } from './describe.ts';
import type { RerankDocument, RerankOptions } from './options.ts';
import { checkFields, rankCandidates } from './rank.ts';
import { keepLikely, makeResults, type Provenance, pickProvenance, type RankedResult } from './results.ts';

export interface RerankAnswer extends Provenance {
  readonly query: string;
  readonly results: readonly RankedResult[];
  /** Documents of which the reranker could not read the end. */
  readonly cut: number;
  /** Whether `relevanceScore` is a probability, of everything that the reranker scored. */
  readonly calibrated: boolean;
  /** False when the deadline stopped the work. */
  readonly complete: boolean;
  readonly rankedBy: string;
  readonly usage: Usage;
  /** Milliseconds. */
  readonly timings: { readonly rerank: number; readonly total: number };
}

/**
 * The reranker alone, over documents that are at hand. `index` is the position in `documents`.
 *
 * @throws E_USAGE for what it does not take, E_QUERY for a query without a word, E_FIELD when no document has a field that is named, or one that
 * holds words
 */
export async function rerank(
  reranker: Reranker,
  query: string,
  documents: readonly RerankDocument[],
  options: RerankOptions = {},
): Promise<RerankAnswer> {
  const started = performance.now();
  const given = checkRerankCall(reranker, query, documents, options);
  checkQuery(query);
  checkFields(given, options.rankFields);
  checkCompared(given.length, options);
  const { signal, deadlineMs, effort, instruction, fieldLabels, rankFields, minScore, top = given.length } = options;
  const ranked = await rankCandidates(reranker, query, given, rankFields, { signal, deadlineMs, effort, instruction, fieldLabels });
  const total = performance.now() - started;
  const rankedBy = ranked.rankedBy ?? reranker.fingerprint;
  const kept = collapseDuplicates(keepLikely(ranked, minScore, rankedBy), given, rankFields, options.collapse);
  const results = makeResults(kept, given, { ...options, query, top });
  return {
    query,
    results: await describeResults(results, { query, rerankers: [reranker], candidates: given, fields: rankFields, ranked }, options),
    cut: ranked.cut,
    calibrated: ranked.calibrated,
    complete: ranked.complete,
    rankedBy,
    ...pickProvenance(ranked),
    usage: ranked.usage,
    timings: { rerank: total, total },
  };
}
