import { basename, join } from 'node:path';
import { FinetoothError, throwIfStopped } from '../errors.ts';
import type { ReadDocument, ReadNote } from '../types.ts';
import { isGenerated } from './code-languages.ts';
import { type FolderFiles, failureNote, filesBelow } from './folder-files.ts';
import { kindOfPath } from './path.ts';
import { extensionOf, type Reader, withEncodingNote } from './reader.ts';
import { createSource, type Source } from './source.ts';

/**
 * Reads the files below a folder that one of these readers reads by its extension, sorted by path; hidden ones, those that a `.gitignore` leaves out and
 * those of other formats are not read. `id` and the field `path` are the path below the folder; of a file of several documents each has its own id behind
 * a "#". An empty file is a document with an empty text. What cannot be read is left out with a note, unless `strict`: a link that leads to nothing or out
 * of the folder, a torn file, one that no one may read.
 */
export function folderOf(readers: FileReaders) {
  return {
    name: 'folder',
    extensions: [],
    recognise: () => false,
    read: (source) => readFolder(source, readers),
  } as const satisfies Reader;
}

/** The readers of the files of a folder. */
export interface FileReaders {
  /** By extension. */
  readonly documents: readonly Reader[];
  /** Of a file that a pattern names, whatever its extension. */
  readonly plain: Reader;
}

/** What a folder is read by. */
export interface Folder {
  /** What it is called in sentences. */
  readonly name: string;
  files(): Promise<FolderFiles>;
  /** The documents of one of them. */
  read(path: string): AsyncGenerator<ReadDocument>;
}

/** The files of a folder, each readable by itself. */
export function openFolder(source: Source, { documents, plain }: FileReaders): Folder {
  const { path: root = '', name: given, signal, folder: options = {} } = source;
  const name = given.replace(/(?<=.)[/\\]+$/, '');
  const { include } = options;
  const known = (path: string): Reader | undefined => documents.find(({ extensions }) => extensions.includes(extensionOf(path)));
  const isNamed = include !== undefined && include.length > 0;
  const isDocument = (path: string): boolean => (isNamed || (known(path) !== undefined && !isGenerated(path))) && !/\.gz$/i.test(path);
  return {
    name,
    files: () => filesBelow({ root, name, isDocument, signal }, options),
    read: async function* (path) {
      const where = `${name}/${path}`;
      const kind = await kindOfPath(join(root, path), where);
      if (kind !== 'file')
        throw new FinetoothError('E_INPUT_MISSING', `${where} is a pipe or a folder, not a file. Rename it, or read it by itself.`);
      const one = createSource({ name: where, kind, path: join(root, path), documentPath: path, mayBeEmpty: true, signal });
      try {
        yield* withEncodingNote(one, (known(path) ?? plain).read(one));
      } finally {
        await one.close();
      }
    },
  };
}

async function* readFolder(source: Source, readers: FileReaders): AsyncGenerator<ReadDocument> {
  const folder = openFolder(source, readers);
  const { files, left, failure } = await folder.files();
  const notes: ReadNote[] = [...left];
  let firstFailure = failure;
  // One is held back: what follows it may be a note about what comes after the last.
  let held: ReadDocument | undefined;
  for (const path of files) {
    throwIfStopped(source.signal);
    try {
      for await (const read of folder.read(path)) {
        if (held !== undefined) yield held;
        held = { ...read, ...(notes.length + (read.notes?.length ?? 0) > 0 && { notes: [...notes.splice(0), ...(read.notes ?? [])] }) };
      }
    } catch (error) {
      if (source.folder?.strict || !isAboutAFile(error)) throw error;
      firstFailure ??= error;
      notes.push(failureNote(`${folder.name}/${path}`, path, error));
    }
  }
  if (held !== undefined) yield notes.length === 0 ? held : { ...held, notes: [...(held.notes ?? []), ...notes] };
  else throw nothingToRead(folder.name, { left, failure: firstFailure }, readers);
}

/** What another file need not have. */
export const isAboutAFile = (error: unknown): error is FinetoothError =>
  error instanceof FinetoothError && ['E_INPUT_MISSING', 'E_INPUT_EMPTY', 'E_INPUT_FORMAT', 'E_PACKAGE'].includes(error.code);

function nothingToRead(name: string, { left, failure }: Pick<FolderFiles, 'left' | 'failure'>, { documents }: FileReaders): FinetoothError {
  // Without any document what went wrong is no side issue.
  if (failure !== undefined) return failure;
  const outside = left.find(({ kind }) => kind === 'link-outside');
  if (outside !== undefined)
    return new FinetoothError(
      'E_INPUT_EMPTY',
      (say) =>
        `${name} has no file of its own to read: ${outside.where} is a link out of the folder. Name what it leads to, or pass ${say.option('followLinks')}.`,
    );
  const ignored = left.find(({ kind }) => kind === 'ignored');
  const [other] = left.filter(({ kind }) => kind === 'other-format');
  const count = left.filter(({ kind }) => kind === 'other-format').length;
  const example =
    other !== undefined
      ? `it holds ${count} other, for example ${basename(other.where)}`
      : ignored !== undefined
        ? `a .gitignore leaves out what it holds, for example ${basename(ignored.where)}`
        : 'it holds no files that are asked for';
  const extensions = documents.flatMap((reader) => reader.extensions.slice(0, 2).map((extension) => `.${extension}`)).slice(0, 12);
  return new FinetoothError(
    'E_INPUT_EMPTY',
    `${name} has no file that is read (${extensions.join(', ')} and others): ${example}. To read a JSON, CSV or Parquet file, name the file itself.`,
  );
}
