import { FinetoothError } from '../../errors.ts';
import { type Random, randomFrom } from '../../math/random.ts';

export interface CrossValidateInput {
  /** [configuration × query], row by row; the cheapest configuration first. */
  readonly scores: Float64Array;
  readonly configurations: number;
  readonly queries: number;
  /** 2 to 100. @default 5 */
  readonly folds?: number;
  /** Partitions that are drawn. @default 10 */
  readonly repeats?: number;
  /** @default 20 */
  readonly seed?: number;
  /** Take the cheapest configuration that is within one standard error of the best (Breiman et al. 1984). @default true */
  readonly oneStandardError?: boolean;
}

export interface CrossValidated {
  /** The configuration that all queries together choose. */
  readonly chosen: number;
  /** [query] Its score under the configurations that were chosen without it, mean over the repeats. */
  readonly heldOut: Float64Array;
  /** [configuration] In how many folds it was chosen. */
  readonly choices: readonly number[];
  /** Share of the folds that chose `chosen`. */
  readonly stability: number;
}

/** Fewer queries than these say nothing about a choice. */
const LEAST_QUERIES = 10;

/** The fold of each item: a random partition whose parts differ by at most one in size. */
export const foldsOf = (count: number, folds: number, random: Random): Int32Array => {
  const fold = Int32Array.from({ length: count }, (_, at) => at % folds);
  for (let at = count - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [fold[at], fold[other]] = [fold[other] as number, fold[at] as number];
  }
  return fold;
};

/** The best of the given queries, or the first that is within one standard error of the difference to it. */
const choose = ({ scores, configurations, queries, oneStandardError = true }: CrossValidateInput, among: readonly number[]): number => {
  const score = (configuration: number, query: number): number => scores[configuration * queries + query] as number;
  const sums = Array.from({ length: configurations }, (_, one) => among.reduce((sum, query) => sum + score(one, query), 0));
  const best = sums.reduce((first, sum, one) => (sum > (sums[first] as number) ? one : first), 0);
  if (!oneStandardError || among.length < 2) return best;
  for (let one = 0; one < best; one++) {
    const mean = ((sums[best] as number) - (sums[one] as number)) / among.length;
    const squares = among.reduce((sum, query) => sum + (score(best, query) - score(one, query) - mean) ** 2, 0);
    if (mean <= Math.sqrt(squares / (among.length - 1) / among.length)) return one;
  }
  return best;
};

/**
 * Chooses a configuration, and says what the choosing itself is worth: each query is scored by what the other folds chose. Throws E_USAGE for
 * fewer than 10 queries, or fewer than there are folds.
 */
export const crossValidate = (input: CrossValidateInput): CrossValidated => {
  const { scores, configurations, queries, folds = 5, repeats = 10, seed = 20 } = input;
  const least = Math.max(LEAST_QUERIES, folds);
  if (queries < least)
    throw new FinetoothError(
      'E_USAGE',
      `choosing needs at least ${least} judged queries; there ${queries === 1 ? 'is' : 'are'} ${queries}. Judge more with "finetooth label".`,
    );
  const random = randomFrom(seed);
  const heldOut = new Float64Array(queries);
  const choices = new Array<number>(configurations).fill(0);
  const all = Array.from({ length: queries }, (_, query) => query);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const fold = foldsOf(queries, folds, random);
    for (let part = 0; part < folds; part++) {
      const choice = choose(
        input,
        all.filter((query) => fold[query] !== part),
      );
      choices[choice] = (choices[choice] as number) + 1;
      for (const query of all)
        if (fold[query] === part) heldOut[query] = (heldOut[query] as number) + (scores[choice * queries + query] as number) / repeats;
    }
  }
  const chosen = choose(input, all);
  return { chosen, heldOut, choices, stability: (choices[chosen] as number) / (folds * repeats) };
};
