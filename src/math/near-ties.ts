import { byScore, type Scored } from './order.ts';
import { topK } from './top-k.ts';

/**
 * Scores that differ by less than this share of the higher one are equal: sums of hundreds of numbers in single precision differ by less
 * (seen: 3e-7), in double precision by far less.
 */
const NEAR = 1e-6;

/**
 * The best `count` of scores of 0 or more in the one total order, with near ties made ties: from the best on, every score within one part in
 * a million of another takes that one. So the head of the list is the same whatever the count, and however the scores were added up.
 */
export function topWithTies<T extends Scored>(items: readonly T[], count: number): T[] {
  const lowest = items.length <= count ? 0 : (topK(items, count).at(-1)?.score ?? 0) * (1 - NEAR);
  let level = 0;
  return items
    .filter(({ score }) => score >= lowest)
    .sort(byScore)
    .map((item, at) => {
      if (at === 0 || item.score < level * (1 - NEAR)) level = item.score;
      return item.score === level ? item : { ...item, score: level };
    })
    .sort(byScore)
    .slice(0, count);
}

/** By id scores of 0 or more, near ties made ties: those that were added up in two ways are the same again. */
export function withTies(items: readonly Scored[]): ReadonlyMap<string, number> {
  return new Map(topWithTies(items, items.length).map(({ id, score }) => [id, score]));
}

/** Whether a tie with the `count`th of these scores ends within them: nothing that is worse than all of them belongs to the best `count`. */
export function holdsTies(items: readonly Scored[], count: number): boolean {
  const scores = Float64Array.from(items, ({ score }) => score).sort();
  return scores.length > count && (scores[0] as number) < (scores.at(-count) as number) * (1 - 2 * NEAR);
}
