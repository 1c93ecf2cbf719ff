import { FinetoothError } from '../errors.ts';
import type { PriceTable } from '../hosted/money/cost.ts';
import type { Price } from '../hosted/vendor-model.ts';
import { readJsonValue } from '../read/json-value.ts';
import { checkArguments, signal as isSignal, text } from '../wording/check-options.ts';
import { optional } from '../wording/check-shapes.ts';

const amounts = ['tokens', 'written', 'searches'] as const;

/**
 * Prices of the user's own, which go before the list's. Throws E_INPUT_MISSING, and E_INPUT_FORMAT for what is no table of prices.
 *
 * @example
 * import { hosted, readPrices } from 'finetooth/hosted';
 *
 * const prices = await readPrices('prices.json'); // { "cohere:rerank-v3.5": { "searches": 2 } }: dollars per thousand
 * const reranker = hosted('cohere:rerank-v3.5', { prices });
 */
export async function readPrices(path: string, signal?: AbortSignal): Promise<PriceTable> {
  checkArguments("readPrices('prices.json')", { path: [path, text], signal: [signal, optional(isSignal)] });
  const value = await readJsonValue(path, signal);
  const wrong = (why: string): FinetoothError =>
    new FinetoothError(
      'E_INPUT_FORMAT',
      `${path}: ${why}. A price is {"vendor:model": {"tokens": 0.05}}, in US dollars per million tokens.`,
    );
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('it is no object of prices');
  const table: Record<string, Price> = {};
  for (const [name, price] of Object.entries(value as Readonly<Record<string, unknown>>)) {
    if (typeof price !== 'object' || price === null) throw wrong(`the price of "${name}" is no object`);
    const given = price as Readonly<Record<string, unknown>>;
    const known = amounts.filter((key) => given[key] !== undefined);
    for (const key of known)
      if (typeof given[key] !== 'number' || !((given[key] as number) >= 0)) throw wrong(`"${key}" of "${name}" is no amount of dollars`);
    const unknown = Object.keys(given).find((key) => ![...amounts, 'source', 'seen'].includes(key));
    if (unknown !== undefined) throw wrong(`"${name}" has "${unknown}"; there are ${amounts.join(', ')}, source and seen`);
    if (known.length === 0) throw wrong(`"${name}" has no amount`);
    table[name.toLowerCase()] = {
      ...Object.fromEntries(known.map((key) => [key, given[key]])),
      source: typeof given.source === 'string' ? given.source : path,
      seen: typeof given.seen === 'string' ? given.seen : 'given',
    };
  }
  return table;
}
