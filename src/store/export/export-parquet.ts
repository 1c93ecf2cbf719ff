import type { FileHandle } from 'node:fs/promises';
import type { SchemaElement } from 'hyparquet';
import { exportedKey } from '../../read/exported.ts';
import type { FieldValue } from '../../types.ts';
import type { ColumnKind, ExportColumns } from './export-columns.ts';

/** A row group is written when it has so many numbers of vectors, or so many characters and bytes of the rest: what is held at once. */
const MOST_NUMBERS = 500_000;
const MOST_CHARACTERS = 8_000_000;

/** One passage of a document; `document` only with the first. */
export interface ExportRow {
  readonly id: string;
  readonly document?: Readonly<Record<string, FieldValue | undefined>>;
  /** Characters of the document as JSON. */
  readonly characters: number;
  /** Of the text that the vectors were made of. */
  readonly textHash: string;
  readonly vector: Float32Array;
  readonly tokens?: Uint8Array;
  /** Vectors of the title, only with the first. */
  readonly title?: Uint8Array;
  readonly passage: number;
  readonly begins?: number;
  readonly ends?: number;
  readonly line?: number;
}

/** Where rows are written to. */
export interface RowWriter {
  write(row: ExportRow): Promise<void>;
  finish(): Promise<void>;
}

interface Column {
  readonly name: string;
  readonly elements: readonly SchemaElement[];
  readonly cell: (row: ExportRow) => unknown;
  /** Numbers of vectors are as good as random: neither a dictionary nor compression makes them smaller. */
  readonly isRaw?: boolean;
}

/** Writes rows as Parquet, row group by row group. */
export async function parquetRows(file: FileHandle, columns: ExportColumns): Promise<RowWriter> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const all = columnsOf(columns);
  const bytes = new ByteWriter();
  const flush = async (): Promise<void> => {
    await file.appendFile(bytes.getBytes());
    bytes.index = 0;
  };
  const writer = new ParquetWriter({
    writer: Object.assign(bytes, { flush }),
    schema: [{ name: 'root', num_children: all.length }, ...all.flatMap(({ elements }) => elements)],
    createdBy: 'finetooth',
    kvMetadata: [{ key: exportedKey, value: JSON.stringify(columns.exported) }],
  });
  let rows: ExportRow[] = [];
  let [numbers, characters] = [0, 0];
  const writeGroup = async (): Promise<void> => {
    if (rows.length === 0) return;
    await writer.write({
      columnData: all.map(({ name, cell, isRaw }) => ({
        name,
        data: rows.map(cell) as never,
        ...(isRaw ? { encoding: 'PLAIN' as const, codec: 'UNCOMPRESSED' as const, statistics: false } : {}),
      })),
      rowGroupSize: rows.length,
    });
    rows = [];
    [numbers, characters] = [0, 0];
  };
  return {
    write: async (row) => {
      rows.push(row);
      numbers += row.vector.length;
      characters += row.characters + (row.tokens?.length ?? 0);
      if (numbers >= MOST_NUMBERS || characters >= MOST_CHARACTERS) await writeGroup();
    },
    finish: async () => {
      await writeGroup();
      await writer.finish();
      await flush();
    },
  };
}

function columnsOf({ fields, exported: { columns, idIsField } }: ExportColumns): readonly Column[] {
  const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
  const own: Column[] = [];
  const add = (name: string | undefined, element: Omit<SchemaElement, 'name'>, cell: Column['cell'], isRaw = false): void => {
    if (name !== undefined) own.push({ name, elements: [{ name, ...element }], cell, isRaw });
  };
  if (!idIsField) add(columns.id, { ...text, repetition_type: 'REQUIRED' }, ({ id }) => id);
  for (const [name, kind] of fields)
    own.push({ name, elements: elementsOf(name, kind, 'OPTIONAL'), cell: ({ document }) => cellOf(document?.[name], kind) });
  add(columns.text_hash, { ...text, repetition_type: 'REQUIRED' }, ({ textHash }) => textHash);
  add(columns.passage, { type: 'INT32', repetition_type: 'REQUIRED' }, ({ passage }) => passage);
  add(columns.begins, { type: 'INT32', repetition_type: 'OPTIONAL' }, ({ begins }) => begins ?? null);
  add(columns.ends, { type: 'INT32', repetition_type: 'OPTIONAL' }, ({ ends }) => ends ?? null);
  add(columns.line, { type: 'INT32', repetition_type: 'OPTIONAL' }, ({ line }) => line ?? null);
  own.push({
    name: columns.vector,
    elements: listOf(columns.vector, { type: 'FLOAT' }, 'REQUIRED'),
    cell: ({ vector }) => Array.from(vector),
    isRaw: true,
  });
  add(columns.tokens, { type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' }, ({ tokens }) => tokens ?? null, true);
  add(columns.title, { type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' }, ({ title }) => title ?? null, true);
  return own;
}

function elementsOf(name: string, kind: ColumnKind, repetition: 'OPTIONAL' | 'REQUIRED'): readonly SchemaElement[] {
  const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
  if (kind === 'texts') return listOf(name, text, repetition);
  const types = {
    text,
    json: text,
    boolean: { type: 'BOOLEAN' },
    integer: { type: 'INT64' },
    number: { type: 'DOUBLE' },
  } as const;
  return [{ name, ...types[kind], repetition_type: repetition }];
}

/** A list as other programs write it (https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#lists). */
function listOf(name: string, element: Omit<SchemaElement, 'name'>, repetition: 'OPTIONAL' | 'REQUIRED'): readonly SchemaElement[] {
  return [
    { name, converted_type: 'LIST', logical_type: { type: 'LIST' }, repetition_type: repetition, num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', ...element, repetition_type: 'REQUIRED' },
  ];
}

function cellOf(value: FieldValue | undefined, kind: ColumnKind): unknown {
  if (value === undefined) return null;
  if (kind === 'json') return JSON.stringify(value);
  if (value === null) return null;
  return kind === 'integer' ? BigInt(value as number) : value;
}
