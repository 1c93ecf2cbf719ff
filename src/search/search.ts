import { throwIfStopped } from '../errors.ts';
import { addUsage, failAfter } from '../rerank/usage.ts';
import type { Hit, Stored } from '../types.ts';
import type { SearchAnswer } from './answer.ts';
import { alikeKind, arranging, checkCompared } from './arrange.ts';
import { checkPage, checkQuery } from './check.ts';
import { checkSearchCall } from './check-call.ts';
import { checkFusion, checkWordsWeight } from './check-fusion.ts';
import { START, searchKey, writeCursor } from './cursor.ts';
import { describeResults } from './describe.ts';
import { distinctHits, tooFewTexts } from './distinct-hits.ts';
import { explainWeights } from './explain-weights.ts';
import { facetsFor } from './facets.ts';
import { tooFewGroups } from './group.ts';
import { nextPage } from './next-page.ts';
import type { SearchOptions } from './options.ts';
import { orderFirstStage } from './order.ts';
import { freeze } from './page.ts';
import { plan } from './plan.ts';
import { checkPrompt } from './query-prompt.ts';
import { languagesOf } from './query-words.ts';
import { checkFields, type Ranked, rankCandidates, rankedTextOf } from './rank.ts';
import { keepLikely, makeSearchResults, pickProvenance, type SearchResult } from './results.ts';
import type { SearchIndex } from './search-index.ts';

/**
 * Embed, retrieve, fuse, rerank. Throws E_QUERY for a query without a word, E_USAGE for a count out of range, E_FIELD for a field of no document, and
 * E_CURSOR for a cursor that is not of this search.
 *
 * @example
 * import { openIndex, search } from 'finetooth';
 *
 * const index = await openIndex('./movies');
 * const { results } = await search(index, 'a shark at the beach', { top: 1, filter: 'year < 1980', documents: true });
 * console.log(results[0].document.title, results[0].firstStageRank); // Jaws 1
 * await index.close();
 */
export async function search<T extends object>(
  index: SearchIndex<T>,
  query: string,
  options: SearchOptions<NoInfer<Stored<T>>> & { readonly documents: true },
): Promise<SearchAnswer<Stored<T>, SearchResult<Stored<T>> & { readonly document: Stored<T> }>>;
export async function search<T extends object>(
  index: SearchIndex<T>,
  query: string,
  options?: SearchOptions<NoInfer<Stored<T>>>,
): Promise<SearchAnswer<Stored<T>>>;
export async function search(index: SearchIndex, query: string, options: SearchOptions = {}): Promise<SearchAnswer> {
  const started = performance.now();
  checkSearchCall(index, query, options);
  checkQuery(query);
  const { candidates = plan.candidates.default, top = plan.top.default, firstStage = plan.firstStage.default } = options;
  const { fieldLabels, effort, instruction, exact, signal, deadlineMs, onUpdate, cursor, offset = plan.offset.default } = options;
  checkPage(options, candidates, top);
  checkCompared(candidates, options);
  checkFusion(options);
  checkPrompt({ ...options, firstStage });
  throwIfStopped(signal);
  const given = options.reranker === undefined ? index.reranker() : options.reranker;
  const rerankers = given === null ? [] : [given].flat();
  checkWordsWeight(options.wordsWeight, rerankers.length > 0);
  const fingerprints = rerankers.map(({ fingerprint }) => fingerprint);
  const made = index.manifest()?.fields ?? [];
  const fields = options.rankFields ?? made;
  const key = cursor === undefined ? undefined : searchKey(await index.store.open(), query, options, fingerprints);
  if (key !== undefined && cursor !== START) return nextPage(index, query, options, { key, rerankers, fields });
  // Stored passages and token vectors are those of the indexed text; other fields make another text.
  const isIndexed = fieldLabels !== true && JSON.stringify(fields) === JSON.stringify(made);

  const withTokens = isIndexed && rerankers.length > 0;
  const kindOf = alikeKind(index, options);
  const [found, facets] = await Promise.all([
    distinctHits(index, query, { ...options, firstStage, candidates, tokens: withTokens, rankFields: fields, kindOf }),
    facetsFor(index, options),
  ]);
  const all = isIndexed ? found.hits : found.hits.map((hit): Hit => ({ ...hit, passage: undefined }));
  const hits = all.slice(0, found.distinct);
  throwIfStopped(signal);
  // The fields of the index may be missing in all candidates: they are those of other documents.
  if (rerankers.length > 0 && options.rankFields !== undefined) checkFields(hits, options.rankFields);

  const unranked = orderFirstStage(hits).map((one) => ({ ...one, part: rankedTextOf(hits[one.index] as Hit, fields, false).of }));
  let ranked: Ranked = { order: unranked, cut: 0, usage: {}, complete: true, calibrated: false, stages: [] };
  const arrange = await arranging(index, { ...found, hits: all }, fields, options, offset + top);
  const words = await languagesOf(index);
  const resultsOf = (arranged: Ranked): readonly SearchResult[] => makeSearchResults(arranged, all, { ...options, query, top, words });
  const began = performance.now();
  const spread = isIndexed && rerankers.length > 0 ? (await index.store.open())?.spread : undefined;
  if (rerankers.length > 0) {
    onUpdate?.(resultsOf(arrange(ranked)));
    ranked = await rankCandidates(rerankers, query, hits, fields, {
      signal,
      fieldLabels,
      spread,
      effort,
      instruction,
      exact,
      wordsWeight: options.wordsWeight,
      deadlineMs: deadlineMs === undefined ? undefined : Math.max(0, deadlineMs - (performance.now() - started)),
      onOrder: onUpdate === undefined ? undefined : (now) => onUpdate(resultsOf(arrange(now))),
    }).catch(failAfter(found.usage));
  }
  const [rerank, total] = [rerankers.length === 0 ? 0 : performance.now() - began, performance.now() - started];
  const [rankedBy, fingerprint] = [ranked.by?.name ?? null, ranked.by?.fingerprint ?? null];
  const arranged = arrange(keepLikely(ranked, options.minScore, rankedBy ?? firstStage));
  const results = resultsOf(arranged);
  // The order is there; to describe the results may take longer than to rank them.
  if (options.snippets || options.explain) onUpdate?.(results);
  const { calibrated, complete, cut } = ranked;
  const notes = [
    // A reranker has them too.
    ...(rerankers.length === 0 ? (index.notes ?? []) : []),
    ...found.notes,
    ...tooFewTexts(found, offset + top, candidates),
    ...tooFewGroups(arranged, options.groupBy, { wanted: offset + top, candidates, hits: hits.length }),
  ];
  const described = await describeResults(
    results,
    { query, rerankers, candidates: hits, fields, ranked, spread, words },
    options,
    onUpdate,
  );
  return {
    query,
    firstStage,
    rankedBy,
    fingerprint,
    results: await explainWeights(index, query, described, { ...options, firstStage, weighed: found.weighed }),
    nextCursor:
      key &&
      writeCursor(key, { firstStage, rankedBy, fingerprint, calibrated, complete, cut, ...freeze(arranged, all, top, options.stages) }),
    facets,
    calibrated,
    complete,
    candidates: hits.map(({ id, score, document, passage, bm25 }) => ({ id, score, document, passage, bm25 })),
    cut,
    ...pickProvenance({
      ...ranked,
      notes: notes.length === 0 ? ranked.notes : [...notes, ...(ranked.notes ?? [])],
      queryTruncatedTokens: Math.max(found.queryTruncatedTokens, ranked.queryTruncatedTokens ?? 0),
    }),
    usage: addUsage(ranked.usage, found.usage),
    timings: { ...found.timings, rerank, total },
    rerankStages:
      rerankers.length === 0 ? undefined : ranked.stages.map(({ name, fingerprint, took = rerank }) => ({ name, fingerprint, took })),
  };
}
