import { meanOf } from '../math/mean.ts';

/** What a cascade knows of a list in the middle of a stage. */
export interface ReadSoFar {
  /** [candidates] Scores of the stage before, falling. */
  readonly before: readonly number[];
  /** [read] What the stage itself gave for the first of them, NaN where it gave nothing; `read` ≤ `candidates`. */
  readonly own: readonly number[];
  combine(own: number, before: number): number;
}

/** What is known of a stage's own scores before it read any. */
export interface OwnScores {
  /** By how much they fall where the score of the stage before falls by 1. */
  readonly slope: number;
  /** How much of a list is weighed against `slope`, as a sum of squared differences of scores of the stage before. */
  readonly weight: number;
  /** Standard deviation around the line. */
  readonly deviation: number;
  /** Probability that a candidate with such a score is relevant, 0 to 1; roughly. */
  relevance(own: number): number;
}

/** Places that count, as in nDCG@10. */
const DEPTH = 10;

/** The middles of seven equal parts of the normal distribution: what a list may yet show that nothing read so far did. */
const QUANTILES = [-1.465, -0.792, -0.366, 0, 0.366, 0.792, 1.465];

/**
 * What each of the next `count` candidates is expected to add to the list's DCG@10, mean. Own scores are predicted by a line through those that were read,
 * drawn towards `known.slope`, with what was read around the line, and the normal distribution, as its errors. A predicted score gives a place in the
 * order, and the gain is that place's discount less that of where the candidate stands unread, times the probability that it is relevant.
 * The model of one step of optimal stopping; the discount is Järvelin and Kekäläinen's (https://dl.acm.org/doi/10.1145/582415.582418, 2002).
 */
export function expectedGain({ before, own, combine }: ReadSoFar, count: number, known: OwnScores): number {
  const read = [...own.keys()].filter((i) => !Number.isNaN(own[i]));
  const next = before.slice(own.length, own.length + count);
  if (read.length === 0 || next.length === 0) return next.length === 0 ? 0 : Number.POSITIVE_INFINITY;
  const line = lineThrough(read, before, own, known);
  const errors = [...read.map((i) => (own[i] as number) - line(before[i] as number)), ...QUANTILES.map((z) => z * known.deviation)];
  const scores = read.map((i) => combine(own[i] as number, before[i] as number)).sort((a, b) => b - a);
  let sum = 0;
  for (const [at, score] of next.entries()) {
    const stands = discountAt(own.length + at);
    for (const error of errors) {
      const predicted = line(score) + error;
      const gain = discountAt(placeOf(combine(predicted, score), scores)) - stands;
      if (gain > 0) sum += (gain * known.relevance(predicted)) / errors.length;
    }
  }
  return sum / next.length;
}

/** Least squares with `weight` for the slope that was known before. */
function lineThrough(read: readonly number[], before: readonly number[], own: readonly number[], { slope, weight }: OwnScores) {
  const [x, y] = [meanOf(read.map((i) => before[i] as number)), meanOf(read.map((i) => own[i] as number))];
  let [products, squares] = [slope * weight, weight];
  for (const i of read) {
    products += ((before[i] as number) - x) * ((own[i] as number) - y);
    squares += ((before[i] as number) - x) ** 2;
  }
  const fitted = Math.max(0, products / squares);
  return (score: number): number => y + fitted * (score - x);
}

/** Place from 0 of a score among falling ones, below its equals. */
function placeOf(score: number, scores: readonly number[]): number {
  const place = scores.findIndex((other) => other < score);
  return place < 0 ? scores.length : place;
}

function discountAt(place: number): number {
  return place < DEPTH ? 1 / Math.log2(place + 2) : 0;
}
