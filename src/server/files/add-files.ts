import { FinetoothError } from '../../errors.ts';
import { type AddReport, readDocuments, type SearchIndex } from '../../index.ts';
import type { ReadDocument } from '../../types.ts';
import type { IndexRegistry } from '../indexes/registry.ts';
import { RequestError } from '../problem.ts';

/** A file of a client that lies on the disk. */
export interface FileToAdd {
  /** What the client calls it. */
  readonly path: string;
  readonly place: string;
  readonly format?: string | undefined;
}

export interface AddFilesOptions {
  readonly indexes: IndexRegistry;
  /** Of the index. */
  readonly name: string;
  /** Of each file, unpacked. */
  readonly mostBytes: number;
  /** Remove what came of a file before and is not in it now. @default false */
  readonly replace?: boolean | undefined;
  readonly signal: AbortSignal;
  /** Aborted when the server is about to end. */
  readonly closing: AbortSignal | undefined;
  /** So many documents are safe, and so many files with all of theirs. */
  readonly onProgress: (documents: number, files: number) => void;
  /** Called for a file that cannot be read; the others are read all the same. @default the error is thrown */
  readonly onFailure?: ((path: string, error: FinetoothError) => void) | undefined;
}

/** Packed or not, a file holds at most `mostBytes`: a few bytes may stand for gigabytes. */
export const readingOf = (path: string, format: string | undefined, signal: AbortSignal, mostBytes: number) => ({
  mostUnpackedBytes: mostBytes,
  where: path,
  documentPath: path,
  // A name that is none is refused by the reader, with those that there are.
  format: format as never,
  signal,
});

/** What another file need not have. */
const aboutOneFile: ReadonlySet<string> = new Set(['E_INPUT_MISSING', 'E_INPUT_EMPTY', 'E_INPUT_FORMAT', 'E_PACKAGE']);
/** Documents of the first batch: whoever waits before a page sees soon that it goes on. */
const FIRST = 32;
/** Documents that are deleted at once. */
const BATCH = 10_000;

/** Adds the documents of files in one run: what a batch of small files costs is what one of their size costs. */
export function addFiles(files: readonly FileToAdd[], options: AddFilesOptions): Promise<AddReport> {
  const { indexes, name, replace = false, signal, onProgress } = options;
  return indexes.reading(name, async (index, gone) => {
    const origins = indexes.origins(name, index);
    if (replace && origins === undefined && index.manifest() !== undefined) throw unknownOrigins();
    const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => indexes.inTurn(name, gone, work);
    const watch = watchFiles(files, { ...options, gone });
    const report = await index
      .addRead(watch.documents, {
        signal,
        firstBatch: FIRST,
        onProgress: ({ done }) => onProgress(done, watch.filesBefore(done)),
        onDocument: watch.see,
        // The fields were named when the index was made, for all documents that are still to come.
        missingFields: 'accept',
        write: inTurn,
      })
      .catch((error: unknown) => {
        if (error instanceof FinetoothError && error.code === 'E_INPUT_EMPTY' && watch.isWithoutDocuments()) return nothingAdded;
        throw error;
      });
    const removed = await keepOrigins({ indexes, name, index, replace, inTurn }, watch.ids);
    return { ...report, removed };
  });
}

interface Watched extends Pick<AddFilesOptions, 'mostBytes' | 'signal' | 'closing' | 'onFailure'> {
  readonly gone: AbortSignal;
}

/** The documents of all files one after the other, and which came of which. */
function watchFiles(files: readonly FileToAdd[], { mostBytes, signal, closing, gone, onFailure }: Watched) {
  const ids = new Map<string, Set<string>>();
  /** The file of each document that was read and has no id yet, in order. */
  const waiting: Set<string>[] = [];
  /** Documents of each file that was read to its end, with those of the files before. */
  const ends: number[] = [];
  let read = 0;
  const documents = async function* (): AsyncGenerator<ReadDocument> {
    for (const { path, place, format } of files) {
      const own = new Set<string>();
      try {
        for await (const one of readDocuments(place, readingOf(path, format, signal, mostBytes))) {
          for (const stop of [gone, closing]) stop?.throwIfAborted();
          read++;
          waiting.push(own);
          yield one;
        }
        ids.set(path, own);
      } catch (error) {
        if (onFailure === undefined || !(error instanceof FinetoothError && aboutOneFile.has(error.code))) throw error;
        onFailure(path, error);
      }
      ends.push(read);
    }
  };
  return {
    /** By path, of files that were read to their end. */
    ids: ids as ReadonlyMap<string, ReadonlySet<string>>,
    documents: documents(),
    see: (id: string): void => void waiting.shift()?.add(id),
    filesBefore: (done: number): number => ends.filter((end) => end <= done).length,
    /** Whether every file was one that cannot be read. */
    isWithoutDocuments: (): boolean => onFailure !== undefined && read === 0,
  };
}

interface Kept {
  readonly indexes: IndexRegistry;
  readonly name: string;
  readonly index: SearchIndex;
  readonly replace: boolean;
  readonly inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** Keeps what came of which file; with `replace`, removes what a file has no longer, unless it is another's too. Returns how many were removed. */
async function keepOrigins(
  { indexes, name, index, replace, inTurn }: Kept,
  found: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<number> {
  const origins = indexes.origins(name, index);
  if (origins === undefined) {
    if (replace && found.size > 0) throw unknownOrigins();
    return 0;
  }
  let removed = 0;
  for (const [path, ids] of found) {
    const before = await origins.of(path);
    await origins.keep(path, replace ? ids : new Set([...before, ...ids]));
    const lost = replace ? [...before].filter((id) => !ids.has(id)) : [];
    const elsewhere = lost.length === 0 ? new Set<string>() : await origins.ofOthers(path);
    const own = lost.filter((id) => !elsewhere.has(id));
    for (let at = 0; at < own.length; at += BATCH) removed += await inTurn(() => index.delete(own.slice(at, at + BATCH)));
  }
  return removed;
}

const unknownOrigins = (): RequestError =>
  new RequestError(
    'invalid',
    'replace is for an index in a folder: of one in a database no one knows what came of which file; leave it out',
    {
      param: 'replace',
    },
  );

const nothingAdded: AddReport = {
  added: 0,
  changed: 0,
  unchanged: 0,
  removed: 0,
  withoutText: 0,
  cutDocuments: 0,
  cutTokens: 0,
  tokens: 0,
  took: 0,
};
