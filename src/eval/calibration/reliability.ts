/** A probability that was stated and what came true. */
export interface Stated {
  readonly probability: number;
  readonly relevant: boolean;
}

export interface Bin {
  /** Pairs in it. */
  readonly count: number;
  /** Mean of what was stated, 0 to 1. */
  readonly stated: number;
  /** Share that is relevant, 0 to 1. */
  readonly relevant: number;
}

/** How far stated probabilities may be trusted. */
export interface Reliability {
  /** Expected calibration error over ten bins, 0 to 1; 0 is best. */
  readonly calibrationError: number;
  /** Smaller is better. */
  readonly logLoss: number;
  /** By rising probability. */
  readonly bins: readonly Bin[];
}

/** Bins of as many pairs each, by rising probability: the points of a reliability diagram. */
export function reliabilityBins(stated: readonly Stated[], bins = 10): readonly Bin[] {
  const sorted = stated.toSorted((a, b) => a.probability - b.probability);
  return Array.from({ length: bins }, (_, i) =>
    sorted.slice(Math.floor((i * sorted.length) / bins), Math.floor(((i + 1) * sorted.length) / bins)),
  )
    .filter(({ length }) => length > 0)
    .map((inside) => ({
      count: inside.length,
      stated: inside.reduce((sum, { probability }) => sum + probability, 0) / inside.length,
      relevant: inside.filter(({ relevant }) => relevant).length / inside.length,
    }));
}

/** Mean distance between what was stated and what came true, over bins of as many pairs each (Naeini et al. 2015), 0 to 1. */
export const calibrationError = (stated: readonly Stated[], bins = 10): number =>
  reliabilityBins(stated, bins).reduce((sum, bin) => sum + bin.count * Math.abs(bin.stated - bin.relevant), 0) / stated.length;

/** Mean of -ln of the probability of what came true; smaller is better. Probabilities are kept 1e-9 away from 0 and 1. */
export const logLoss = (stated: readonly Stated[]): number =>
  stated.reduce((sum, { probability, relevant }) => {
    const p = Math.min(1 - 1e-9, Math.max(1e-9, probability));
    return sum - Math.log(relevant ? p : 1 - p);
  }, 0) / stated.length;

/** There must be at least one pair. */
export const reliabilityOf = (stated: readonly Stated[]): Reliability => ({
  calibrationError: calibrationError(stated),
  logLoss: logLoss(stated),
  bins: reliabilityBins(stated),
});
