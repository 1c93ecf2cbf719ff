import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FinetoothError, throwIfStopped } from '../errors.ts';
import type { ReadDocument, ReadNote } from '../types.ts';
import { openFolder } from './folder.ts';
import { failureNote } from './folder-files.ts';
import { folderReaders } from './formats.ts';
import { kindOfPath } from './path.ts';
import type { ReadOptions } from './read.ts';
import { createSource } from './source.ts';

/** What is another than it was. */
export interface FolderChanges {
  /** Files that are new or changed, sorted. */
  readonly changed: readonly string[];
  /** Files that are there no more, or are left out now; not those that cannot be seen. */
  readonly gone: readonly string[];
  /** What was left out, all of it. */
  readonly left: readonly ReadNote[];
  /** How many files there are. */
  readonly files: number;
}

/** A folder that is looked at again and again. */
export interface FolderWatch {
  /** What changed since the last look; in the first all files did. Throws E_INPUT_MISSING where the folder itself cannot be read. */
  changes(): Promise<FolderChanges>;
  /** The documents of a file. */
  read(path: string): AsyncGenerator<ReadDocument>;
  /** Until something may have changed: the system says so, or the time for a look of its own has come. At once when the signal is raised. */
  wait(): Promise<void>;
  close(): void;
}

/** Milliseconds for which the system must be silent, since programs write a file in several steps; and after which it is looked in any case. */
const QUIET_MS = 200;
const LONGEST_MS = 2_000;
/** Milliseconds from look to look where the system says nothing: what it says is a hint, on some disks it says nothing at all. */
const LOOK_MS = 5_000;

/** Watches a folder by comparing size, time and place of its files with those that they had. Throws E_INPUT_MISSING where there is none, E_USAGE for a file. */
export async function watchFolder(path: string, options: ReadOptions = {}): Promise<FolderWatch> {
  const { signal, where: name = path } = options;
  const kind = await kindOfPath(path, name);
  if (kind !== 'folder') throw new FinetoothError('E_USAGE', (say) => `${say.option('watch')} takes a folder; ${name} is a ${kind}.`);
  const folder = openFolder(createSource({ name, kind, path, folder: options, signal }), folderReaders);
  let known = new Map<string, string>();
  const hints = createHints(path);
  return {
    changes: async () => {
      const { files, left } = await folder.files();
      const now = new Map<string, string>();
      const failed: ReadNote[] = [];
      for (const file of files) {
        throwIfStopped(signal);
        try {
          now.set(file, await signatureOf(join(path, file)));
        } catch (error) {
          failed.push(failureNote(`${folder.name}/${file}`, file, error));
        }
      }
      const unseen = createUnseen([...left, ...failed]);
      const changed = [...now].filter(([file, signature]) => known.get(file) !== signature).map(([file]) => file);
      const gone = [...known.keys()].filter((file) => !now.has(file) && !unseen(file));
      // What cannot be seen now is compared again when it can.
      for (const [file, signature] of known) if (!now.has(file) && unseen(file)) now.set(file, signature);
      known = now;
      return { changed, gone, left: [...left, ...failed], files: files.length };
    },
    read: (file) => folder.read(file),
    wait: () => hints.wait(signal),
    close: () => hints.close(),
  };
}

async function signatureOf(path: string): Promise<string> {
  const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true });
  return `${size} ${mtimeNs} ${ctimeNs} ${ino}`;
}

/** Whether a file is one that could not be seen, or lies in a folder that could not. */
function createUnseen(notes: readonly ReadNote[]): (file: string) => boolean {
  const paths = new Set(notes.flatMap(({ path }) => path ?? []));
  return (file) => {
    for (let at = file.length; at > 0; at = file.lastIndexOf('/', at - 1)) if (paths.has(file.slice(0, at))) return true;
    return false;
  };
}

/** What the system says of changes below a folder. */
function createHints(path: string) {
  let hinted = Promise.withResolvers<void>();
  let watcher: FSWatcher | undefined;
  const listen = (): void => {
    if (watcher !== undefined) return;
    try {
      watcher = watch(path, { recursive: true, persistent: false }, () => hinted.resolve());
      // It fails where the folder goes, or where there are more folders than the system watches: then time alone decides.
      watcher.on('error', () => forget());
    } catch {
      watcher = undefined;
    }
  };
  const forget = (): void => {
    watcher?.close();
    watcher = undefined;
  };
  listen();
  return {
    wait: async (signal?: AbortSignal): Promise<void> => {
      listen();
      const isHinted = await firstOf(hinted.promise, LOOK_MS, signal);
      for (const began = performance.now(); isHinted && !signal?.aborted && performance.now() - began < LONGEST_MS; ) {
        hinted = Promise.withResolvers();
        if (!(await firstOf(hinted.promise, QUIET_MS, signal))) break;
      }
      hinted = Promise.withResolvers();
    },
    close: forget,
  };
}

/** Whether the promise was before the time; the signal ends the waiting too. */
async function firstOf(promise: Promise<void>, milliseconds: number, signal?: AbortSignal): Promise<boolean> {
  const timer = new AbortController();
  const signals = signal === undefined ? [timer.signal] : [timer.signal, signal];
  const late = delay(milliseconds, false, { signal: AbortSignal.any(signals) }).catch(() => false);
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    timer.abort();
  }
}
