import { basename, dirname, join } from 'node:path';
import { indexFolders, indexNameForm, indexNameWords } from '../../assemble/index-folders.ts';
import { isFolder, openStore, shownName } from '../../assemble/store.ts';
import { FinetoothError } from '../../errors.ts';
import type { Store } from '../../store/store.ts';
import { decorate } from '../../wording/decorate.ts';

/** Where the indexes of a vector store lie, by their names. */
export interface Places {
  /** Throws E_USAGE for a name that no index can have here. */
  store(name: string): Store;
  /** Names of the indexes that there are. */
  list(): Promise<readonly string[]>;
  /** Throws E_USAGE where an index is not ours to remove. */
  remove(name: string): Promise<void>;
}

/** A folder of indexes, `memory:`, or for each name a folder, an address of a database, or a store. */
export type VectorPlaces = string | Readonly<Record<string, string | Store>>;

export function placesOf(at: VectorPlaces): Places {
  if (typeof at !== 'string') return namedPlaces(at);
  if (at === 'memory:') return memoryPlaces();
  if (isFolder(at)) return folderPlaces(at);
  throw new FinetoothError(
    'E_USAGE',
    `at: "${shownName(at)}" is one index of a database; name each one: at: { films: 'qdrant://localhost:6333/films' }.`,
  );
}

function folderPlaces(folder: string): Places {
  const folders = indexFolders(folder);
  return {
    store: (name) => {
      if (!indexNameForm.test(name)) throw new FinetoothError('E_USAGE', `"${name}" is not a valid name of an index: ${indexNameWords}.`);
      return openStore(join(folder, name));
    },
    list: () => folders.list(),
    remove: async (name) => {
      await folders.remove(name);
    },
  };
}

function memoryPlaces(): Places {
  const stores = new Map<string, Store>();
  return {
    store: (name) => {
      const store = stores.get(name) ?? openStore('memory:');
      stores.set(name, store);
      return store;
    },
    list: async () => {
      const all = await Promise.all([...stores].map(async ([name, store]) => ((await store.open()) === undefined ? [] : [name])));
      return all.flat();
    },
    remove: async (name) => {
      stores.delete(name);
    },
  };
}

function namedPlaces(named: Readonly<Record<string, string | Store>>): Places {
  const names = Object.keys(named);
  const placeOf = (name: string): string | Store => {
    const place = Object.hasOwn(named, name) ? named[name] : undefined;
    if (place !== undefined) return place;
    throw new FinetoothError(
      'E_USAGE',
      `no place was named for the index "${name}"; there are ${names.join(', ') || 'none'}. Add it to at.`,
    );
  };
  const memory = memoryPlaces();
  const store = (name: string): Store => {
    const place = placeOf(name);
    if (place === 'memory:') return memory.store(name);
    // A store of the caller's is the caller's to close.
    return typeof place === 'string' ? openStore(place) : decorate(place, { close: async () => {} });
  };
  return {
    store,
    list: async () => {
      const there = await Promise.all(
        names.map(async (name) => {
          const one = store(name);
          const manifest = await one.open();
          if (named[name] !== 'memory:') await one.close();
          return manifest !== undefined;
        }),
      );
      return names.filter((_, at) => there[at]);
    },
    remove: async (name) => {
      const place = placeOf(name);
      if (place === 'memory:') return memory.remove(name);
      if (typeof place === 'string' && isFolder(place)) {
        await indexFolders(dirname(place)).remove(basename(place));
        return;
      }
      throw new FinetoothError(
        'E_USAGE',
        `the index "${name}" lies in ${typeof place === 'string' ? shownName(place) : 'a store of yours'}, which this does not remove. Remove it there, or empty it with deleteVectors.`,
      );
    },
  };
}
