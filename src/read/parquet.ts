import { type FileHandle, open } from 'node:fs/promises';
import type { AsyncBuffer, Compressors, SchemaElement } from 'hyparquet';
import { FinetoothError, messageOf, throwIfStopped } from '../errors.ts';
import type { FieldValue, ReadDocument } from '../types.ts';
import { durationUnits } from './arrow-durations.ts';
import { type ExportedRow, exportedDocuments, exportedIn, ownColumns } from './exported.ts';
import { columnReaders, type ReadCell } from './parquet-columns.ts';
import { parsersOf } from './parquet-values.ts';
import { unreadable } from './path.ts';
import type { Reader } from './reader.ts';
import { checkColumnNames } from './record.ts';

/** Read from its end, so that only a file can be read, packed inside at most. */
export const parquet = {
  name: 'parquet',
  extensions: ['parquet'],
  recognise: (head) => head.startsWith('PAR1'),
  read: async function* (source) {
    const { path, name, kind, signal } = source;
    const mayBeRead = path !== undefined && kind === 'file';
    if (!mayBeRead || /\.gz$/i.test(path)) await source.head();
    if (!mayBeRead || source.isPacked()) throw noStream(name, source.isPacked());
    yield* readParquet(path, name, signal);
  },
} as const satisfies Reader;

const damaged = (name: string, problem: string, cause?: unknown): FinetoothError =>
  new FinetoothError('E_INPUT_FORMAT', `${name} ${problem}. Write or fetch it again.`, { cause });

/** `PAR1` at both ends, and four bytes of footer length (https://parquet.apache.org/docs/file-format/). */
const smallest = 12;

const footerProblem = (name: string, error: unknown): FinetoothError =>
  damaged(name, `is a damaged Parquet file: its footer cannot be read (${messageOf(error)})`, error);

/** Compressors that know a page of nothing: pyarrow writes one byte of LZ4 for it, which is no block by itself. */
const withEmptyPages = (compressors: Compressors): Compressors =>
  Object.fromEntries(
    Object.entries(compressors).map(([codec, unpack]) => [
      codec,
      (input: Uint8Array, length: number) => (length === 0 ? new Uint8Array() : unpack(input, length)),
    ]),
  );

function noStream(name: string, packed: boolean): FinetoothError {
  const advice = packed ? 'Unpack it with "gunzip" first; Parquet is packed inside.' : 'Save it as a file first.';
  return new FinetoothError('E_INPUT_FORMAT', `${name} is Parquet, which is read from its end and so not from a stream. ${advice}`);
}

interface Row {
  readonly where: string;
  readonly cells: readonly unknown[];
  /** A cell as JSON can hold it. */
  readonly valueIn: (at: number) => FieldValue;
}

/**
 * One document for each row, columns as fields (see `fieldValueOf`).
 * Memory is bounded by the largest row group.
 */
async function* readParquet(path: string, name: string, signal: AbortSignal | undefined): AsyncGenerator<ReadDocument> {
  const { parquetMetadataAsync, parquetRead, parquetSchema } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(name, error);
  });
  try {
    const { size } = await handle.stat();
    await checkMagic(handle, name, size);
    const file: AsyncBuffer = {
      byteLength: size,
      slice: (start, end = size) => {
        if (end > size) throw damaged(name, `points at byte ${end} but has only ${size}`);
        const reading = bytesOf(handle, name, start, end).then((bytes) => bytes.buffer);
        // hyparquet reads ahead, and forgets a read that failed when another one failed before it: without this the process would end.
        reading.catch(() => undefined);
        return reading;
      },
    };
    const parsers = parsersOf(name);
    // Without our parsers: statistics may be cut within a character. Without `geoparquet`: it loops for ever over a damaged footer.
    const metadata = await parquetMetadataAsync(file, { geoparquet: false }).catch((error: unknown) => {
      throw footerProblem(name, error);
    });
    const columns = columnsOf(name, () => parquetSchema(metadata).children.map((column) => column.element));
    const readers = columnReaders(parquetSchema(metadata).children, durationUnits(metadata.key_value_metadata));
    const counted = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
    if (counted !== Number(metadata.num_rows))
      throw damaged(name, `is a damaged Parquet file: it says that it has ${metadata.num_rows} rows, but its row groups have ${counted}`);
    const rows = async function* (): AsyncGenerator<Row> {
      let row = 0;
      for (const group of metadata.row_groups) {
        throwIfStopped(signal);
        const rowEnd = row + Number(group.num_rows);
        const all = await new Promise<unknown[][]>((resolve, reject) => {
          parquetRead({
            file,
            metadata,
            compressors: withEmptyPages(compressors),
            parsers,
            utf8: false,
            rowStart: row,
            rowEnd,
            rowFormat: 'array',
            onComplete: resolve,
          }).catch(reject);
        }).catch((error: unknown) => {
          if (error instanceof FinetoothError) throw error;
          throw damaged(name, `is a damaged Parquet file: rows ${row + 1} to ${rowEnd} cannot be read (${messageOf(error)})`, error);
        });
        for (const cells of all) {
          const where = `${name} row ${++row}`;
          yield { where, cells, valueIn: (at) => (readers[at] as ReadCell)(cells[at], where) };
        }
      }
      if (row === 0) throw new FinetoothError('E_INPUT_EMPTY', `${name} has columns but no rows. Check the command that wrote it.`);
    };
    const names = columns.map((column) => column.name);
    const exported = await exportedIn(metadata.key_value_metadata, name);
    const own = exported === undefined ? [] : ownColumns(exported);
    if (exported === undefined || !own.every((column) => names.includes(column))) {
      for await (const { where, valueIn } of rows())
        yield { document: Object.fromEntries(names.map((field, at) => [field, valueIn(at)] as const)), where };
      return;
    }
    yield* exportedDocuments(exportedRows(rows(), names, own), exported);
  } finally {
    await handle.close();
  }
}

/** Rows of an export: the cells of its own columns as they were read, since a vector need not become JSON. */
async function* exportedRows(rows: AsyncIterable<Row>, names: readonly string[], own: readonly string[]): AsyncGenerator<ExportedRow> {
  for await (const { where, cells, valueIn } of rows) {
    const raw = new Map(own.map((name) => [name, cells[names.indexOf(name)]]));
    const fields = new Map(names.flatMap((name, at) => (raw.has(name) ? [] : [[name, valueIn(at)] as const])));
    yield { where, fields, raw };
  }
}

async function checkMagic(file: FileHandle, name: string, size: number): Promise<void> {
  if (size === 0) throw new FinetoothError('E_INPUT_EMPTY', `${name} is empty (0 bytes). Check the command that wrote it.`);
  const text = async (start: number, end: number) => String.fromCharCode(...(await bytesOf(file, name, start, Math.min(end, size))));
  const head = await text(0, 4);
  if (head === 'PARE') throw new FinetoothError('E_INPUT_FORMAT', `${name} is an encrypted Parquet file. Write it without encryption.`);
  if (head !== 'PAR1') throw damaged(name, 'is not a Parquet file: it does not begin with PAR1');
  if (size < smallest || (await text(size - 4, size)) !== 'PAR1') throw damaged(name, 'is a torn Parquet file: it does not end with PAR1');
}

async function bytesOf(file: FileHandle, name: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  if (start < 0 || end < start) throw damaged(name, `points at bytes ${start} to ${end}, which cannot be`);
  const bytes = new Uint8Array(end - start);
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at).catch((error: unknown) => {
      throw unreadable(name, error);
    });
    if (bytesRead === 0) throw damaged(name, 'became shorter while it was read');
    at += bytesRead;
  }
  return bytes;
}

/** The top-level columns, checked for what is read of them: hyparquet takes a damaged footer at its word. */
function columnsOf(name: string, read: () => readonly SchemaElement[]): readonly SchemaElement[] {
  try {
    const columns = read();
    if (columns.some((column) => typeof column.name !== 'string')) throw new Error('a column has no name');
    if (columns.some(({ scale }) => scale !== undefined && !(scale >= 0 && scale <= 100))) throw new Error('a scale is not from 0 to 100');
    checkColumnNames(
      columns.map((column) => column.name),
      name,
    );
    return columns;
  } catch (error) {
    throw error instanceof FinetoothError ? error : footerProblem(name, error);
  }
}
