import { FinetoothError } from '../errors.ts';
import { levelOf, type RelevanceLevel } from '../rerank/calibration.ts';
import type { Explanation } from '../rerank/explanation.ts';
import type { SpreadSource } from '../rerank/reranker.ts';
import type { Document, FieldValue, Hit, Truncated } from '../types.ts';
import { type Highlight, highlightFor } from './highlight.ts';
import type { PassedOver, Rankable, Ranked, RankedCandidate } from './rank.ts';
import type { Snippet } from './snippet.ts';
import { comparedBy, type WordAnalysis } from './word-analysis.ts';

/** What every ranked answer has. `D`: what `document` is. */
export interface RankedResult<D = Document> {
  readonly id: string;
  /** Position in the list that went to the reranker, from 0. */
  readonly index: number;
  /**
   * Probability of relevance, 0 to 1, where one was fitted for the reranker; else its score. Where no reranker saw the document, the first
   * stage's score, or 0 without one. Never more than that of the document above, unless `diversity` or `sort` put it there.
   */
  readonly relevanceScore: number;
  /**
   * The probability in a word, only where `relevanceScore` is one: `high` from .4 on, `likely` from .1 on, below `unlikely`. What share of such results is
   * relevant on the collections that were measured: docs/results.md.
   */
  readonly level?: RelevanceLevel;
  /** Place in the ranking, from 1: the first of an answer is at `offset` + 1. */
  readonly rank: number;
  /** Name of what gave this document its place; absent where the last stage ranked all results. null: no reranker came to it in time. */
  readonly rankedBy?: string | null;
  /** Of what gave it its place; where `rankedBy` names that. */
  readonly fingerprint?: string;
  /** The part of the ranked text that gave the score, in characters, the end not included; absent where all of it was read. */
  readonly passage?: { readonly start: number; readonly end: number };
  /** The sentence that matters of a text that was not read as a whole: of its best passage, or of its best chunk. */
  readonly highlight?: Highlight;
  /** What a person is shown of its text, with the words of the query marked; only when asked for. */
  readonly snippet?: Snippet;
  /** Tokens at the end of the text that the reranker did not read; absent when it read all. */
  readonly cutTokens?: number;
  /** Characters of the text that the reranker which gave the score passed over, since it read the sentences that carry the match; absent when it read all. */
  readonly omittedCharacters?: number;
  /** Documents that it stands for, whose texts are like its own (`collapse`); absent where there is none. */
  readonly collapsed?: number;
  /** Their ids, best first. */
  readonly duplicates?: readonly string[];
  /** Why the document stands here; only when asked for. */
  readonly explanation?: Explanation;
  /** What each stage gave, in their order, null where it did not score; only when asked for. */
  readonly stages?: readonly (number | null)[];
  /** The fields; only when asked for. */
  readonly document?: D;
}

/** A result of a list: `document` is what was given, `documents[index]`. */
export interface RerankResult<T> extends Omit<RankedResult, 'document'> {
  readonly document: T;
}

export interface SearchResult<D = Document> extends RankedResult<D> {
  /** Place in the first stage, from 1. */
  readonly firstStageRank: number;
  /** Cosine, BM25 or fused score of the first stage. */
  readonly firstStageScore: number;
  /** Only where `groupBy` asks for it. */
  readonly group?: ResultGroup<D>;
}

/** A result is the best document of its group. */
export interface ResultGroup<D = Document> {
  /** What its documents have in the field; null where this one has nothing, and is alone. */
  readonly value: FieldValue;
  /** Candidates that are in the group, the result itself included. */
  readonly candidates: number;
  /** The next best of them, at most `perGroup` - 1. */
  readonly further: readonly Omit<SearchResult<D>, 'rank' | 'group'>[];
}

/** What every answer says of how it came about, where there is anything to say. */
export interface Provenance {
  /** Candidates that each of several stages of the reranker scored, in their order; absent where there is one. */
  readonly read?: readonly number[];
  /** Rerankers that were asked before the one that ranked, and why they did not. */
  readonly passedOver?: readonly PassedOver[];
  /** Sentences about what was done that no one asked for. */
  readonly notes?: readonly string[];
  /** How much of the query a model did not read; absent when all read it whole. */
  readonly truncated?: Truncated;
  /**
   * How wide late interaction was taken to spread when the default reranker weighed it: as it does on the collection of the index, as it did on this
   * list, or, for a short list, as it usually does. Absent where it does not matter.
   */
  readonly spread?: SpreadSource;
  /**
   * By how much a model's own score (a logit, a cosine) may differ with what else was scored in the call, as sums of one run are rounded; `exact` forbids it. Absent where each
   * text was read alone, as by the bundled models and all others of 8 bits.
   */
  readonly tolerance?: number;
}

/** What the caller wants to see of a ranking. */
export interface ResultOptions {
  readonly query: string;
  readonly top: number;
  /** @default 0 */
  readonly offset?: number;
  /** Results of earlier pages. @default 0 */
  readonly before?: number;
  /** Documents of each group. @default 1 */
  readonly perGroup?: number;
  readonly documents?: boolean;
  readonly stages?: boolean;
  /** By whose words sentences are marked. @default English */
  readonly words?: WordAnalysis;
}

/** The best of a ranking as an answer gives them. */
export function makeResults(ranked: Ranked, candidates: readonly Rankable[], options: ResultOptions): RankedResult[] {
  const { top, offset = 0 } = options;
  const best = ranked.order.slice(offset, offset + top);
  const made = resultMaker(ranked, candidates, best, options);
  return best.map((one, place) => ({ ...made(one), rank: offset + place + 1 }));
}

/** The same of a search, with where the first stage had each, and in groups. */
export function makeSearchResults(ranked: Ranked, hits: readonly Hit[], options: ResultOptions): SearchResult[] {
  const { top, offset = 0, before = 0, perGroup = 1 } = options;
  const best = ranked.order.slice(offset, offset + top);
  const furtherOf = ({ group }: RankedCandidate): readonly RankedCandidate[] => group?.others.slice(0, perGroup - 1) ?? [];
  const made = resultMaker(
    ranked,
    hits,
    best.flatMap((one) => [one, ...furtherOf(one)]),
    options,
  );
  const inSearch = (one: RankedCandidate) => ({
    ...made(one),
    firstStageRank: one.index + 1,
    firstStageScore: (hits[one.index] as Hit).score,
  });
  return best.map((one, place) => ({
    ...inSearch(one),
    rank: before + offset + place + 1,
    group: one.group && { value: one.group.value, candidates: one.group.others.length + 1, further: furtherOf(one).map(inSearch) },
  }));
}

/** What is said of each of those that are shown; they name who ranked them unless the last stage ranked them all. */
function resultMaker(
  { complete, calibrated, stages: ran }: Ranked,
  candidates: readonly Rankable[],
  shown: readonly RankedCandidate[],
  { query, documents, stages, words }: ResultOptions,
): (one: RankedCandidate) => Omit<RankedResult, 'rank'> {
  const lastStage = Math.max(0, ran.length - 1);
  const isAlike = complete && shown.every(({ stage }) => stage === lastStage);
  return ({ id, index, relevance, stage, part, cutTokens, omittedCharacters, duplicates }) => ({
    id,
    index,
    relevanceScore: relevance,
    level: calibrated && stage >= 0 ? levelOf(relevance) : undefined,
    rankedBy: isAlike ? undefined : (ran[stage]?.name ?? null),
    fingerprint: isAlike ? undefined : ran[stage]?.fingerprint,
    passage: part && { start: part.span[0], end: part.span[1] },
    highlight: part && highlightFor(query, part, words && comparedBy(words, (candidates[index] as Rankable).document, part.text)),
    cutTokens,
    omittedCharacters,
    collapsed: duplicates?.length,
    duplicates: duplicates?.map((duplicate) => duplicate.id),
    stages: stages ? ran.map(({ scores }) => (Number.isNaN(scores[index]) ? null : (scores[index] as number))) : undefined,
    document: documents ? candidates[index]?.document : undefined,
  });
}

/**
 * The ranking with what is at least so likely to be relevant; what no reranker came to in time is not. Without a threshold everything stays.
 *
 * @throws E_USAGE when the scores are no probabilities
 */
export function keepLikely(ranked: Ranked, minScore: number | undefined, rankedBy: string): Ranked {
  if (minScore === undefined) return ranked;
  if (!ranked.calibrated)
    throw new FinetoothError(
      'E_USAGE',
      (say) =>
        `the scores of "${rankedBy}" are no probabilities, so ${say.option('minScore')} would mean nothing. Fit them with ${say.calibrate()}, or leave ${say.option('minScore')} out.`,
    );
  return { ...ranked, order: ranked.order.filter(({ relevance, stage }) => stage >= 0 && relevance >= minScore) };
}

/** What an answer says of how it came about. */
export function pickProvenance({
  passedOver,
  notes,
  spread,
  tolerance,
  stages,
  queryTruncatedTokens = 0,
}: Pick<Ranked, 'passedOver' | 'notes' | 'spread' | 'tolerance' | 'stages' | 'queryTruncatedTokens'>): Provenance {
  const read = stages.length < 2 ? undefined : stages.map(({ scores }) => scores.filter((score) => !Number.isNaN(score)).length);
  return {
    read,
    passedOver,
    spread,
    tolerance,
    truncated: queryTruncatedTokens === 0 ? undefined : { query: queryTruncatedTokens },
    notes,
  };
}
