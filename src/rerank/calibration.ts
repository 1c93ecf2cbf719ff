/**
 * A score as a probability of relevance. `slope` and `intercept`: 1 / (1 + exp(-(slope × score + intercept))), Platt's scaling
 * (https://www.researchgate.net/publication/2594015, 1999), `slope` above 0. `points`: scores and probabilities, both rising, with straight
 * lines between them and level beyond the ends (isotonic regression). Either way the order stays.
 */
export type Calibration =
  | { readonly slope: number; readonly intercept: number }
  | { readonly points: readonly (readonly [number, number])[] };

/** What `finetooth calibrate` writes. */
export interface CalibrationFile {
  readonly format: 'finetooth-calibration-1';
  /** Fingerprint of the reranker that it was fitted for; no other may be read by it. */
  readonly reranker: string;
  readonly method: 'platt' | 'isotonic';
  readonly calibration: Calibration;
  readonly fittedOn: { readonly queries: number; readonly pairs: number; readonly relevant: number };
}

/** A logit that its authors read through a sigmoid. */
export const sigmoid: Calibration = { slope: 1, intercept: 0 };

/** [count] Probabilities, 0 to 1. */
export const relevanceOf = (scores: Float32Array, calibration: Calibration): Float32Array =>
  scores.map((score) => probabilityOf(score, calibration));

export const probabilityOf = (score: number, calibration: Calibration): number =>
  'points' in calibration ? between(calibration.points, score) : 1 / (1 + Math.exp(-(calibration.slope * score + calibration.intercept)));

/** A probability in a word. */
export type RelevanceLevel = 'high' | 'likely' | 'unlikely';

/**
 * What a probability can be held to where it was fitted elsewhere. How much of a list is relevant differs more between collections than any score can
 * tell, so that a number is only near it; the order of these words holds everywhere: results/fits/default.json has the shares of fourteen sets.
 */
export function levelOf(probability: number): RelevanceLevel {
  if (probability >= 0.4) return 'high';
  return probability >= 0.1 ? 'likely' : 'unlikely';
}

/** Probability at a score on the broken line through the points; found by halving. */
function between(points: readonly (readonly [number, number])[], score: number): number {
  let [low, high] = [0, points.length - 1];
  const [first, last] = [points[low] as readonly [number, number], points[high] as readonly [number, number]];
  if (score <= first[0]) return first[1];
  if (score >= last[0]) return last[1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((points[middle] as readonly [number, number])[0] <= score) low = middle;
    else high = middle;
  }
  const [from, to] = [points[low] as readonly [number, number], points[high] as readonly [number, number]];
  return from[1] + ((score - from[0]) / (to[0] - from[0])) * (to[1] - from[1]);
}
