import { FinetoothError } from '../../errors.ts';
import type { Usage } from '../../types.ts';
import type { Consumption } from '../vendor.ts';
import type { Price } from '../vendor-model.ts';
import type { Budget } from './budget.ts';
import { costOf } from './cost.ts';

/** One request's money, over all its tries. */
export interface Charge {
  /** For `Requests.send`. A try that may be billed is counted as if it was, with `about` as what it used. */
  readonly pay: () => (outcome: 'free' | 'perhaps') => void;
  /** After success, what the vendor says was used; what it does not say is `about`. */
  done(used: Consumption): void;
}

/** Counts what one call uses, and holds it against the price and the budget. */
export interface Meter {
  /** Throws E_BUDGET from `pay`. `most`: what the request cannot exceed; `about`: what it uses by an estimate. */
  charge(most: Consumption, about: () => Consumption): Charge;
  usage(): Usage;
  /** What the work gives; its error with what was used before it. */
  counted<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function createMeter(name: string, price: Price | undefined, budget: Budget | undefined): Meter {
  let requests = 0;
  let tokens: number | undefined;
  let cost: number | undefined;
  let isEstimated = false;
  let isUnpriced = false;
  const add = (own: number | undefined): void => {
    if (own === undefined) isUnpriced = true;
    else cost = (cost ?? 0) + own;
  };
  const usage = (): Usage => ({
    requests,
    tokens,
    cost,
    estimated: isEstimated ? true : undefined,
    unpriced: isUnpriced ? true : undefined,
  });
  return {
    charge: (most, about) => {
      const bound = costOf(most, price);
      let settle: ((took: number) => void) | undefined;
      return {
        pay: () => {
          settle = budget?.reserve(name, bound);
          requests++;
          return (outcome) => {
            settle?.(outcome === 'free' ? 0 : (bound ?? 0));
            if (outcome === 'free') return;
            const own = costOf(about(), price);
            add(own);
            if (own !== undefined && own > 0) isEstimated = true;
          };
        },
        done: (used) => {
          const told = costOf(used, price);
          const guessed = told === undefined ? costOf(filledIn(used, about()), price) : undefined;
          // What is not known is taken from the budget as if it were the most that it can be.
          settle?.(told ?? bound ?? 0);
          add(told ?? guessed);
          if (guessed !== undefined) isEstimated = true;
          const read = (used.tokens ?? 0) + (used.written ?? 0);
          if (used.tokens !== undefined) tokens = (tokens ?? 0) + read;
        },
      };
    },
    usage,
    counted: async (work) => {
      try {
        return await work();
      } catch (error) {
        throw requests > 0 && error instanceof FinetoothError ? error.withUsage(usage()) : error;
      }
    },
  };
}

/** What the vendor says that was used, and where it does not, about how much that is. */
const filledIn = (used: Consumption, about: Consumption): Consumption => ({
  tokens: used.tokens ?? about.tokens,
  written: used.written ?? about.written,
  searches: used.searches ?? about.searches,
  cost: used.cost ?? about.cost,
});
