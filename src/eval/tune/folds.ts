import { FinetoothError } from '../../errors.ts';
import type { Random } from '../../math/random.ts';

/** Below this a held-out fold is one or two queries, and the choice between pipelines is a draw by chance. */
export const FEWEST_QUERIES = 10;

/** Refuses what cannot be parted. Throws E_USAGE. */
export function checkFolds(count: number, folds: number): void {
  if (!Number.isInteger(folds) || folds < 2)
    throw new FinetoothError(
      'E_USAGE',
      `folds is ${folds}; it is a whole number of 2 and more, because queries are held out from the choice. 5 is usual.`,
    );
  if (count < FEWEST_QUERIES)
    throw new FinetoothError(
      'E_USAGE',
      `there are ${count} judged queries; cross-validation needs ${FEWEST_QUERIES} and more to tell a choice from chance. Judge more queries, for instance with "finetooth label".`,
    );
  if (count < folds)
    throw new FinetoothError(
      'E_USAGE',
      `folds is ${folds}, but there are only ${count} judged queries: a fold would be empty. Take at most ${count} folds, or judge more queries.`,
    );
}

/**
 * A random partition into folds whose sizes differ by at most 1
 *
 * @param count Queries, 10 and more.
 * @param folds 2 to `count`.
 * @param random A seeded generator; it goes on where it was.
 * @returns [query] Its fold, 0 to `folds` - 1.
 * @throws E_USAGE
 */
export function foldsOf(count: number, folds: number, random: Random): Int32Array {
  checkFolds(count, folds);
  const fold = Int32Array.from({ length: count }, (_, i) => i % folds);
  // Fisher and Yates, as in Knuth, "The Art of Computer Programming", volume 2, algorithm 3.4.2P.
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [fold[i], fold[j]] = [fold[j] as number, fold[i] as number];
  }
  return fold;
}
