import { byStage } from '../math/order.ts';
import { checkScores } from '../rerank/check-scores.ts';
import type { Scores } from '../rerank/reranker.ts';
import { stageOf } from '../rerank/stage-of.ts';
import { checkArguments, isRecord, readOf, when } from '../wording/check-options.ts';
import { anyText } from '../wording/check-shapes.ts';

/** What is put in order: an id and, where a first stage gave one, its score. */
export interface Orderable {
  readonly id: string;
  /** The first stage's, which stands where no reranker came in time. @default 0 */
  readonly score?: number;
}

/** A candidate's place in the order. */
export interface OrderedCandidate {
  /** Place in the list that was given, from 0. */
  readonly index: number;
  readonly id: string;
  /** Of the last stage that saw the document; of several stages, comparable only with documents of the same one. */
  readonly score: number;
  /** The probability of relevance where there is one, else the score; never rises down the list. */
  readonly relevance: number;
  /** Which stage gave the score, from 0; -1: none, since time was up. */
  readonly stage: number;
}

/**
 * Scores to an ordered list, best first: a later stage above an earlier one, then score, then id; what no stage scored keeps its place at the
 * end. This is the one place where that is done; a cascade, which must choose before it has an answer, compares by the same `byStage`.
 *
 * @example
 * import { orderCandidates } from 'finetooth/rerankers';
 *
 * const ordered = orderCandidates([{ id: 'a' }, { id: 'b' }], { scores: Float32Array.of(0.2, 0.9) }, 'mine@1');
 * console.log(ordered.map(({ id, index }) => `${id} ${index}`).join(', ')); // b 1, a 0
 *
 * @throws E_CONTRACT when the scores are not one finite number a candidate
 */
export function orderCandidates(candidates: readonly Orderable[], given: Scores, fingerprint: string): readonly OrderedCandidate[] {
  checkArguments('orderCandidates(candidates, await reranker.score(query, candidates), reranker.fingerprint)', {
    candidates: [candidates, areOrderable],
    fingerprint: [fingerprint, anyText],
  });
  readOf('the scores of orderCandidates', () => checkScores(given, candidates.length, fingerprint));
  const all = candidates.map(({ id, score: before = 0 }, index): OrderedCandidate => {
    const stage = stageOf(given, index);
    if (stage < 0) return { index, id, score: before, relevance: before, stage: -1 };
    const score = given.scores[index] as number;
    return { index, id, score, relevance: given.relevance?.[index] ?? score, stage };
  });
  return neverRising(all.sort(byStage));
}

const areOrderable = when(
  'a list of objects, each with an id',
  (value) => Array.isArray(value) && Array.from(value).every((one) => isRecord(one) && typeof one.id === 'string'),
);

/** The first stage's list as it is: nothing was asked to rank it again. */
export function orderFirstStage(hits: readonly Required<Orderable>[]): readonly OrderedCandidate[] {
  return hits.map(({ id, score }, index) => ({ index, id, score, relevance: score, stage: 0 }));
}

/** Stages have scales of their own: a document that stands below another is never said to be more relevant. */
function neverRising(order: readonly OrderedCandidate[]): readonly OrderedCandidate[] {
  let least = Number.POSITIVE_INFINITY;
  return order.map((one) => {
    least = Math.min(least, one.relevance);
    return { ...one, relevance: least };
  });
}
