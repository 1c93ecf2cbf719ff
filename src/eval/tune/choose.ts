/** Scores of every configuration for every query, paired. Higher is better. */
export interface ScoreTable {
  /** [configurations × queries], row-major, the cheapest configuration first. */
  readonly scores: Float64Array;
  readonly configurations: number;
  readonly queries: number;
}

/** Means that differ by less are equal: sums of the same numbers in another order do. */
const TIE = 1e-12;

/**
 * The configuration to take, judged by some of the queries: the one with the highest mean, the earlier one of equals. With the one-standard-error
 * rule (Breiman, Friedman, Olshen and Stone 1984, "Classification and Regression Trees", section 3.4.3) it is the earliest, so the cheapest,
 * whose mean is no more than one standard error below that. The standard error is that of the difference between the two, paired by query:
 * what is hard for both says nothing about which is better.
 *
 * @param subset Queries that the choice may read, 2 and more.
 */
export function chooseConfiguration(
  { scores, configurations, queries }: ScoreTable,
  subset: ArrayLike<number>,
  oneStandardError: boolean,
): number {
  const size = subset.length;
  const scoreOf = (configuration: number, i: number): number => scores[configuration * queries + (subset[i] as number)] as number;
  let [best, highest] = [0, Number.NEGATIVE_INFINITY];
  for (let one = 0; one < configurations; one++) {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += scoreOf(one, i);
    if (sum / size > highest + TIE) [best, highest] = [one, sum / size];
  }
  if (!oneStandardError) return best;
  for (let one = 0; one < best; one++) {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += scoreOf(best, i) - scoreOf(one, i);
    const mean = sum / size;
    let squares = 0;
    for (let i = 0; i < size; i++) squares += (scoreOf(best, i) - scoreOf(one, i) - mean) ** 2;
    if (mean <= Math.sqrt(squares / (size - 1) / size)) return one;
  }
  return best;
}
