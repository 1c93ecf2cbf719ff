import { throwIfStopped } from '../errors.ts';
import { addUsage } from '../rerank/usage.ts';
import type { Hit, Usage } from '../types.ts';
import { arranging, checkCompared } from './arrange.ts';
import { checkPage, checkQuery } from './check.ts';
import { checkSearchCall } from './check-call.ts';
import { explainResults } from './explain.ts';
import type { FirstStage, SearchOptions } from './options.ts';
import { orderFirstStage } from './order.ts';
import { plan } from './plan.ts';
import { asOne, checkFields, type Ranked, rankCandidates, rankedTextOf } from './rank.ts';
import { keepLikely, makeSearchResults, type Provenance, pickProvenance, type SearchResult } from './results.ts';
import { retrieve } from './retrieve.ts';
import type { SearchIndex } from './search-index.ts';

/** Milliseconds of each stage; 0 for one that did not run. */
export interface Timings {
  readonly embed: number;
  readonly retrieve: number;
  readonly rerank: number;
  readonly total: number;
}

export interface SearchAnswer extends Provenance {
  readonly query: string;
  readonly firstStage: FirstStage;
  /** Fingerprint of the reranker, of several joined by " > "; null when the first stage alone ranked. */
  readonly rankedBy: string | null;
  readonly results: readonly SearchResult[];
  /** Whether `relevanceScore` is a probability, of everything that a reranker scored. */
  readonly calibrated: boolean;
  /** False when the deadline stopped the work. */
  readonly complete: boolean;
  /** The first stage's list, best first, as it went to the reranker. */
  readonly candidates: readonly Hit[];
  /** Candidates of which the reranker could not read the end. */
  readonly cut: number;
  /** What the models used for this query, where they count. */
  readonly usage: Usage;
  readonly timings: Timings;
}

/** Embed, retrieve, fuse, rerank. Throws E_QUERY for a query without a word and E_USAGE for a count out of range. */
export async function search(index: SearchIndex, query: string, options: SearchOptions = {}): Promise<SearchAnswer> {
  const started = performance.now();
  checkSearchCall(index, query, options);
  checkQuery(query);
  const { candidates = plan.candidates.default, top = plan.top.default, firstStage = plan.firstStage.default } = options;
  const { fieldLabels, signal, deadlineMs, onUpdate, offset = plan.offset.default } = options;
  checkPage(offset, top, candidates);
  checkCompared(candidates, options);
  throwIfStopped(signal);
  const given = options.reranker === undefined ? index.reranker() : options.reranker;
  const rerankers = given === null ? [] : [given].flat();
  const made = index.manifest()?.fields ?? [];
  const fields = options.rankFields ?? made;
  // Stored passages and token vectors are those of the indexed text; other fields make another text.
  const isIndexed = fieldLabels !== true && JSON.stringify(fields) === JSON.stringify(made);

  const { hits: all, ...found } = await retrieve(index, query, {
    ...options,
    firstStage,
    candidates,
    tokens: isIndexed && rerankers.length > 0,
  });
  const hits = isIndexed ? all : all.map((hit): Hit => ({ ...hit, passage: undefined }));
  throwIfStopped(signal);
  // The fields of the index may be missing in all candidates: they are those of other documents.
  if (rerankers.length > 0 && options.rankFields !== undefined) checkFields(hits, options.rankFields);

  const unranked = orderFirstStage(hits).map((one) => ({ ...one, part: rankedTextOf(hits[one.index] as Hit, fields, false).of }));
  let ranked: Ranked = { order: unranked, cut: 0, usage: {}, complete: true, calibrated: false, stages: [] };
  const arrange = await arranging(index, hits, fields, options, offset + top);
  const resultsOf = (now: Ranked): readonly SearchResult[] => makeSearchResults(arrange(now), hits, { ...options, query, top });
  const began = performance.now();
  if (rerankers.length > 0) {
    onUpdate?.(resultsOf(ranked));
    ranked = await rankCandidates(rerankers, query, hits, fields, {
      signal,
      fieldLabels,
      deadlineMs: deadlineMs === undefined ? undefined : Math.max(0, deadlineMs - (performance.now() - started)),
      onOrder: onUpdate === undefined ? undefined : (now) => onUpdate(resultsOf(now)),
    });
  }
  const [rerank, total] = [rerankers.length === 0 ? 0 : performance.now() - began, performance.now() - started];
  const rankedBy = rerankers.length === 0 ? null : (ranked.rankedBy ?? rerankers.map(({ fingerprint }) => fingerprint).join(' > '));
  const results = resultsOf(keepLikely(ranked, options.minScore, rankedBy ?? firstStage));
  const isExplained = options.explain === true && rerankers.length > 0;
  return {
    query,
    firstStage,
    rankedBy,
    results: isExplained ? await explainResults(results, asOne(rerankers), query, hits, fields, { signal, fieldLabels }) : results,
    calibrated: ranked.calibrated,
    complete: ranked.complete,
    candidates: hits.map(({ id, score, document, passage }) => ({ id, score, document, passage })),
    cut: ranked.cut,
    ...pickProvenance({
      ...ranked,
      notes: found.notes.length === 0 ? ranked.notes : [...found.notes, ...(ranked.notes ?? [])],
      queryTruncatedTokens: Math.max(found.queryTruncatedTokens, ranked.queryTruncatedTokens ?? 0),
    }),
    usage: addUsage(ranked.usage, found.usage),
    timings: { ...found.timings, rerank, total },
  };
}
