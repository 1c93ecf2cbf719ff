/**
 * A score as a probability of relevance: 1 / (1 + exp(-(slope × score + intercept))), Platt's scaling
 * (https://www.researchgate.net/publication/2594015, 1999). `slope` is above 0, so the order stays.
 */
export interface Calibration {
  readonly slope: number;
  readonly intercept: number;
}

/** [count] Probabilities, 0 to 1. */
export const relevanceOf = (scores: Float32Array, { slope, intercept }: Calibration): Float32Array =>
  scores.map((score) => 1 / (1 + Math.exp(-(slope * score + intercept))));

/** A logit that its authors read through a sigmoid. */
export const sigmoid: Calibration = { slope: 1, intercept: 0 };
