import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { FinetoothError, throwIfStopped } from '../../errors.ts';
import type { CallOptions } from '../../types.ts';
import { GAP, splitStaged } from './address.ts';
import type { Collections, Opened } from './collection.ts';
import type { LeaseTimes } from './request-options.ts';
import type { Requests } from './requests.ts';

export const leaseTimes: LeaseTimes = { renewMs: 10_000, deadMs: 60_000, waitMs: 300_000, settleMs: 1000 };

export interface Leases {
  /**
   * Runs a write, which tells what it wrote to, until it was not beside one who makes the index again: who began after the write has read it, and
   * who began before it may not have, so that it is written once more to what takes the place.
   */
  write(work: () => Promise<Opened>, options?: CallOptions): Promise<void>;
}

/** How often it is looked whether a lease is gone. */
const LOOK_MS = 250;

export const leasePrefix = (name: string): string => `${splitStaged(name)[0]}${GAP}lease-`;

export function leasesOf(
  requests: Requests,
  collections: Collections,
  name: string,
  shown: string,
  times: LeaseTimes = leaseTimes,
): Leases {
  return {
    write: async (work, { signal } = {}) => {
      const start = performance.now();
      for (;;) {
        throwIfStopped(signal);
        const { collection } = await collections.onto(work);
        const aliases = await aliasesOf(requests, collection);
        const leases = leasesIn(aliases, name);
        if (leases.length === 0 && aliases.includes(name)) return;
        await waitFor(requests, collection, name, { ...times, waitMs: times.waitMs - (performance.now() - start), shown, signal });
      }
    },
  };
}

/** The names that lead to a collection. */
export async function aliasesOf(requests: Requests, collection: string): Promise<readonly string[]> {
  const { aliases } = await requests.ask((client) => client.getCollectionAliases(collection));
  return aliases.map(({ alias_name }) => alias_name);
}

export const leasesIn = (aliases: readonly string[], name: string): readonly string[] =>
  aliases.filter((alias) => alias.startsWith(leasePrefix(name)));

export const newOwner = (): string => randomBytes(6).toString('hex');

export interface Waiting extends LeaseTimes, CallOptions {
  readonly shown: string;
}

/** Waits until no one makes the index again; removes the lease of a dead one. Throws E_LOCKED after `waitMs`. */
export async function waitFor(
  requests: Requests,
  collection: string,
  name: string,
  { deadMs, waitMs, shown, signal }: Waiting,
): Promise<void> {
  const start = performance.now();
  const seen = new Map<string, number>();
  for (;;) {
    throwIfStopped(signal);
    const aliases = await aliasesOf(requests, collection);
    const leases = leasesIn(aliases, name);
    if (leases.length === 0) return;
    const now = performance.now();
    for (const lease of leases) {
      const since = seen.get(lease) ?? now;
      seen.set(lease, since);
      if (now - since > deadMs) await removeAlias(requests, lease);
    }
    if (now - start > waitMs)
      throw new FinetoothError(
        'E_LOCKED',
        `another process makes ${shown} again, and was not done in ${Math.round(waitMs / 60_000)} minutes. Run the same command again once it is.`,
      );
    await pause(LOOK_MS, undefined, { signal }).catch(() => {});
  }
}

/** Removes a name where it is there. */
export async function removeAlias(requests: Requests, alias: string): Promise<void> {
  await requests.ask((client) => client.updateCollectionAliases({ actions: [{ delete_alias: { alias_name: alias } }] }));
}
