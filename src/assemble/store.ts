import { FinetoothError } from '../errors.ts';
import type { Durability } from '../store/lancedb/durability.ts';
import { lanceStore } from '../store/lancedb/lancedb.ts';
import { memoryStore } from '../store/memory.ts';
import type { Store } from '../store/store.ts';
import { nearestName } from '../wording/nearest-name.ts';

/** A scheme is two letters or more, so that `C:\movies` is a folder. */
const schemeForm = /^([a-z][a-z0-9+.-]+):/i;

/** What stands before the first colon of a store's name; each makes a store of what stands behind it. */
const schemes: Readonly<Record<string, (rest: string) => Store>> = {
  memory: (rest) => {
    if (rest !== '') throw new FinetoothError('E_USAGE', `"memory:${rest}" is not the name of a store: "memory:" has nothing behind it.`);
    return memoryStore();
  },
};

/**
 * The one place where a store is made of its name: `./folder` is an index on this machine, `memory:` a new one that ends with the process.
 *
 * @throws E_USAGE for a scheme that is not known
 */
export function openStore(where: string, durability?: Durability): Store {
  const scheme = schemeOf(where);
  if (scheme === undefined) return lanceStore(where, { durability });
  return (schemes[scheme] as (rest: string) => Store)(where.slice(scheme.length + 1));
}

/** Whether a store of this name is a folder. Throws E_USAGE for a scheme that is not known. */
export function isFolder(where: string): boolean {
  return schemeOf(where) === undefined;
}

/** Throws E_USAGE for a store that is not a folder. */
export function checkFolder(where: string, what: string): void {
  if (!isFolder(where)) throw new FinetoothError('E_USAGE', `only an index in a folder can be ${what}; got "${where}".`);
}

function schemeOf(where: string): string | undefined {
  const scheme = schemeForm.exec(where)?.[1]?.toLowerCase();
  if (scheme === undefined || Object.hasOwn(schemes, scheme)) return scheme;
  const near = nearestName(scheme, Object.keys(schemes));
  const meant = near === undefined ? '' : ` Did you mean "${near}:"?`;
  const known = Object.keys(schemes).map((one) => `"${one}:"`);
  throw new FinetoothError(
    'E_USAGE',
    `there is no store "${scheme}:"; got "${where}".${meant} There are folders, and ${known.join(', ')}. A folder with a colon in its name is written "./${where}".`,
  );
}
