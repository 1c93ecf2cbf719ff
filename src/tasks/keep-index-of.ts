import { stat } from 'node:fs/promises';
import { noteUse, readRecord } from '../cache/searched-record.ts';
import { FinetoothError } from '../errors.ts';
import type { AddReport } from '../search/add.ts';
import { type IndexOfOptions, indexOf, placeOfIndex } from './index-of.ts';
import { type FolderSync, watchFolder } from './watch-folder.ts';

export interface KeepIndexOfOptions extends Pick<IndexOfOptions, 'source' | 'models'> {
  /** Told each time that the index was brought in step. */
  readonly onSync?: (sync: FolderSync) => void;
}

/** The index of a file or a folder in the cache, which goes on with it. */
export interface KeptIndex {
  /** Where it is, or will be. */
  readonly folder: string;
  /** How many documents of the first reading are stored; undefined once the index is whole. */
  unfinished(): { readonly done: number; readonly total: number } | undefined;
  /** Resolves when the index is whole; rejects with why it cannot be made, after which the next call begins again. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Begins at once. A folder is watched afterwards, file by file; a file is read once. An index that is whole from earlier can be asked at once and is brought
 * in step meanwhile.
 */
export async function keepIndexOf({ source, models, onSync }: KeepIndexOfOptions): Promise<KeptIndex> {
  const { kept, folder, record } = await placeOfIndex({ source, models });
  const closing = new AbortController();
  const { signal } = closing;
  let [done, total] = [0, 0];
  let isWhole = (await readRecord(kept))?.documents !== undefined;
  let making: Promise<void> | undefined;
  let run: Promise<void> | undefined;
  const onProgress = (progress: { readonly done: number; readonly total?: number | undefined }): void => {
    [done, total] = [progress.done, Math.max(progress.total ?? 0, progress.done)];
  };
  const noteFirst = async ({ added, changed, unchanged }: AddReport): Promise<void> => {
    await noteUse(kept, { ...record, documents: added + changed + unchanged });
    isWhole = true;
  };
  const begin = (): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {});
    const first = (report: AddReport): Promise<void> => noteFirst(report).then(resolve, reject);
    run = (async () => {
      await noteUse(kept, record);
      if (!(await stat(source)).isDirectory()) {
        const { report } = await indexOf({ source, models, signal, onProgress });
        await first(report);
        return onSync?.({ ...report, files: [], first: report });
      }
      await watchFolder({
        ...{ source, models, signal, onProgress, into: folder, durability: 'process' },
        onSync: (sync) => {
          if (sync.first !== undefined) void first(sync.first);
          onSync?.(sync);
        },
      });
    })().catch((error: unknown) => {
      making = undefined;
      if (!signal.aborted) reject(error);
    });
    return promise;
  };
  making = begin();
  return {
    folder,
    unfinished: () => (isWhole ? undefined : { done, total }),
    ready: () => (isWhole ? Promise.resolve() : (making ??= begin())),
    close: async () => {
      closing.abort(new FinetoothError('E_STOPPED', 'the server is being closed.'));
      await run;
    },
  };
}
