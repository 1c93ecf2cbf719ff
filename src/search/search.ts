import type { EmbedOptions } from '../embed/embedder.ts';
import { throwIfStopped } from '../errors.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { addUsage } from '../rerank/usage.ts';
import { wordsOf } from '../text/analyzer.ts';
import type { CallOptions, Hit, Usage, Vectors } from '../types.ts';
import { checkQuery, checkVectors } from './check.ts';
import { checkSearchCall } from './check-call.ts';
import { documentTest, type Filter } from './filter.ts';
import { findFitting } from './find-filtered.ts';
import { fuse } from './fuse.ts';
import { plan } from './plan.ts';
import {
  asOne,
  checkFields,
  likelyEnough,
  type Provenance,
  provenanceOf,
  type Ranked,
  type RankedResult,
  rankCandidates,
  rankedByOf,
  readingOf,
  stageScores,
  withExplanations,
} from './rank.ts';
import type { SearchIndex } from './search-index.ts';

/** `dense` is the cosine of vectors, `bm25` counts words, `hybrid` fuses both by reciprocal ranks. */
export type FirstStage = 'dense' | 'bm25' | 'hybrid';

export interface SearchOptions extends CallOptions {
  /** Documents that go from the first stage to the reranker, 1 to 10,000. @default 25 */
  readonly candidates?: number;
  /** Results that come back, 1 to 10,000. @default 5 */
  readonly top?: number;
  /** @default dense */
  readonly firstStage?: FirstStage;
  /** Fields that the reranker reads, in order. @default the fields that the index was made from */
  readonly rankFields?: readonly string[];
  /** Put each field's name before its words, a line a field: "title: …"; token vectors of the index are then not used. @default false */
  readonly fieldLabels?: boolean;
  /** Share of the dense list in a hybrid first stage, 0 to 1. @default 0.5 */
  readonly denseWeight?: number;
  /** Another reranker than the index's, several one after the other, or null for the first stage alone. */
  readonly reranker?: Reranker | readonly Reranker[] | null;
  /** Which documents may be found. @default all */
  readonly filter?: Filter;
  /** Keep only what is at least so likely to be relevant, 0 to 1; it needs a reranker whose scores are probabilities. @default none */
  readonly minScore?: number;
  /** Return the fields of each document. @default false */
  readonly documents?: boolean;
  /** Return what each stage of the reranker gave. @default false */
  readonly stages?: boolean;
  /** Say of each result why it stands where it stands; takes a few model runs a result, after the deadline too. @default false */
  readonly explain?: boolean;
  /** Milliseconds for the whole search; when they are over, the best order so far is the answer. 1 to 600,000. @default none */
  readonly deadlineMs?: number;
  /** Called with the first stage's results at once, and with each sharper order, before the last one is returned. */
  readonly onUpdate?: (results: readonly SearchResult[]) => void;
}

export interface SearchResult extends RankedResult {
  /** Place in the first stage, from 1. */
  readonly firstStageRank: number;
  /** Cosine, BM25 or fused score of the first stage. */
  readonly firstStageScore: number;
}

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

const timed = async <T>(work: () => Promise<T>): Promise<readonly [T, number]> => {
  const started = performance.now();
  const value = await work();
  return [value, performance.now() - started];
};

const queryVector = async (index: SearchIndex, query: string, options: EmbedOptions): Promise<Vectors> => {
  const embedder = index.embedder();
  const vectors = await embedder.embed([query], 'query', options);
  checkVectors(vectors, 1, embedder.dimensions, embedder.fingerprint);
  return vectors;
};

/** Embed, retrieve, fuse, rerank. Throws E_QUERY for a query without a word and E_USAGE for a count out of range. */
export const search = async (index: SearchIndex, query: string, options: SearchOptions = {}): Promise<SearchAnswer> => {
  const started = performance.now();
  checkSearchCall(index, query, options);
  const {
    candidates: wanted = plan.candidates.default,
    top = plan.top.default,
    firstStage = plan.firstStage.default,
    denseWeight = plan.denseWeight.default,
    fieldLabels = false,
    signal,
    deadlineMs,
    onUpdate,
  } = options;
  checkQuery(query);
  const call: CallOptions = { signal };
  throwIfStopped(signal);

  const given = options.reranker === undefined ? index.reranker() : options.reranker;
  const rerankers = given === null ? [] : [given].flat();
  const made = index.manifest()?.fields ?? [];
  const fields = options.rankFields ?? made;
  // Stored token vectors are those of the indexed text; other fields make another text.
  const stored =
    rerankers.length > 0 && !fieldLabels && JSON.stringify(fields) === JSON.stringify(made) ? index.manifest()?.tokens : undefined;
  const fits = options.filter === undefined ? undefined : documentTest(options.filter);
  const [dense, words] = [firstStage !== 'bm25', firstStage !== 'dense'];
  const [vectors, embed] = dense ? await timed(() => queryVector(index, query, { ...call, deadlineMs })) : [undefined, 0];
  const [hits, retrieve] = await timed(async () => {
    const lists = await Promise.all([
      ...(vectors === undefined ? [] : [findFitting(index.store, { vector: vectors.data }, wanted, stored, fits)]),
      ...(words ? [findFitting(index.store, { terms: wordsOf(query) }, wanted, stored, fits)] : []),
    ]);
    // At equal weights each list counts once, so that the scores are those of the paper.
    return firstStage === 'hybrid' ? fuse(lists, wanted, 60, [2 * denseWeight, 2 * (1 - denseWeight)]) : (lists[0] as Hit[]);
  });
  throwIfStopped(signal);
  // The fields of the index may be missing in all candidates: they are those of other documents.
  if (rerankers.length > 0 && options.rankFields !== undefined) checkFields(hits, options.rankFields);

  const alone: Ranked = {
    order: hits.map(({ id, score }, at) => ({ index: at, id, score, relevance: score, stage: 0 })),
    cut: 0,
    usage: {},
    complete: true,
    calibrated: false,
    stages: [],
  };
  const resultsOf = ({ order, stages, complete }: Pick<Ranked, 'order' | 'stages' | 'complete'>): readonly SearchResult[] => {
    const best = order.slice(0, top);
    const rankedBy = rankedByOf({ stages, complete }, best);
    return best.map((one, place) => {
      const { index: at, id, relevance } = one;
      const hit = hits[at] as Hit;
      return {
        id,
        index: at,
        relevanceScore: relevance,
        rank: place + 1,
        firstStageRank: at + 1,
        firstStageScore: hit.score,
        ...rankedBy(one),
        ...readingOf(one),
        ...(options.stages ? { stages: stageScores(stages, at) } : {}),
        ...(options.documents ? { document: hit.document } : {}),
      };
    });
  };
  if (rerankers.length > 0) onUpdate?.(resultsOf(alone));
  const left = deadlineMs === undefined ? undefined : Math.max(0, deadlineMs - (performance.now() - started));
  const [ranked, rerank] =
    rerankers.length === 0
      ? [alone, 0]
      : await timed(() =>
          rankCandidates(rerankers, query, hits, fields, {
            ...call,
            fieldLabels,
            deadlineMs: left,
            ...(onUpdate === undefined ? {} : { onOrder: (now) => onUpdate(resultsOf(now)) }),
          }),
        );
  const rankedBy = rerankers.length === 0 ? null : (ranked.rankedBy ?? rerankers.map(({ fingerprint }) => fingerprint).join(' > '));
  const total = performance.now() - started;
  const results = resultsOf({ ...ranked, order: likelyEnough(ranked, options.minScore, rankedBy ?? firstStage) });
  return {
    query,
    firstStage,
    rankedBy,
    results:
      options.explain && rerankers.length > 0
        ? await withExplanations(results, asOne(rerankers), query, hits, fields, { ...call, fieldLabels })
        : results,
    calibrated: ranked.calibrated,
    complete: ranked.complete,
    candidates: hits.map(({ id, score, document }) => ({ id, score, document })),
    cut: ranked.cut,
    ...provenanceOf({ ...ranked, queryTruncatedTokens: Math.max(vectors?.cut?.[0] ?? 0, ranked.queryTruncatedTokens ?? 0) }),
    usage: addUsage(ranked.usage, addUsage(vectors?.usage, vectors?.tokens === undefined ? {} : { tokens: vectors.tokens[0] as number })),
    timings: { embed, retrieve, rerank, total },
  };
};
