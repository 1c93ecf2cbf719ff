import { FinetoothError } from '../errors.ts';
import { byScore } from '../math/order.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { textOf } from '../text/recipe.ts';
import type { CallOptions, Document, Usage } from '../types.ts';
import { checkCount, checkQuery, checkScores } from './check.ts';

/** What every ranked answer has. */
export interface RankedResult {
  readonly id: string;
  /** Position in the list that went to the reranker, from 0. */
  readonly index: number;
  /** The reranker's score (the first stage's where there is none); higher is better, its scale is the model's. */
  readonly relevanceScore: number;
  /** Place in this answer, from 1. */
  readonly rank: number;
  /** The fields; only when asked for. */
  readonly document?: Document;
}

/** How many a second or later reranker gets: the best so many of the one before. */
const KEPT = 20;

export interface Ranked {
  /** Best first; `index` is the place in the list that was given, `score` that of the last reranker that saw the document. */
  readonly order: readonly { readonly index: number; readonly id: string; readonly score: number }[];
  /** Candidates of which a reranker could not read the end. */
  readonly cut: number;
  readonly usage: Usage;
}

/** Adds what is known; what nobody counted stays unknown. */
export const addUsage = (a: Usage, b: Usage = {}): Usage => ({
  ...(a.tokens === undefined && b.tokens === undefined ? {} : { tokens: (a.tokens ?? 0) + (b.tokens ?? 0) }),
  ...(a.cost === undefined && b.cost === undefined ? {} : { cost: (a.cost ?? 0) + (b.cost ?? 0) }),
});

/**
 * Scores texts and puts them in the one total order. Of several rerankers the first scores every candidate and each later one the best 20 of
 * the one before, which stay above the rest. Nothing is cut and nothing is left out.
 */
export const rankCandidates = async (
  rerankers: Reranker | readonly Reranker[],
  query: string,
  candidates: readonly { readonly id: string; readonly document: Document }[],
  fields: readonly string[],
  options: CallOptions = {},
): Promise<Ranked> => {
  if (candidates.length === 0) return { order: [], cut: 0, usage: {} };
  for (const field of fields) {
    if (candidates.some(({ document }) => Object.hasOwn(document, field))) continue;
    const known = [...new Set(candidates.flatMap(({ document }) => Object.keys(document)))];
    throw new FinetoothError(
      'E_FIELD',
      `no candidate has the field "${field}" to rank by; their fields are ${known.slice(0, 20).join(', ')}.`,
    );
  }
  const texts = candidates.map(({ id, document }) => ({ id, text: textOf(document, fields) }));
  let order = texts.map(({ id }, index) => ({ index, id, score: 0 }));
  let usage: Usage = {};
  const cut = new Set<number>();
  for (const [stage, reranker] of [rerankers].flat().entries()) {
    const seen = stage === 0 ? order : order.slice(0, KEPT);
    const given = await reranker.score(
      query,
      seen.map(({ index }) => texts[index] as (typeof texts)[number]),
      options,
    );
    checkScores(given, seen.length, reranker.fingerprint);
    usage = addUsage(usage, given.usage);
    const scored = seen.map((one, at) => ({ ...one, score: given.scores[at] as number })).sort(byScore);
    order = [...scored, ...order.slice(seen.length)];
    for (const [at, { index }] of seen.entries()) if ((given.cut?.[at] ?? 0) > 0) cut.add(index);
  }
  return { order, cut: cut.size, usage };
};

export interface RerankOptions extends CallOptions {
  /** Results that come back, 1 to 100,000. @default all */
  readonly top?: number;
  /** Fields that are read, in order. @default all that hold words, see `defaultFields` */
  readonly rankFields: readonly string[];
  /** Return the fields of each document. @default false */
  readonly documents?: boolean;
}

export interface RerankAnswer {
  readonly query: string;
  readonly results: readonly RankedResult[];
  /** Documents of which the reranker could not read the end. */
  readonly cut: number;
  readonly rankedBy: string;
  /** Milliseconds. */
  readonly timings: { readonly rerank: number; readonly total: number };
}

/** The reranker alone, over documents that are at hand. `index` is the position in `documents`. */
export const rerank = async (
  reranker: Reranker,
  query: string,
  documents: readonly { readonly id: string; readonly document: Document }[],
  options: RerankOptions,
): Promise<RerankAnswer> => {
  const started = performance.now();
  checkQuery(query);
  const top = options.top ?? Math.max(1, documents.length);
  checkCount('top', top, 1, 100_000);
  const { order, cut } = await rankCandidates(reranker, query, documents, options.rankFields, options);
  const total = performance.now() - started;
  const results = order.slice(0, top).map(({ index, id, score }, at) => ({
    id,
    index,
    relevanceScore: score,
    rank: at + 1,
    ...(options.documents ? { document: documents[index]?.document as Document } : {}),
  }));
  return { query, results, cut, rankedBy: reranker.fingerprint, timings: { rerank: total, total } };
};
