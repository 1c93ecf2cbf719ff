import { FinetoothError } from '../errors.ts';
import type { Usage } from '../types.ts';

/** Adds what is known; what no one counted stays unknown. */
export function addUsage(a: Usage = {}, b: Usage = {}): Usage {
  const [tokens, cost, requests] = [sum(a.tokens, b.tokens), sum(a.cost, b.cost), sum(a.requests, b.requests)];
  return {
    tokens,
    cost,
    requests,
    estimated: a.estimated || b.estimated ? true : undefined,
    unpriced: a.unpriced || b.unpriced ? true : undefined,
  };
}

/** What hosted models used before an error, for whoever goes on without it; nothing where none was asked. */
export function usageOf(error: unknown): Usage {
  return (error instanceof FinetoothError ? error.usage : undefined) ?? {};
}

/** The error with what hosted models had used before the work that failed began; any other error, and one after none was asked, as it is. */
export function afterUsage(error: unknown, before: Usage | undefined): unknown {
  if (!(error instanceof FinetoothError) || before?.requests === undefined) return error;
  return error.withUsage(addUsage(before, error.usage));
}

/** For `catch`: throws the error with what had been used before, see `afterUsage`. */
export const failAfter =
  (before: Usage | undefined) =>
  (error: unknown): never => {
    throw afterUsage(error, before);
  };

const sum = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
