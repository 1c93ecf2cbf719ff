import { setTimeout as pause } from 'node:timers/promises';
import { givenIndexes } from '../../assemble/given-indexes.ts';
import { engineOf } from '../../assemble/store.ts';
import type { FolderSync } from '../../tasks/index.ts';
import { isPlainSource } from '../../tasks/is-plain-source.ts';
import type { KeptIndex } from '../../tasks/keep-index-of.ts';
import { RequestError } from '../problem.ts';
import { createIndexRegistry, type IndexRegistry, type RegistryOptions } from './registry.ts';

export interface SearchedFoldersOptions extends RegistryOptions {
  /** Told each time that the index of such a folder was brought in step. */
  readonly onSync?: ((name: string, sync: FolderSync) => void) | undefined;
}

/** Milliseconds that a request waits for an index that is being made: most folders of notes are read by then. */
const LONGEST_WAIT_MS = 20_000;

/**
 * A registry in which a file, or a folder of files that is no index, stands for its index in the cache: made at once, and kept in step. Who asks for one that
 * is being made is told so.
 */
export async function registryWithFolders(options: SearchedFoldersOptions): Promise<IndexRegistry> {
  const kept = new Map<string, KeptIndex>();
  const given = await Promise.all(
    options.given.map(async (where) => {
      if (engineOf(where) !== undefined || !(await isPlainSource(where))) return where;
      const { keepIndexOf } = await import('../../tasks/keep-index-of.ts');
      const [name] = givenIndexes([where]).names as readonly [string];
      const one = await keepIndexOf({ source: where, models: options.models, onSync: (sync) => options.onSync?.(name, sync) });
      kept.set(name, one);
      return one.folder;
    }),
  );
  const registry = createIndexRegistry({ ...options, given });
  if (kept.size === 0) return registry;
  const whole = async (name: string): Promise<void> => {
    const one = kept.get(name);
    if (one?.unfinished() === undefined) return;
    const late = new AbortController();
    await Promise.race([one.ready(), pause(LONGEST_WAIT_MS, undefined, { ref: false, signal: late.signal }).catch(() => {})]).finally(() =>
      late.abort(),
    );
    const state = one.unfinished();
    if (state !== undefined)
      throw new RequestError('unready', `the index "${name}" is being made, ${state.done} documents so far; ask again`, {
        code: 'E_INDEX_BUILDING',
        retryAfter: 5,
      });
  };
  const refuseWriting = (name: string): void => {
    if (kept.has(name))
      throw new RequestError(
        'forbidden',
        `the index "${name}" is kept in step with its folder: write a file there, and it is found a moment later`,
      );
  };
  return {
    ...registry,
    openGiven: () => registry.openGiven([...kept].flatMap(([name, one]) => (one.unfinished() === undefined ? [] : [name]))),
    reading: async (name, work, wanted) => {
      await whole(name);
      return registry.reading(name, work, wanted);
    },
    unfinished: async (name) => kept.get(name)?.unfinished() ?? registry.unfinished(name),
    writing: async (name, work) => {
      refuseWriting(name);
      return registry.writing(name, work);
    },
    inTurn: async (name, gone, work) => {
      refuseWriting(name);
      return registry.inTurn(name, gone, work);
    },
    close: async () => {
      await Promise.all([...kept.values()].map((one) => one.close()));
      await registry.close();
    },
  };
}
