import type { Consumption } from '../vendor.ts';

/** US dollars. */
export interface Price {
  /** A million tokens of input. */
  readonly tokens?: number;
  /** A million tokens that a language model writes. */
  readonly written?: number;
  /** A thousand searches, each a query with up to 100 documents of up to 500 tokens. */
  readonly searches?: number;
  /** Where it was read, and when. */
  readonly source: string;
  readonly seen: string;
}

/** By `vendor:model`, in small letters; `vendor:*` for all of a vendor's. */
export type PriceTable = Readonly<Record<string, Price>>;

export const priceOf = (name: string, table: PriceTable): Price | undefined => {
  const small = name.toLowerCase();
  return table[small] ?? table[`${small.slice(0, small.indexOf(':'))}:*`];
};

/** What a call cost; nothing where the price, or what it counts, is not known. */
export const costOf = ({ tokens, written, searches, cost }: Consumption, price: Price | undefined): number | undefined => {
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
};
