import { basename, resolve } from 'node:path';
import { FinetoothError } from '../errors.ts';
import { stampOf } from '../store/lancedb/index-folder.ts';
import type { Manifest, Store } from '../store/store.ts';
import type { NamedIndexes } from './named-indexes.ts';
import { openIndex } from './open-index.ts';
import { checkKept, engineOf, openStore, shownName } from './store.ts';

/** Milliseconds for which what a database said of an index holds: whoever uses it meanwhile sees at the latest then that it was made again. */
const STAMP_MS = 1000;

/**
 * Indexes that are only opened, each under the name of its folder, or of the index in its database. Throws E_USAGE for two of one name, and for one
 * that ends with the process.
 */
export function givenIndexes(given: readonly string[], now: () => number = Date.now): NamedIndexes & { readonly names: readonly string[] } {
  const places = new Map<string, Place>();
  for (const where of given) {
    checkKept(where, 'served');
    const name = nameOf(where);
    const other = places.get(name);
    if (other !== undefined)
      throw new FinetoothError(
        'E_USAGE',
        `${other.shown} and ${shownName(where)} would both be the index "${name}". Give one of them another name.`,
      );
    places.set(name, engineOf(where) === undefined ? inFolder(where) : inDatabase(where, now));
  }
  const place = (name: string): Place => places.get(name) as Place;
  return {
    names: [...places.keys()],
    list: async () => [...places.keys()],
    stamp: (name) => place(name).stamp(),
    open: (name, options) => place(name).open(options),
    folderOf: (name) => place(name).folder,
    close: async () => {
      for (const one of places.values()) await one.close?.();
    },
  };
}

interface Place {
  readonly shown: string;
  /** undefined: in a database. */
  readonly folder?: string;
  stamp(): Promise<string | undefined>;
  open: (options: Parameters<NamedIndexes['open']>[1]) => ReturnType<NamedIndexes['open']>;
  close?(): Promise<void>;
}

const inFolder = (folder: string): Place => ({
  shown: folder,
  folder,
  stamp: () => stampOf(folder),
  open: (options) => openIndex(folder, options),
});

function inDatabase(where: string, now: () => number): Place {
  let store: Store | undefined;
  let told: { readonly at: number; readonly manifest: Promise<Manifest | undefined> } | undefined;
  const ask = (): Promise<Manifest | undefined> => {
    if (told !== undefined && now() - told.at < STAMP_MS) return told.manifest;
    const manifest = (store ??= openStore(where)).open();
    const asked = { at: now(), manifest };
    told = asked;
    // What could not be asked is asked again by the next one.
    manifest.catch(() => {
      if (told === asked) told = undefined;
    });
    return manifest;
  };
  return {
    shown: shownName(where),
    stamp: async () => {
      const manifest = await ask();
      return manifest && (manifest.id ?? JSON.stringify(manifest));
    },
    // Of a folder alone it is said what a write outlives.
    open: ({ durability: _, ...options }) => openIndex(where, options),
    close: async () => store?.close(),
  };
}

/** Lowercase letters, digits, "_" and "-". */
const nameOf = (where: string): string =>
  (engineOf(where)?.indexName(where) ?? basename(resolve(where))).toLowerCase().replace(/[^a-z0-9_-]+/g, '-');
