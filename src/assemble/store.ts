import { FinetoothError } from '../errors.ts';
import type { Engine } from '../store/engine.ts';
import type { Durability } from '../store/lancedb/durability.ts';
import { readManifest } from '../store/lancedb/index-folder.ts';
import { lanceStore } from '../store/lancedb/lancedb.ts';
import { memoryStore } from '../store/memory.ts';
import { postgresEngine } from '../store/postgres/engine.ts';
import { qdrantEngine } from '../store/qdrant/engine.ts';
import type { Manifest, Store } from '../store/store.ts';
import { nearestName } from '../wording/nearest-name.ts';

/** A scheme is two letters or more, so that `C:\movies` is a folder. */
const schemeForm = /^([a-z][a-z0-9+.-]+):/i;

/** Databases that hold indexes. */
const engines: readonly Engine[] = [qdrantEngine, postgresEngine];

/**
 * The one place where a store is made of its name: `./folder` is an index on this machine, `memory:` a new one that ends with the process, and an
 * address such as `qdrant://host:6333/films` or `postgres://host/database/films` one that a database holds.
 *
 * @throws E_USAGE for a scheme that is not known
 */
export function openStore(where: string, durability?: Durability): Store {
  const scheme = schemeOf(where);
  if (scheme === undefined) return lanceStore(where, { durability });
  if (scheme !== 'memory') return (engineOf(where) as Engine).store(where);
  if (where.length > 'memory:'.length)
    throw new FinetoothError('E_USAGE', `"${where}" is not the name of a store: "memory:" has nothing behind it.`);
  return memoryStore();
}

/** The database that holds an index of this name; undefined where it is the name of something else. */
export function engineOf(where: string): Engine | undefined {
  const scheme = schemeForm.exec(where)?.[1]?.toLowerCase();
  return engines.find(({ schemes }) => scheme !== undefined && schemes.includes(scheme));
}

/** Whether a store of this name is a folder. Throws E_USAGE for a scheme that is not known. */
export function isFolder(where: string): boolean {
  return schemeOf(where) === undefined;
}

/** Throws E_USAGE for a store that ends with the process. */
export function checkKept(where: string, what: string): void {
  if (schemeOf(where) === 'memory')
    throw new FinetoothError('E_USAGE', `only an index that outlives the process can be ${what}; got "${where}".`);
}

/** Throws E_USAGE for a store that is not a folder. */
export function checkFolder(where: string, what: string): void {
  if (!isFolder(where)) throw new FinetoothError('E_USAGE', `only an index in a folder can be ${what}; got "${shownName(where)}".`);
}

/** The name of a store as it stands in answers and errors: without what is secret in it. */
export function shownName(where: string): string {
  return engineOf(where)?.shown(where) ?? where;
}

/** The manifest of the index of this name; undefined where there is none. */
export async function manifestOf(where: string): Promise<Manifest | undefined> {
  if (isFolder(where)) return readManifest(where);
  const store = openStore(where);
  try {
    return await store.open();
  } finally {
    await store.close();
  }
}

function schemeOf(where: string): string | undefined {
  const scheme = schemeForm.exec(where)?.[1]?.toLowerCase();
  const known = ['memory', ...engines.flatMap(({ schemes }) => schemes)];
  if (scheme === undefined || known.includes(scheme)) return scheme;
  const near = nearestName(scheme, known);
  const meant = near === undefined ? '' : ` Did you mean "${near}:"?`;
  throw new FinetoothError(
    'E_USAGE',
    `there is no store "${scheme}:"; got "${where}".${meant} There are folders, and ${known.map((one) => `"${one}:"`).join(', ')}. A folder with a colon in its name is written "./${where}".`,
  );
}
