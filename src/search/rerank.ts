import type { Reranker } from '../rerank/reranker.ts';
import type { Document, Usage } from '../types.ts';
import { checkCompared } from './arrange.ts';
import { checkQuery } from './check.ts';
import { givenIn } from './check-call.ts';
import { collapseDuplicates } from './collapse.ts';
import { describeResults } from './describe.ts';
import type { ListOptions, RerankDocument } from './options.ts';
import { checkFields, type Ranker, rankCandidates } from './rank.ts';
import { keepLikely, makeResults, type Provenance, pickProvenance, type RerankResult } from './results.ts';

/** What a list of documents of type `T` became. */
export interface RerankAnswer<T = Document> extends Provenance {
  readonly query: string;
  /** Best first. */
  readonly results: readonly RerankResult<T>[];
  /** Documents of which the reranker could not read the end. */
  readonly cut: number;
  /** Whether `relevanceScore` is a probability, of everything that the reranker scored. */
  readonly calibrated: boolean;
  /** False when the deadline stopped the work. */
  readonly complete: boolean;
  /** By which name the reranker was asked for: `default`; of one's own the fingerprint, of several joined by " > ". */
  readonly rankedBy: string;
  /** Model, weights and form of the score of what ranked. */
  readonly fingerprint: string;
  readonly usage: Usage;
  /** Milliseconds. */
  readonly timings: { readonly rerank: number; readonly total: number };
}

/**
 * A reranker over documents that are at hand. `index` is the position in `documents`; a document has its place for an id, where none stands beside it.
 *
 * @throws E_USAGE for what it does not take, E_QUERY for a query without a word, E_FIELD when no document has a field that is named, or one that
 * holds words
 */
export async function rerankWith(
  reranker: Reranker,
  query: string,
  documents: readonly RerankDocument[],
  options: ListOptions = {},
): Promise<RerankAnswer> {
  const started = performance.now();
  const given = givenIn(documents);
  checkQuery(query);
  checkFields(given, options.rankFields);
  checkCompared(given.length, options);
  const { signal, deadlineMs, effort, instruction, exact, fieldLabels, rankFields, minScore, top = given.length } = options;
  const ranking = { signal, deadlineMs, effort, instruction, exact, fieldLabels };
  const ranked = await rankCandidates(reranker, query, given, rankFields, ranking);
  const total = performance.now() - started;
  const { name: rankedBy, fingerprint } = ranked.by as Ranker;
  const kept = collapseDuplicates(keepLikely(ranked, minScore, rankedBy), given, rankFields, options.collapse);
  const results = makeResults(kept, given, { ...options, query, top, documents: true }) as readonly RerankResult<Document>[];
  return {
    query,
    results: await describeResults(results, { query, rerankers: [reranker], candidates: given, fields: rankFields, ranked }, options),
    cut: ranked.cut,
    calibrated: ranked.calibrated,
    complete: ranked.complete,
    rankedBy,
    fingerprint,
    ...pickProvenance(ranked),
    usage: ranked.usage,
    timings: { rerank: total, total },
  };
}
