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

const sum = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
