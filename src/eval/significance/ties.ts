/**
 * Sums of one set of values that are nearer than this are taken for equal: added in another order, or with 0.3 - 0.1 for 0.2, they differ by
 * rounding alone. Rounding moves a sum by a share of the sum of sizes that is at most count × 2^-53 (Higham 2002, section 4.2), so by less
 * than this up to 9,000 values. scipy allows 2.2e-14 of the observed sum, too little where gains and losses cancel.
 */
export const slackOf = (values: Float64Array): number => 1e-12 * values.reduce((sum, value) => sum + Math.abs(value), 0);
