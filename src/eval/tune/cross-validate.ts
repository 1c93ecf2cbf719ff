import { FinetoothError } from '../../errors.ts';
import { randomFrom } from '../../math/random.ts';
import { checkArguments, truth, when } from '../../wording/check-options.ts';
import { anyNumber, optional, shape } from '../../wording/check-shapes.ts';
import { drawnChecks } from '../significance/draw-checks.ts';
import { chooseConfiguration, type ScoreTable } from './choose.ts';
import { checkFolds, foldsOf } from './folds.ts';

export interface CrossValidateOptions extends ScoreTable {
  /** 2 to `queries`. @default 5 */
  readonly folds?: number;
  /** How often the queries are divided into folds; 1 and more. @default 10 */
  readonly repeats?: number;
  /** 0 to 4,294,967,295. @default 20 */
  readonly seed?: number;
  /** Whether a cheaper configuration within one standard error of the best is preferred. @default true */
  readonly oneStandardError?: boolean;
}

export interface CrossValidation {
  /** The configuration chosen by all queries, 0 to `configurations` - 1: the one to use. */
  readonly chosen: number;
  /** [query] Score under the configuration that was chosen without its fold, mean over the repeats: what choosing so is worth on new queries. */
  readonly heldOut: Float64Array;
  /** Mean of `chosen` over all queries, by which it was chosen: too good to be true. */
  readonly inSample: number;
  /** Share of all `folds × repeats` choices that fell on `chosen`, 0 to 1. */
  readonly stability: number;
  /** [configuration] How many of those choices fell on it. */
  readonly choices: Int32Array;
}

/**
 * Chooses among configurations, and estimates by repeated cross-validation what the choice is worth on queries that had no part in it
 * (Stone 1974, "Cross-validatory choice and assessment of statistical predictions").
 *
 * @example
 * import { crossValidate } from 'finetooth/eval';
 *
 * // Two configurations, ten queries: the second is better for each.
 * const scores = Float64Array.from({ length: 20 }, (_, at) => (at < 10 ? 0.3 : 0.5) + (at % 10) / 100);
 * const { chosen, stability } = crossValidate({ scores, configurations: 2, queries: 10 });
 * console.log(chosen, stability); // 1 1
 *
 * @throws E_USAGE for fewer than 10 queries, folds that do not fit them, and scores that are not finite or not as many as pairs.
 */
export function crossValidate(options: CrossValidateOptions): CrossValidation {
  checkArguments('crossValidate({ scores, configurations: 2, queries: 40 })', { options: [options, isTable] });
  const { configurations, queries, scores, folds = 5, repeats = 10, seed = 20, oneStandardError = true } = options;
  checkFolds(queries, folds);
  checkTable(options, repeats);
  const random = randomFrom(seed);
  const choices = new Int32Array(configurations);
  const heldOut = new Float64Array(queries);
  const all = Int32Array.from({ length: queries }, (_, query) => query);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const foldOf = foldsOf(queries, folds, random);
    const taken = Array.from({ length: folds }, (_, fold) =>
      chooseConfiguration(
        options,
        all.filter((query) => foldOf[query] !== fold),
        oneStandardError,
      ),
    );
    for (const one of taken) choices[one] = (choices[one] as number) + 1;
    for (const query of all) {
      const one = taken[foldOf[query] as number] as number;
      heldOut[query] = (heldOut[query] as number) + (scores[one * queries + query] as number) / repeats;
    }
  }
  const chosen = chooseConfiguration(options, all, oneStandardError);
  const own = scores.subarray(chosen * queries, (chosen + 1) * queries);
  return {
    chosen,
    heldOut,
    inSample: own.reduce((sum, one) => sum + one, 0) / queries,
    stability: (choices[chosen] as number) / (folds * repeats),
    choices,
  };
}

const isTable = shape('an object with scores, configurations and queries', {
  scores: when('a Float64Array', (value) => value instanceof Float64Array),
  configurations: anyNumber,
  queries: anyNumber,
  folds: optional(anyNumber),
  repeats: optional(anyNumber),
  seed: optional(drawnChecks.seed),
  oneStandardError: optional(truth),
});

const MOST_REPEATS = 1_000_000;

function checkTable({ scores, configurations, queries }: ScoreTable, repeats: number): void {
  if (!Number.isInteger(repeats) || repeats < 1 || repeats > MOST_REPEATS)
    throw new FinetoothError('E_USAGE', `repeats is ${repeats}; it is a whole number from 1 to 1,000,000. 10 is usual.`);
  if (configurations < 1 || scores.length !== configurations * queries)
    throw new FinetoothError(
      'E_USAGE',
      `there are ${scores.length} scores for ${configurations} configurations and ${queries} queries; give one for each pair, and at least one configuration.`,
    );
  const at = scores.findIndex((score) => !Number.isFinite(score));
  if (at >= 0)
    throw new FinetoothError(
      'E_USAGE',
      `the score of configuration ${Math.floor(at / queries)} for query ${at % queries} (both from 0) is ${scores[at]}; a query that failed scores 0.`,
    );
}
