import { eitherSignal } from '../time/either-signal.ts';
import type { CallOptions } from '../types.ts';
import { preload } from './bounded-fetch.ts';
import type { ConnectionOptions } from './connection.ts';
import type { Budget } from './money/budget.ts';
import { type PriceTable, priceOf } from './money/cost.ts';
import { createMeter, type Meter } from './money/meter.ts';
import type { CircuitBreakerOptions } from './retry/circuit-breaker.ts';
import { createRequests, type Requests, type RequestsOptions } from './retry/requests.ts';
import type { Limits, Price, VendorModel } from './vendor-model.ts';

/** What may be said of every hosted model. */
export interface HostedOptions extends ConnectionOptions {
  /** Milliseconds for a whole call, waiting and trying again included, 1 to 600,000. @default 30,000; for documents to embed 300,000 */
  readonly deadlineMs?: number;
  /** How often a request that failed is sent again, 0 to 9. @default 2 */
  readonly retries?: number;
  /** Requests at the same time. @default what the vendor allows, else 4 */
  readonly concurrency?: number;
  /** Requests that begin within a minute. @default what the vendor allows */
  readonly requestsPerMinute?: number;
  /** What one request may hold, where it is other than the vendor's. */
  readonly limits?: Limits;
  /** A text that is too long for the vendor: read in chunks of which the best counts, or only its beginning. Vectors are always of the beginning. @default chunk */
  readonly longDocuments?: 'chunk' | 'truncate';
  /** Shared by all models that it is given to. @default none */
  readonly budget?: Budget;
  /** Prices that go before those of the table. */
  readonly prices?: PriceTable;
  readonly circuitBreaker?: CircuitBreakerOptions;
}

/** A hosted model before it is asked: who, how much at once, and how to open it. */
export interface HostedSource<Send> {
  /** `together:BAAI/bge-base-en-v1.5`. */
  readonly name: string;
  /** What the vendor runs under the name instead, see `VendorModel`. */
  readonly servedBy?: VendorModel['servedBy'];
  /** Where it is, where the name does not say which model it is; see `addressOf`. */
  readonly address?: string;
  readonly limits: Limits;
  /** Absent where none is known. */
  readonly price?: Price;
  readonly keyVariable?: string;
  readonly baseVariable?: string;
  /** Finds the key and loads what speaks to the vendor. */
  open(): Promise<{ readonly send: Send; readonly key?: string | undefined }>;
}

export interface HostedModel<Send> {
  readonly name: string;
  readonly limits: Limits;
  readonly price: Price | undefined;
  /** Opens once; what failed is tried again. Throws E_KEY, E_PACKAGE, E_USAGE. */
  open(): Promise<{ readonly send: Send; readonly requests: Requests }>;
  /**
   * When a call must be over, on the clock of `performance.now`: the model's own deadline counts from now on, once everything is loaded, the
   * caller's from `started`.
   */
  until(usualMs: number, started: number, deadlineMs?: number): number;
  meter(): Meter;
}

/** What tells a model from every other: part of fingerprints, so that two servers never share what is cached. */
export const identityOf = ({ name, servedBy, address }: Pick<HostedSource<unknown>, 'name' | 'servedBy' | 'address'>): string =>
  `${name}${servedBy === undefined ? '' : ` as ${servedBy.name}`}${address === undefined ? '' : ` at ${address}`}`;

/** A source with its rate limiter, its circuit breaker, its price and its budget. */
export function hostedModel<Send>(source: HostedSource<Send>, options: HostedOptions): HostedModel<Send> {
  const limits: Limits = { ...source.limits, ...options.limits };
  const price = priceOf(source.name, options.prices ?? {}) ?? source.price;
  const settings: RequestsOptions = {
    retries: options.retries,
    concurrency: options.concurrency ?? limits.concurrency,
    requestsPerMinute: options.requestsPerMinute ?? limits.requestsPerMinute,
    circuitBreaker: options.circuitBreaker,
  };
  let opened: Promise<{ readonly send: Send; readonly requests: Requests }> | undefined;
  return {
    name: source.name,
    limits,
    price,
    open: () => {
      opened ??= Promise.all([source.open(), preload()]).then(
        ([{ send, key }]) => ({
          send,
          requests: createRequests(
            { name: source.name, key, keyVariable: source.keyVariable, baseVariable: source.baseVariable },
            settings,
          ),
        }),
        (error: unknown) => {
          opened = undefined;
          throw error;
        },
      );
      return opened;
    },
    until: (usualMs, started, deadlineMs) =>
      Math.min(performance.now() + (options.deadlineMs ?? usualMs), started + (deadlineMs ?? Number.POSITIVE_INFINITY)),
    meter: () => createMeter(source.name, price, options.budget),
  };
}

/** The work with a signal of its own: one part that fails ends the others. */
export async function inParallel<Part>(
  parts: readonly Part[],
  work: (part: Part, signal: AbortSignal) => Promise<void>,
  { signal }: CallOptions,
): Promise<void> {
  const ended = new AbortController();
  const both = eitherSignal(signal, ended.signal);
  let first: { readonly error: unknown } | undefined;
  await Promise.all(
    parts.map(async (part) => {
      try {
        await work(part, both);
      } catch (error) {
        first ??= { error };
        ended.abort(error);
      }
    }),
  );
  if (first !== undefined) throw first.error;
}
