import { FinetoothError, throwIfStopped } from '../errors.ts';
import type { ReadDocument, ReadNote } from '../types.ts';
import {
  checkOptions,
  checkValue,
  isRecord,
  type OptionChecks,
  positive,
  signal,
  text,
  texts,
  truth,
  when,
} from '../wording/check-options.ts';
import { anyText } from '../wording/check-shapes.ts';
import type { FolderOptions } from './folder-files.ts';
import type { Format } from './formats.ts';
import { type Lines, lineBatchesOf } from './lines.ts';
import { kindOfPath } from './path.ts';
import { type Reader, withEncodingNote } from './reader.ts';
import { createSource, type Source } from './source.ts';

export interface ReadOptions extends FolderOptions {
  /** The name of a format, or a reader of your own. @default told by the path: a folder, or the extension (before .gz); else by the first bytes */
  readonly format?: Format | Reader;
  /** The format of an input of which neither path nor content says it, unless it looks like columns; a note says so. @default none: it is refused */
  readonly otherwise?: Format;
  /** The bytes behind the path `-`. @default process.stdin */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Ends the reading with E_STOPPED, also while it waits for bytes. */
  readonly signal?: AbortSignal;
  /** What the input is called in errors and in `where`. @default the path as it was given, or `standard input` */
  readonly where?: string;
  /** Of a file: the path that it goes by in place of its own, as below a folder: by it the format is told, and it is the id and the field `path` of a document that is a file. @default its name */
  readonly documentPath?: string;
  /** Bytes that an input packed with gzip may hold, 1 and up: a larger one ends with E_INPUT_FORMAT, after the documents before. @default any number */
  readonly mostUnpackedBytes?: number;
}

export const readChecks: OptionChecks<ReadOptions> = {
  include: texts,
  exclude: texts,
  ignored: truth,
  followLinks: truth,
  strict: truth,
  // A name that is none has a sentence of its own.
  format: when('the name of a format, or a reader', (value) => text(value) === undefined || isRecord(value)),
  otherwise: text,
  stdin: when(
    'bytes that come one after the other',
    (value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value,
  ),
  signal,
  where: text,
  documentPath: text,
  mostUnpackedBytes: positive,
};

/** What a function that does more than read passes on. */
export const readOptionsIn = (options: ReadOptions): ReadOptions =>
  Object.fromEntries(Object.keys(readChecks).map((key) => [key, options[key as keyof ReadOptions]]));

/** A line of plain text and the place it came from. */
export interface ReadText {
  readonly text: string;
  readonly where: string;
}

/**
 * Reads the documents of a file, a folder, or standard input (`-`), one at a time and in order, packed with gzip or not.
 * Memory is bounded by the longest record (JSON, JSONL, CSV, TSV), the longest text, or the largest row group (Parquet).
 * Documents that come before a broken place are yielded before its error. Every error is a FinetoothError: E_INPUT_MISSING,
 * E_INPUT_EMPTY, E_INPUT_FORMAT, E_STOPPED, or E_USAGE for options that there are not.
 *
 * @example
 * import { readDocuments } from 'finetooth';
 *
 * for await (const { document, where } of readDocuments('movies.json')) {
 *   console.log(where, document.title); // movies.json…
 * }
 */
export async function* readDocuments(source: string, options: ReadOptions = {}): AsyncGenerator<ReadDocument, void, undefined> {
  checkOptions('readDocuments', options, readChecks);
  const { format, signal } = options;
  const { formats } = await loadFormats();
  if (format !== undefined && typeof format !== 'object' && !formats.includes(format))
    throw new FinetoothError('E_USAGE', `there is no format "${String(format)}". The formats are ${formats.join(', ')}.`);
  throwIfStopped(signal);
  const opened = await openSource(source, options);
  try {
    const { reader, note } = await readerFor(opened, options);
    let isFirst = true;
    for await (const read of withEncodingNote(opened, reader.read(opened))) {
      throwIfStopped(signal);
      yield isFirst && note !== undefined ? { ...read, notes: [note, ...(read.notes ?? [])] } : read;
      isFirst = false;
    }
  } finally {
    await opened.close();
  }
}

/** The name of the format that `readDocuments` reads a source by. Throws as that does, before the first document. */
export async function formatOf(source: string, options: Omit<ReadOptions, 'format'> = {}): Promise<string> {
  const opened = await openSource(source, options);
  try {
    return (await readerFor(opened, options)).reader.name;
  } finally {
    await opened.close();
  }
}

/** Reads plain text in batches of lines, blank ones included, from a file or standard input (`-`), packed with gzip or not. */
export async function* readLineBatches(source: string, options: Omit<ReadOptions, 'format'> = {}): AsyncGenerator<Lines, void, undefined> {
  const opened = await openSource(source, options);
  if (opened.kind === 'folder')
    throw new FinetoothError('E_INPUT_FORMAT', `${opened.name} is a folder; lines are read from a file. Name a file in it.`);
  try {
    for await (const lines of lineBatchesOf(opened.name, opened.texts())) {
      throwIfStopped(options.signal);
      yield lines;
    }
  } finally {
    await opened.close();
  }
}

/** Reads plain text line by line; blank lines are left out. E_INPUT_EMPTY without any. */
export async function* readTextLines(source: string, options: Omit<ReadOptions, 'format'> = {}): AsyncGenerator<ReadText, void, undefined> {
  const name = options.where ?? (source === '-' ? 'standard input' : source);
  let count = 0;
  for await (const { texts, first } of readLineBatches(source, options)) {
    for (const [at, text] of texts.entries()) {
      if (text.trim() === '') continue;
      yield { text, where: `${name} line ${first + at}` };
      count++;
    }
  }
  if (count === 0) throw new FinetoothError('E_INPUT_EMPTY', `${name} holds only blank lines. Check the command that wrote it.`);
}

/** On first use: who searches, or ranks a list, reads no files. */
function loadFormats() {
  return import('./formats.ts');
}

async function openSource(source: string, options: Omit<ReadOptions, 'format'>): Promise<Source> {
  checkValue('a path to read', source, anyText);
  const { signal, mostUnpackedBytes, where: name = source === '-' ? 'standard input' : source } = options;
  if (source === '-') return createSource({ name, kind: 'pipe', signal, mostUnpackedBytes }, options.stdin ?? process.stdin);
  const kind = await kindOfPath(source, name);
  const documentPath = options.documentPath ?? source.replace(/^.*[/\\]/, '');
  return createSource({ name, kind, path: source, documentPath, folder: options, signal, mostUnpackedBytes });
}

interface Chosen {
  readonly reader: Reader;
  readonly note?: ReadNote;
}

async function readerFor(source: Source, { format, otherwise, documentPath }: ReadOptions): Promise<Chosen> {
  const { contentHeadBytes, looksLikeColumns, readerNamed, readerOfContent, readerOfName } = await loadFormats();
  const { name, kind } = source;
  const path = documentPath ?? source.path;
  const wanted = typeof format === 'object' ? format.name : format;
  if (kind === 'folder' && wanted !== undefined && wanted !== 'folder')
    throw new FinetoothError('E_INPUT_FORMAT', `${name} is a folder and cannot be read as ${wanted}. Name a file in it.`);
  if (kind !== 'folder' && wanted === 'folder')
    throw new FinetoothError('E_INPUT_FORMAT', (say) => `${name} is not a folder. Leave ${say.option('format')} out, or name the folder.`);
  if (typeof format === 'object') return { reader: format };
  if (kind === 'folder') return { reader: readerNamed('folder') };
  if (format !== undefined) return { reader: readerNamed(format, path) };
  const named = path === undefined ? undefined : readerOfName(path);
  if (named !== undefined) return { reader: named };
  const head = await source.head(contentHeadBytes);
  try {
    return { reader: readerOfContent(head, name) };
  } catch (error) {
    if (otherwise === undefined || looksLikeColumns(head)) throw error;
    return { reader: readerNamed(otherwise), note: { kind: 'taken-for-lines', where: name, reason: '' } };
  }
}
