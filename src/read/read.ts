import { FinetoothError, throwIfStopped } from '../errors.ts';
import type { ReadDocument } from '../types.ts';
import { readDelimited } from './csv.ts';
import { readFolder } from './folder.ts';
import { contentHeadBytes, type FileFormat, type Format, formatOfContent, formatOfName, formats, textKindOf } from './format.ts';
import { readJson } from './json.ts';
import { readJsonl } from './jsonl.ts';
import { type Lines, lineBatchesOf } from './lines.ts';
import { readParquet } from './parquet.ts';
import { kindOfPath } from './path.ts';
import { openSource, type Source } from './source.ts';
import { readTextDocument } from './text-document.ts';

export interface ReadOptions {
  /** @default told by the path: a folder, or the extension (before .gz); else by the first bytes (see `formatOfContent`) */
  readonly format?: Format;
  /** The bytes behind the path `-`. @default process.stdin */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Ends the reading with E_STOPPED, also while it waits for bytes. */
  readonly signal?: AbortSignal;
  /** What the input is called in errors and in `where`. @default the path as it was given, or `standard input` */
  readonly where?: string;
}

/** Enough bytes for every check of a known format: a byte order mark, magic bytes, the encoding that a page names. */
const headBytes = 1024;

const nameOf = (source: string, options: ReadOptions): string => options.where ?? (source === '-' ? 'standard input' : source);

const parquetStream = (name: string, packed: boolean): FinetoothError => {
  const advice = packed ? 'Unpack it with "gunzip" first; Parquet is packed inside.' : 'Save it as a file first.';
  return new FinetoothError('E_INPUT_FORMAT', `${name} is Parquet, which is read from its end and so not from a stream. ${advice}`);
};

async function* readStream(source: Source, format: Exclude<FileFormat, 'parquet'>, path: string | undefined): AsyncGenerator<ReadDocument> {
  if (format === 'json') yield* readJson(source.name, source.texts());
  else if (format === 'jsonl') yield* readJsonl(source.name, source.texts());
  else if (format === 'text') {
    const file = path?.replace(/^.*[/\\]/, '');
    const read = await readTextDocument(source, (path && textKindOf(path)) || 'plain', file, false);
    yield { ...read, where: source.name, ...(file !== undefined && { id: file }) };
  } else yield* readDelimited(source.name, source.texts(), format);
}

async function* readFrom(path: string, options: ReadOptions): AsyncGenerator<ReadDocument> {
  const name = nameOf(path, options);
  const file = path === '-' ? undefined : path;
  const kind = file === undefined ? 'pipe' : await kindOfPath(file, name);
  if (file !== undefined && kind === 'folder') {
    if (options.format !== undefined && options.format !== 'folder')
      throw new FinetoothError('E_INPUT_FORMAT', `${name} is a folder and cannot be read as ${options.format}. Name a file in it.`);
    yield* readFolder(file, name, options.signal);
    return;
  }
  if (options.format === 'folder')
    throw new FinetoothError('E_INPUT_FORMAT', (say) => `${name} is not a folder. Leave ${say.option('format')} out, or name the folder.`);

  const known = options.format ?? (file === undefined ? undefined : formatOfName(file));
  if (known === 'parquet' && file !== undefined && kind === 'file' && !/\.gz$/i.test(file)) {
    yield* readParquet(file, name, options.signal);
    return;
  }
  const source = await openSource(file ?? options.stdin ?? process.stdin, name, known ? headBytes : contentHeadBytes, options.signal);
  try {
    const format = known ?? formatOfContent(source.head, name);
    if (format !== 'parquet') yield* readStream(source, format, file);
    else if (file === undefined || kind !== 'file' || source.packed) throw parquetStream(name, source.packed);
    else yield* readParquet(file, name, options.signal);
  } finally {
    await source.close();
  }
}

/**
 * Reads the documents of a file, a folder, or standard input (`-`), one at a time and in order, packed with gzip or not.
 * Memory is bounded by the longest record (JSON, JSONL, CSV, TSV), the longest text, or the largest row group (Parquet).
 * Documents that come before a broken place are yielded before its error. Every error is a FinetoothError: E_INPUT_MISSING,
 * E_INPUT_EMPTY, E_INPUT_FORMAT or E_STOPPED.
 */
export async function* readDocuments(source: string, options: ReadOptions = {}): AsyncGenerator<ReadDocument, void, undefined> {
  if (options.format !== undefined && !formats.includes(options.format))
    throw new FinetoothError('E_USAGE', `there is no format "${String(options.format)}". The formats are ${formats.join(', ')}.`);
  throwIfStopped(options.signal);
  for await (const read of readFrom(source, options)) {
    throwIfStopped(options.signal);
    yield read;
  }
}

/** A line of plain text and the place it came from. */
export interface ReadText {
  readonly text: string;
  readonly where: string;
}

/** Reads plain text in batches of lines, blank ones included, from a file or standard input (`-`), packed with gzip or not. */
export async function* readLineBatches(source: string, options: Omit<ReadOptions, 'format'> = {}): AsyncGenerator<Lines, void, undefined> {
  const name = nameOf(source, options);
  if (source !== '-' && (await kindOfPath(source, name)) === 'folder')
    throw new FinetoothError('E_INPUT_FORMAT', `${name} is a folder; lines are read from a file. Name a file in it.`);
  const opened = await openSource(source === '-' ? (options.stdin ?? process.stdin) : source, name, headBytes, options.signal);
  try {
    for await (const lines of lineBatchesOf(name, opened.texts())) {
      throwIfStopped(options.signal);
      yield lines;
    }
  } finally {
    await opened.close();
  }
}

/** Reads plain text line by line; blank lines are left out. E_INPUT_EMPTY without any. */
export async function* readTextLines(source: string, options: Omit<ReadOptions, 'format'> = {}): AsyncGenerator<ReadText, void, undefined> {
  const name = nameOf(source, options);
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
