import { openIndex } from '../assemble/open-index.ts';
import { FinetoothError } from '../errors.ts';
import { documentTest } from '../filter/document-test.ts';
import type { FieldTypes } from '../filter/filter.ts';
import { isAboutAFile } from '../read/folder.ts';
import { failureNote } from '../read/folder-files.ts';
import { type FolderChanges, type FolderWatch, watchFolder as openWatch } from '../read/folder-watch.ts';
import type { AddReport } from '../search/add.ts';
import type { SearchIndex } from '../search/search-index.ts';
import { typesIn } from '../store/store.ts';
import type { ReadDocument, ReadNote } from '../types.ts';
import { callback, checkOptions, type OptionChecks } from '../wording/check-options.ts';
import { readNotes, type Skipped } from '../wording/read-notes.ts';
import { type IndexDocumentsOptions, indexChecks, indexDocuments } from './index-documents.ts';
import { opened } from './opened-documents.ts';

export interface WatchFolderOptions extends Omit<IndexDocumentsOptions, 'format' | 'stdin' | 'prune' | 'vectorField'> {
  /** A folder. */
  readonly source: string;
  /** Called after the first reading with its report, and then each time that the index was brought in step. */
  readonly onSync?: (sync: FolderSync) => void;
}

const { format: _, stdin: __, prune: ___, vectorField: ____, ...ofIndexing } = indexChecks;
const watchChecks: OptionChecks<WatchFolderOptions> = { ...ofIndexing, onSync: callback };

/** What was brought in step, or could not be. */
export interface FolderSync {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Files that were read or are gone, the first 20, as paths below the folder; of the first reading none is named. */
  readonly files: readonly string[];
  /** Of those that were looked at, what could not be read; what the index holds of it stays. */
  readonly skipped?: Skipped;
  /** The report of the first reading. */
  readonly first?: AddReport;
  /** Why the folder could not be looked at, as a sentence: the index stays as it is until it can be. */
  readonly problem?: string;
  /** Milliseconds. */
  readonly took: number;
}

/** Files that are named. */
const NAMED = 20;
/** Errors of the index after which it is opened and brought in step from the start: another process made it again, or writes for long. */
const again = ['E_LOCKED', 'E_INDEX_MISSING', 'E_RECIPE'];

/**
 * Keeps an index in step with a folder until the signal is raised: first as `indexDocuments` with `prune`, then file by file as they come, change and go.
 * Documents of files that cannot be read stay, and so do all while the folder is empty or cannot be read. What is written is whole at any time: after a
 * kill the same call goes on.
 *
 * @example
 * import { watchFolder } from 'finetooth/tasks';
 *
 * const end = new AbortController();
 * await watchFolder({
 *   source: './notes',
 *   into: './notes-index',
 *   signal: end.signal,
 *   onSync: ({ added, removed }) => {
 *     console.log(added, removed); // 2 0
 *     end.abort(); // a program that keeps the index in step goes on instead
 *   },
 * });
 *
 * @throws E_USAGE where the source is no folder; what `indexDocuments` throws while it reads for the first time; E_DISK_FULL and errors of the embedder later
 */
export async function watchFolder(options: WatchFolderOptions): Promise<void> {
  checkOptions('watchFolder', options, watchChecks);
  const { source, signal, onSync } = options;
  if (source === '-') throw new FinetoothError('E_USAGE', (say) => `${say.option('watch')} takes a folder; got standard input.`);
  await using watch = disposable(await openWatch(source, options));
  let isFirst = true;
  while (!signal?.aborted) {
    try {
      await keepInStep(watch, options, isFirst);
    } catch (error) {
      if (!(error instanceof FinetoothError)) throw error;
      if (error.code === 'E_STOPPED' && !isFirst) return;
      if (isFirst || !again.includes(error.code)) throw error;
      onSync?.({ ...nothing, problem: error.message });
      await watch.wait();
    }
    isFirst = false;
  }
}

const disposable = (watch: FolderWatch): FolderWatch & AsyncDisposable => ({ ...watch, [Symbol.asyncDispose]: async () => watch.close() });

/** Reads the folder as a whole and then what changes, until the signal is raised. */
async function keepInStep(watch: FolderWatch, options: WatchFolderOptions, isFirst: boolean): Promise<void> {
  const { onSync, ...indexed } = options;
  const { source, into, signal } = indexed;
  // Before the reading: what changes during it is seen as a change afterwards.
  await untilThereAreFiles(watch, options);
  if (signal?.aborted) return;
  const first = await indexDocuments({ ...indexed, rebuild: isFirst && options.rebuild, prune: true, format: 'folder', source });
  const { added, changed, removed, skipped, took } = first;
  onSync?.({ added, changed, removed, files: [], skipped, first, took });
  await using index = await openIndex(into, { embedder: options.embedder, models: options.models, durability: options.durability });
  const ids = await idsByFile(index);
  while (!signal?.aborted) {
    await watch.wait();
    if (signal?.aborted) return;
    const seen = await look(watch, onSync);
    if (seen !== undefined) await bringInStep(index, { seen, ids, watch }, options);
  }
}

/** The first look; a folder that is empty so far is waited for. */
async function untilThereAreFiles(watch: FolderWatch, { signal, onSync, source }: WatchFolderOptions): Promise<void> {
  for (let isSaid = false; !signal?.aborted; isSaid = true) {
    const { files, left } = await watch.changes();
    // What is there and cannot be read has a sentence of its own, from the reading.
    if (files > 0 || left.some(({ path }) => path !== undefined)) return;
    if (!isSaid) onSync?.({ ...nothing, problem: `${source} holds no file that is read yet; waiting for the first.` });
    await watch.wait();
  }
}

const nothing: FolderSync = { added: 0, changed: 0, removed: 0, files: [], took: 0 };

async function look(watch: FolderWatch, onSync: WatchFolderOptions['onSync']): Promise<FolderChanges | undefined> {
  try {
    return await watch.changes();
  } catch (error) {
    if (!isAboutAFile(error)) throw error;
    onSync?.({ ...nothing, problem: `${error.message} What the index holds stays.` });
    return undefined;
  }
}

interface Step {
  readonly seen: FolderChanges;
  /** Ids of the documents of each file. */
  readonly ids: Map<string, ReadonlySet<string>>;
  readonly watch: FolderWatch;
}

/** Reads the files that changed, then removes what they hold no more and what is gone: a file that moved is never in neither place. */
async function bringInStep(index: SearchIndex, { seen, ids, watch }: Step, options: WatchFolderOptions): Promise<void> {
  const { signal, onSync, filter } = options;
  const started = performance.now();
  if (seen.changed.length + seen.gone.length === 0) return;
  const isEmptied = seen.files === 0 && seen.changed.length === 0;
  if (isEmptied) return onSync?.({ ...nothing, problem: 'the folder is empty: what the index holds stays until there is a file again.' });
  const notes = readNotes();
  const read = new Map<string, Set<string>>();
  const fits = filter === undefined ? () => true : documentTest(filter, typesOf(index));
  const documents = async function* (): AsyncGenerator<ReadDocument> {
    for (const path of seen.changed) {
      const own = new Set<string>();
      try {
        for await (const one of watch.read(path)) {
          notes.add(one.notes);
          if (!fits(one.document)) continue;
          if (one.id !== undefined) own.add(one.id);
          yield one;
        }
        read.set(path, own);
      } catch (error) {
        if (!isAboutAFile(error)) throw error;
        notes.add([failureNote(`${options.source}/${path}`, path, error) satisfies ReadNote]);
      }
    }
  };
  // Nothing is written where no file of those that changed can be read.
  const { first, all } = await opened(documents());
  const report = first && (await index.addRead(all, { signal }));
  const removed = [
    ...[...read].flatMap(([path, own]) => [...(ids.get(path) ?? [])].filter((id) => !own.has(id))),
    ...seen.gone.flatMap((path) => [...(ids.get(path) ?? [])]),
  ];
  const count = removed.length === 0 ? 0 : await index.delete(removed);
  for (const [path, own] of read) ids.set(path, own);
  for (const path of seen.gone) ids.delete(path);
  onSync?.({
    added: report?.added ?? 0,
    changed: report?.changed ?? 0,
    removed: count,
    files: [...seen.changed, ...seen.gone].slice(0, NAMED),
    skipped: notes.skipped(),
    took: performance.now() - started,
  });
}

function typesOf(index: SearchIndex): FieldTypes {
  const manifest = index.manifest();
  return manifest === undefined ? {} : typesIn(manifest);
}

/** The ids that the index holds, by the file that their field `path` names. */
async function idsByFile({ store }: SearchIndex): Promise<Map<string, ReadonlySet<string>>> {
  const ids = new Map<string, Set<string>>();
  for await (const { id, document } of store.get('all', ['document'])) {
    const path = typeof document?.path === 'string' ? document.path : id;
    const own = ids.get(path) ?? new Set();
    ids.set(path, own.add(id));
  }
  return ids;
}
