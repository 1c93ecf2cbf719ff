import { setTimeout as pause } from 'node:timers/promises';
import { throwIfStopped } from '../../errors.ts';
import type { CallOptions } from '../../types.ts';
import type { StagedIndex } from '../engine.ts';
import { indexReplaced } from '../index-changes.ts';
import { GAP, readAddress, shownAddress, siblingAddress, stagedName } from './address.ts';
import { collectionsOf, firstCollection } from './collection.ts';
import { aliasesOf, leasePrefix, leasesIn, leaseTimes, newOwner, waitFor } from './lease.ts';
import type { Schemas } from './library.ts';
import type { LeaseTimes } from './request-options.ts';
import { connectNodes, type Requests } from './requests.ts';

type AliasChange = Schemas['AliasOperations'];

export interface StageOptions extends CallOptions {
  readonly times?: LeaseTimes;
}

/** Room for a new index beside that of an address, in a collection of its own. Who writes to the old one waits from now until it is closed. */
export async function stageIndex(address: string, { signal, times = leaseTimes }: StageOptions = {}): Promise<StagedIndex> {
  const parsed = readAddress(address);
  const { name } = parsed;
  const shown = shownAddress(address);
  const requests = connectNodes(parsed, shown);
  const stage = newOwner();
  const alias = stagedName(name, stage);
  const find = async () => (await collectionsOf(requests, name, shown, parsed).now())?.collection;
  const lease = await holdLease(requests, find, name, shown, times, signal);
  try {
    // Without a lease, as of an index that there is not yet, another one may be at work.
    if (lease !== undefined) await sweepStaged(requests, name, alias);
  } catch (error) {
    await lease?.release();
    throw error;
  }
  let isDone = false;
  return {
    address: siblingAddress(address, alias),
    swap: async () => {
      const made = await collectionsOf(requests, alias, shown, parsed).here();
      if ((await find()) !== lease?.collection || (lease !== undefined && !(await lease.isHeld()))) throw indexReplaced(shown);
      // One step for who reads and who waits to write: the name leads to the new one, and no one makes it again.
      await requests.ask((client) =>
        client.updateCollectionAliases({
          actions: [
            ...(lease === undefined ? [] : [deleted(lease.stop())]),
            deleted(alias),
            { create_alias: { collection_name: made.collection, alias_name: name } },
          ],
        }),
      );
      isDone = true;
    },
    close: async () => {
      await lease?.release();
      if (!isDone) await removeCollection(requests, firstCollection(alias));
      requests.close();
    },
  };
}

export const deleted = (alias: string): AliasChange => ({ delete_alias: { alias_name: alias } });

/** Removes a collection with all names that lead to it, where it is there. */
export async function removeCollection(requests: Requests, collection: string): Promise<void> {
  await requests.ask((client) => client.deleteCollection(collection));
}

/** Collections that were staged and never put in place by who is dead now: no lease was renewed while this one waited for its own. */
export async function sweepStaged(requests: Requests, name: string, except?: string): Promise<readonly string[]> {
  const { aliases } = await requests.ask((client) => client.getAliases());
  const dead = aliases.filter(({ alias_name }) => alias_name.startsWith(stagedName(name, '')) && alias_name !== except);
  for (const { collection_name } of dead) await removeCollection(requests, collection_name);
  return dead.map(({ collection_name }) => collection_name);
}

interface Lease {
  readonly collection: string;
  isHeld(): Promise<boolean>;
  /** Ends renewing and tells the alias that is held. */
  stop(): string;
  release(): Promise<void>;
}

/**
 * Two who want it at once both see both, since changes of aliases have one order, and wait long enough for each node to have seen them: the one whose
 * owner's name is less goes on, and the other one waits for it. Who goes on has another number than 0.
 */
async function holdLease(
  requests: Requests,
  find: () => Promise<string | undefined>,
  name: string,
  shown: string,
  times: LeaseTimes,
  signal: AbortSignal | undefined,
): Promise<Lease | undefined> {
  const owner = newOwner();
  const aliasOf = (number: number) => `${leasePrefix(name)}${owner}-${number}`;
  const change = (actions: AliasChange[]) => requests.ask((client) => client.updateCollectionAliases({ actions }));
  const created = (number: number): AliasChange => ({ create_alias: { collection_name: collection, alias_name: aliasOf(number) } });
  const start = performance.now();
  let collection = '';
  for (;;) {
    throwIfStopped(signal);
    const now = await find();
    if (now === undefined) return undefined;
    collection = now;
    await waitFor(requests, collection, name, { ...times, waitMs: times.waitMs - (performance.now() - start), shown, signal });
    await change([created(0)]);
    await pause(times.settleMs);
    const aliases = await aliasesOf(requests, collection);
    // The one who was waited for has put another collection in the place of this one.
    const leases = leasesIn(aliases, name);
    if (aliases.includes(name) && leases.every((lease) => lease.endsWith('-0') && lease >= aliasOf(0))) break;
    await change([deleted(aliasOf(0))]);
    await pause(times.settleMs * (1 + Math.random()));
  }
  let number = 0;
  let renewing: Promise<unknown> = Promise.resolve();
  const renew = async (): Promise<void> => {
    await change([created(number + 1), deleted(aliasOf(number))]);
    number++;
  };
  // Who comes now sees that this one is past its wait.
  await renew();
  const timer = setInterval(() => {
    renewing = renewing.then(renew).catch(() => {});
  }, times.renewMs);
  timer.unref();
  const isHeld = async () => (await aliasesOf(requests, collection)).includes(aliasOf(number));
  let isReleased = false;
  const stop = (): string => {
    clearInterval(timer);
    isReleased = true;
    return aliasOf(number);
  };
  return {
    collection,
    isHeld: async () => {
      clearInterval(timer);
      await renewing;
      return isHeld();
    },
    stop,
    release: async () => {
      if (isReleased) return;
      clearInterval(timer);
      await renewing;
      if (await isHeld()) await change([deleted(stop())]);
    },
  };
}

/** Collections of an index that no name leads to: rebuilds have kept them. */
export async function keptCollections(requests: Requests, name: string): Promise<readonly string[]> {
  const [{ collections }, { aliases }] = await Promise.all([
    requests.ask((client) => client.getCollections()),
    requests.ask((client) => client.getAliases()),
  ]);
  const led = new Set(aliases.map(({ collection_name }) => collection_name));
  return collections.map((one) => one.name).filter((one) => one.startsWith(`${name}${GAP}`) && !led.has(one));
}
