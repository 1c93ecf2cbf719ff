import type { Consumption } from '../vendor.ts';
import type { Price } from '../vendor-model.ts';

/**
 * A user's own, by `vendor:model` in lowercase; `vendor:*` for all of a vendor's.
 *
 * @example
 * import { hosted, type PriceTable } from 'finetooth/hosted';
 *
 * const prices: PriceTable = { 'cohere:rerank-v3.5': { searches: 2, source: 'our contract', seen: '2026-11-01' } };
 * const reranker = hosted('cohere:rerank-v3.5', { prices });
 */
export type PriceTable = Readonly<Record<string, Price>>;

export function priceOf(name: string, table: PriceTable): Price | undefined {
  const lowercase = name.toLowerCase();
  return table[lowercase] ?? table[`${lowercase.slice(0, lowercase.indexOf(':'))}:*`];
}

/** What a call cost; nothing where the price, or what it counts, is not known. */
export function costOf({ tokens, written, searches, cost }: Consumption, price: Price | undefined): number | undefined {
  if (cost !== undefined) return cost;
  if (price === undefined) return undefined;
  const parts: readonly (readonly [number | undefined, number | undefined])[] = [
    [price.tokens === undefined ? undefined : price.tokens / 1e6, tokens],
    [price.written === undefined ? undefined : price.written / 1e6, written],
    [price.searches === undefined ? undefined : price.searches / 1e3, searches],
  ];
  const counted = parts.filter(([each]) => each !== undefined);
  if (counted.length === 0 || counted.some(([each, used]) => each !== 0 && used === undefined)) return undefined;
  return counted.reduce((sum, [each, used]) => sum + (each as number) * (used ?? 0), 0);
}
