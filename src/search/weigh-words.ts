import { withTies } from '../math/near-ties.ts';
import { byScore } from '../math/order.ts';
import type { OrderedCandidate } from './order.ts';

/** As much of a ranking as words change. */
export interface Weighable {
  readonly order: readonly OrderedCandidate[];
  readonly calibrated: boolean;
  readonly stages: readonly object[];
  readonly passedOver?: readonly object[];
  readonly notes?: readonly string[];
}

/**
 * The ranking with weight · BM25 added to the scores of the last stage: what that stage scored is put in order again, the others keep theirs below. A
 * probability stays that of the score without the words, on which it was fitted, so it may rise down the list. A fallback's scores are on another
 * scale than the one that the weight is for: its order stays, and a note says so.
 */
export function weighWords<Ranking extends Weighable>(
  ranked: Ranking,
  candidates: readonly { readonly id: string; readonly bm25?: number }[],
  weight: number,
): Ranking {
  if (weight === 0) return ranked;
  const { order, calibrated, stages, passedOver = [], notes = [] } = ranked;
  if (passedOver.length > 0)
    return {
      ...ranked,
      notes: [...notes, 'the weight of words is that of the reranker that could not rank: the fallback ranked without them'],
    };
  const last = Math.max(0, stages.length - 1);
  const words = withTies(candidates.map(({ id, bm25 = 0 }) => ({ id, score: bm25 })));
  const weighed = order
    .filter(({ stage }) => stage === last)
    .map((one) => {
      const score = one.score + weight * (words.get(one.id) as number);
      return { ...one, score, relevance: calibrated ? one.relevance : score };
    });
  return { ...ranked, order: [...weighed.sort(byScore), ...order.filter(({ stage }) => stage !== last)] };
}
