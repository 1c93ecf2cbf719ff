import { FinetoothError } from '../../errors.ts';
import { checkArguments, shown, when } from '../../wording/check-options.ts';
import { anyText, optional } from '../../wording/check-shapes.ts';
import { dollars } from '../../wording/numbers.ts';

/** Money for any number of models together. One is passed to all that share it. */
export interface Budget {
  /** US dollars. */
  readonly limit: number;
  /** What was used, calls included of which it is not known whether they are billed. */
  spent(): number;
  /** Sets money aside for a call, at most so much; `settle` says what it took. Throws E_BUDGET where there is not enough, or no price is known. */
  reserve(name: string, most: number | undefined): (took: number) => void;
}

const isAmount = (value: unknown): boolean => typeof value === 'number' && value >= 0 && Number.isFinite(value);
const amount = when('an amount of US dollars, 0 or more', isAmount);

/**
 * Stops before it is passed: a call for which the rest may not suffice is not made.
 *
 * @example
 * import { createBudget, hosted } from 'finetooth/hosted';
 *
 * const budget = createBudget(2); // US dollars, for both together
 * const rerankers = [hosted('cohere:rerank-v3.5', { budget }), hosted('voyage:rerank-2.5', { budget })];
 * console.log(rerankers.length, budget.spent(), budget.limit); // 2 0 2
 */
export function createBudget(limit: number): Budget {
  if (!isAmount(limit)) throw new FinetoothError('E_USAGE', `a budget is an amount of US dollars, 0 or more; got ${shown(limit)}.`);
  let spent = 0;
  let aside = 0;
  return {
    limit,
    spent: () => spent,
    reserve: (name, most) => {
      checkArguments("budget.reserve('cohere:rerank-v3.5', 0.01)", { name: [name, anyText], most: [most, optional(amount)] });
      if (most === undefined)
        throw new FinetoothError(
          'E_BUDGET',
          (say) =>
            `no price is known of ${name}, so a budget cannot be kept. Give one ${say.as('prices')}, or leave ${say.option('budget')} out.`,
        );
      // Sums of cents are not exact in binary.
      if (spent + aside + most > limit + 1e-12)
        throw new FinetoothError(
          'E_BUDGET',
          `the next call to ${name} may cost ${dollars(most)}; of the budget of ${dollars(limit)}, ${dollars(Math.max(0, limit - spent - aside))} is left. Nothing was sent.`,
        );
      aside += most;
      let isOpen = true;
      return (took) => {
        checkArguments('settle(0.01)', { took: [took, amount] });
        if (!isOpen) return;
        isOpen = false;
        aside -= most;
        spent += took;
      };
    },
  };
}
