import { FinetoothError } from '../errors.ts';
import { byScore } from '../math/order.ts';
import type { Explanation } from '../rerank/explanation.ts';
import type { PassedOver, Reranker, Scores } from '../rerank/reranker.ts';
import { cascade } from '../rerank/wrappers/cascade.ts';
import { scoreInTime } from '../rerank/wrappers/score-in-time.ts';
import { defaultFields, textOf } from '../text/recipe.ts';
import type { CallOptions, Document, TokenVectors, Usage } from '../types.ts';
import { checkQuery, checkScores } from './check.ts';
import { checkRerankCall } from './check-call.ts';

/** What every ranked answer has. */
export interface RankedResult {
  readonly id: string;
  /** Position in the list that went to the reranker, from 0. */
  readonly index: number;
  /**
   * Probability of relevance, 0 to 1, where one was fitted for the reranker; else its score. Where no reranker saw the document, the first
   * stage's score, or 0 without one. Never more than that of the document above.
   */
  readonly relevanceScore: number;
  /** Place in this answer, from 1. */
  readonly rank: number;
  /** Fingerprint of what gave this document its place; absent where the last stage ranked all results. null: no reranker came to it in time. */
  readonly rankedBy?: string | null;
  /** The part of the text that gave the score, where a long text was read in parts. `start` and `end` count characters of the ranked text. */
  readonly highlight?: { readonly start: number; readonly end: number; readonly text: string };
  /** Tokens at the end of the text that the reranker did not read; absent when it read all. */
  readonly cutTokens?: number;
  /** Why the document stands here; only when asked for. */
  readonly explanation?: Explanation;
  /** What each stage gave, in their order, null where it did not score; only when asked for. */
  readonly stages?: readonly (number | null)[];
  /** The fields; only when asked for. */
  readonly document?: Document;
}

/** A candidate's place in the order, with what ranked it. */
export interface RankedCandidate {
  /** Place in the list that was given. */
  readonly index: number;
  readonly id: string;
  /** Of the last stage that saw the document; of several stages, comparable only with documents of the same one. */
  readonly score: number;
  /** What `relevanceScore` is; never rises down the list. */
  readonly relevance: number;
  /** Which stage gave the score, from 0; -1: none, since time was up. */
  readonly stage: number;
  readonly highlight?: RankedResult['highlight'];
  readonly cutTokens?: number;
}

export interface Ranked {
  /** Best first. */
  readonly order: readonly RankedCandidate[];
  /** Candidates of which a reranker could not read the end. */
  readonly cut: number;
  readonly usage: Usage;
  /** False when a deadline stopped the work. */
  readonly complete: boolean;
  /** Whether `relevance` is a probability, for everything that a reranker scored. */
  readonly calibrated: boolean;
  /** What each stage gave, by place in the list that was given; NaN where it did not score. One reranker is one stage. */
  readonly stages: readonly { readonly name: string; readonly scores: Float32Array }[];
  /** Who ranked, where it was not the reranker that was asked by its own name. */
  readonly rankedBy?: string;
  readonly passedOver?: readonly PassedOver[];
  readonly notes?: readonly string[];
  readonly queryTruncatedTokens?: number;
}

/** What every answer says of how it came about, where there is anything to say. */
export interface Provenance {
  /** Rerankers that were asked before the one that ranked, and why they did not. */
  readonly passedOver?: readonly PassedOver[];
  /** Sentences about what was done that nobody asked for. */
  readonly notes?: readonly string[];
  /** Tokens at the end of the query that a model did not read, the most that any of them left out; absent when all read it whole. */
  readonly queryTruncatedTokens?: number;
}

export const provenanceOf = ({ passedOver, notes, queryTruncatedTokens = 0 }: Provenance): Provenance => ({
  passedOver,
  queryTruncatedTokens: queryTruncatedTokens === 0 ? undefined : queryTruncatedTokens,
  notes,
});

/** A document to be ranked. `tokens` may be given when the texts are those that the index was made from. */
export interface Rankable {
  readonly id: string;
  readonly document: Document;
  readonly tokens?: TokenVectors;
  /** The first stage's, which stands where no reranker came in time. */
  readonly score?: number;
}

/** A later stage above an earlier one, then score, then id; what time did not suffice for keeps its place at the end. */
const inOrder = (candidates: readonly Rankable[], { scores, stage, relevance }: Scores): readonly RankedCandidate[] => {
  const all = candidates.map(({ id, score: before = 0 }, index) => {
    const own = stage?.[index] ?? 0;
    const score = own < 0 ? before : (scores[index] as number);
    return { index, id, score, stage: own, relevance: own < 0 ? before : (relevance?.[index] ?? score) };
  });
  all.sort((a, b) => b.stage - a.stage || (a.stage < 0 ? a.index - b.index : byScore(a, b)));
  let least = Number.POSITIVE_INFINITY;
  return all.map((one) => {
    // Stages have scales of their own: a document that stands below another is never said to be more relevant.
    least = Math.min(least, one.relevance);
    return { ...one, relevance: least };
  });
};

/** Several rerankers are a cascade: the first scores every candidate and each later one the best 20 of the one before. */
export const asOne = (rerankers: Reranker | readonly Reranker[]): Reranker => {
  const [first, ...others] = [rerankers].flat();
  return others.length === 0 ? (first as Reranker) : cascade([first as Reranker, ...others]);
};

/** What ranked each of the results, where it was not the last stage for all of them. */
export const rankedByOf = (
  { stages, complete }: Pick<Ranked, 'stages' | 'complete'>,
  results: readonly RankedCandidate[],
): ((one: RankedCandidate) => { readonly rankedBy?: string | null }) => {
  const alike = complete && results.every(({ stage }) => stage === Math.max(0, stages.length - 1));
  return ({ stage }) => (alike ? {} : { rankedBy: stages[stage]?.name ?? null });
};

export interface RankingOptions extends CallOptions {
  /** Put each field's name before its words, a line a field: "title: …". @default false */
  readonly fieldLabels?: boolean;
  /** Milliseconds; afterwards the best so far is the answer. 1 to 600,000. @default none */
  readonly deadlineMs?: number;
  /** Called with each sharper order before the last one. */
  readonly onOrder?: (ranked: Pick<Ranked, 'order' | 'stages' | 'complete'>) => void;
}

/** Fields that are read of each document, in order; undefined: of each its own, see `defaultFields`, so that a score does not depend on the list. */
export type RankFields = readonly string[] | undefined;

/**
 * Why a document gets its score: what the stages can say, and what the reranker gives each field alone. The text is read anew, although an
 * index may keep token vectors of it.
 */
const explained = async (
  reranker: Reranker,
  query: string,
  { id, document }: Rankable,
  rankFields: RankFields,
  { signal, fieldLabels = false }: RankingOptions,
): Promise<Explanation> => {
  const call: CallOptions = { signal };
  const fields = rankFields ?? defaultFields(document);
  const textIn = (some: readonly string[]): string => textOf(document, some, { labels: fieldLabels });
  const filled = fields.filter((field) => textIn([field]) !== '');
  const [stages, alone] = await Promise.all([
    reranker.explain?.(query, { id, text: textIn(fields) }, call) ?? [],
    reranker.score(
      query,
      filled.map((field) => ({ id: field, text: textIn([field]) })),
      call,
    ),
  ]);
  return {
    stages,
    fields: filled.map((field, i) => {
      const relevance = alone.relevance?.[i];
      return {
        field,
        score: alone.scores[i] as number,
        relevance: relevance === undefined || Number.isNaN(relevance) ? undefined : relevance,
      };
    }),
  };
};

/** Adds to each result why it stands where it stands, one after the other. */
export const withExplanations = async <Result extends RankedResult>(
  results: readonly Result[],
  reranker: Reranker,
  query: string,
  candidates: readonly Rankable[],
  fields: RankFields,
  options: RankingOptions,
): Promise<readonly Result[]> => {
  const all: Result[] = [];
  for (const result of results)
    all.push({ ...result, explanation: await explained(reranker, query, candidates[result.index] as Rankable, fields, options) });
  return all;
};

/** What a result says of the text that was read, where there is anything to say. */
export const readingOf = ({ highlight, cutTokens }: RankedCandidate): Pick<RankedResult, 'highlight' | 'cutTokens'> => ({
  highlight,
  cutTokens,
});

/** Throws E_FIELD where somebody named a field that no candidate has, or where nobody named one and no candidate has words. */
export const checkFields = (candidates: readonly Rankable[], fields: RankFields): void => {
  if (candidates.length === 0) return;
  const known = (): string => [...new Set(candidates.flatMap(({ document }) => Object.keys(document)))].slice(0, 20).join(', ') || 'none';
  const missing = fields?.find((field) => !candidates.some(({ document }) => Object.hasOwn(document, field)));
  if (missing !== undefined)
    throw new FinetoothError('E_FIELD', `no candidate has the field "${missing}" to rank by; their fields are ${known()}.`);
  if (fields === undefined && candidates.every(({ document }) => defaultFields(document).length === 0))
    throw new FinetoothError(
      'E_FIELD',
      (say) => `no candidate has a field that holds words (their fields are ${known()}); name those to rank by ${say.as('rankFields')}.`,
    );
};

/** Scores texts and puts them in the one total order. Nothing is cut and nothing is left out. */
export const rankCandidates = async (
  rerankers: Reranker | readonly Reranker[],
  query: string,
  candidates: readonly Rankable[],
  fields: RankFields,
  options: RankingOptions = {},
): Promise<Ranked> => {
  if (candidates.length === 0) return { order: [], cut: 0, usage: {}, complete: true, calibrated: true, stages: [] };
  const { signal, deadlineMs, onOrder, fieldLabels = false } = options;
  const texts = candidates.map(({ document }) => textOf(document, fields ?? defaultFields(document), { labels: fieldLabels }));
  const reranker = asOne(rerankers);
  const given = await scoreInTime(
    reranker,
    query,
    candidates.map(({ id, tokens }, i) => ({ id, text: texts[i] as string, tokens })),
    {
      signal,
      deadlineMs,
      onScores:
        onOrder === undefined
          ? undefined
          : (scores: Scores) => onOrder({ order: inOrder(candidates, scores), stages: scores.stages ?? [], complete: false }),
    },
  );
  checkScores(given, candidates.length, reranker.fingerprint);
  const order = inOrder(candidates, given).map((one): RankedCandidate => {
    const [span, cutTokens = 0] = [given.spans?.[one.index], given.cut?.[one.index]];
    return {
      ...one,
      ...(span === undefined ? {} : { highlight: { start: span[0], end: span[1], text: texts[one.index]?.slice(...span) ?? '' } }),
      ...(cutTokens === 0 ? {} : { cutTokens }),
    };
  });
  return {
    order,
    cut: given.cut?.reduce((count, tokens) => count + (tokens > 0 ? 1 : 0), 0) ?? 0,
    usage: given.usage ?? {},
    complete: given.complete ?? true,
    calibrated: given.relevance !== undefined,
    stages: given.stages ?? [{ name: given.rankedBy ?? reranker.fingerprint, scores: given.scores }],
    rankedBy: given.rankedBy,
    ...provenanceOf({ ...given, queryTruncatedTokens: Math.max(0, ...(given.queryTruncatedTokens ?? [])) }),
  };
};

export interface RerankOptions extends CallOptions {
  /** Results that come back, 1 to 100,000. @default all */
  readonly top?: number;
  /** Fields that are read, in order. @default of each document its own: title and text where it has them, otherwise all that hold words */
  readonly rankFields?: readonly string[];
  /** Put each field's name before its words, a line a field: "title: …". @default false */
  readonly fieldLabels?: boolean;
  /** Keep only what is at least so likely to be relevant, 0 to 1. @default none: everything is kept */
  readonly minScore?: number;
  /** Return the fields of each document. @default false */
  readonly documents?: boolean;
  /** Return what each stage gave. @default false */
  readonly stages?: boolean;
  /** Say of each result why it stands where it stands; takes a few model runs a result, after the deadline too. @default false */
  readonly explain?: boolean;
  /** Milliseconds; afterwards the best so far is the answer. 1 to 600,000. @default none */
  readonly deadlineMs?: number;
}

/**
 * What is at least so likely to be relevant; what no reranker came to in time is not. Without a threshold everything stays.
 *
 * @throws E_USAGE when the scores are no probabilities
 */
export const likelyEnough = (
  { order, calibrated }: Pick<Ranked, 'order' | 'calibrated'>,
  minScore: number | undefined,
  rankedBy: string,
): readonly RankedCandidate[] => {
  if (minScore === undefined) return order;
  if (!(minScore >= 0 && minScore <= 1)) throw new FinetoothError('E_USAGE', `minScore lies between 0 and 1; got ${String(minScore)}.`);
  if (!calibrated)
    throw new FinetoothError(
      'E_USAGE',
      (say) =>
        `the scores of "${rankedBy}" are no probabilities, so ${say.option('minScore')} would mean nothing. Fit them with ${say.calibrate()}, or leave ${say.option('minScore')} out.`,
    );
  return order.filter(({ relevance, stage }) => stage >= 0 && relevance >= minScore);
};

/** What each stage gave for one candidate. */
export const stageScores = (stages: Ranked['stages'], index: number): (number | null)[] =>
  stages.map(({ scores }) => (Number.isNaN(scores[index]) ? null : (scores[index] as number)));

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
 * What `rerank` takes as a document: a text, which is a document with the one field `text`; an object of fields; or one beside its id. Without an
 * id it is the place in the list.
 */
export type RerankDocument = string | Document | { readonly id: string; readonly document: Document };

/**
 * The reranker alone, over documents that are at hand. `index` is the position in `documents`.
 *
 * @throws E_USAGE for what it does not take, E_QUERY for a query without a word, E_FIELD when no document has a field that is named, or one that
 * holds words
 */
export const rerank = async (
  reranker: Reranker,
  query: string,
  documents: readonly RerankDocument[],
  options: RerankOptions = {},
): Promise<RerankAnswer> => {
  const started = performance.now();
  const given = checkRerankCall(reranker, query, documents, options);
  checkQuery(query);
  checkFields(given, options.rankFields);
  const { signal, deadlineMs, fieldLabels, rankFields, top = given.length } = options;
  const ranked = await rankCandidates(reranker, query, given, rankFields, {
    signal,
    deadlineMs,
    fieldLabels,
  });
  const total = performance.now() - started;
  const { cut, calibrated, complete, stages } = ranked;
  const who = ranked.rankedBy ?? reranker.fingerprint;
  const order = likelyEnough(ranked, options.minScore, who);
  const best = order.slice(0, top);
  const rankedBy = rankedByOf(ranked, best);
  const results = best.map((one, at) => {
    const { index, id, relevance } = one;
    return {
      id,
      index,
      relevanceScore: relevance,
      rank: at + 1,
      ...rankedBy(one),
      ...readingOf(one),
      ...(options.stages ? { stages: stageScores(stages, index) } : {}),
      ...(options.documents ? { document: given[index]?.document as Document } : {}),
    };
  });
  const told = options.explain
    ? await withExplanations(results, reranker, query, given, rankFields, {
        signal,
        fieldLabels,
      })
    : results;
  return {
    query,
    results: told,
    cut,
    calibrated,
    complete,
    rankedBy: who,
    ...provenanceOf(ranked),
    usage: ranked.usage,
    timings: { rerank: total, total },
  };
};
