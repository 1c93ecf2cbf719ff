import type { DataType } from 'apache-arrow';
import type { Document, FieldValue, PassagePlace } from '../../types.ts';
import { cellsOf, type FilterCells, type FilterField, filterFields } from '../filter-columns.ts';
import { type Entry, type EntryField, keepsTitles, type Manifest, type Passage } from '../store.ts';
import { countOf } from '../terms.ts';
import { both } from './filter.ts';
import type { LanceLibraries } from './library.ts';

/** Which passage of its document a row is, from 0; where it begins and ends in the text, both 0 where it is all of it; its line, 0 where it has none. */
export const PLACE = ['passage', 'begins', 'ends', 'line'];

interface Row {
  readonly entry: Entry;
  readonly passage: Passage;
  readonly at: number;
}

/** Rows as LanceDB gives them, some columns of them. */
export interface Batch {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  getChild(name: never): unknown;
}

/** Fields of entries that a row has, in columns. */
export type RowField = Exclude<EntryField, 'further'>;

/**
 * Entries as a table of Arrow's, of the write with this number: a row for each passage, all with what a filter asks for, and the document and its
 * title in the first alone.
 */
export function tableOf(libraries: LanceLibraries, entries: readonly Entry[], manifest: Manifest, write: number) {
  const { arrow } = libraries;
  const { dimensions, tokens } = manifest;
  const rows = entries.flatMap((entry): Row[] => [entry, ...(entry.further ?? [])].map((passage, at) => ({ entry, passage, at })));
  const vectors = new Float32Array(rows.length * dimensions);
  rows.forEach(({ passage }, row) => vectors.set(passage.vector, row * dimensions));
  const type = new arrow.FixedSizeList(dimensions, new arrow.Field('item', new arrow.Float32(), true));
  const vector = arrow.makeData({ type, length: rows.length, child: arrow.makeData({ type: new arrow.Float32(), data: vectors }) });
  const texts = (textIn: (row: Row) => string) => arrow.vectorFromArray(rows.map(textIn), new arrow.Utf8());
  const numbers = (numberIn: (row: Row) => number) => arrow.makeVector(Int32Array.from(rows, numberIn));
  const columns: Record<string, unknown> = {
    id: texts(({ entry }) => entry.id),
    hash: texts(({ entry }) => entry.hash),
    textHash: texts(({ entry }) => entry.textHash),
    terms: texts(({ passage }) => passage.terms),
    document: texts(({ entry, at }) => (at === 0 ? JSON.stringify(entry.document) : '')),
    vector: arrow.makeVector(vector),
  };
  if (tokens !== undefined)
    columns.tokens = arrow.vectorFromArray(
      rows.map(({ passage }) => passage.tokens ?? new Uint8Array(0)),
      new arrow.Binary(),
    );
  if (manifest.sparse !== undefined)
    columns.sparse = arrow.vectorFromArray(
      rows.map(({ passage }) => passage.sparse ?? new Uint8Array(0)),
      new arrow.Binary(),
    );
  if (keepsTitles(manifest))
    columns.title = arrow.vectorFromArray(
      rows.map(({ entry, at }) => (at === 0 ? entry.title : undefined) ?? new Uint8Array(0)),
      new arrow.Binary(),
    );
  if (countsWrites(manifest)) {
    columns.written = numbers(() => write);
    columns.length = numbers(({ passage: { terms } }) => countOf(terms));
  }
  if (hasPassages(manifest)) {
    columns.passage = numbers(({ at }) => at);
    columns.begins = numbers(({ passage }) => passage.place?.span[0] ?? 0);
    columns.ends = numbers(({ passage }) => passage.place?.span[1] ?? 0);
    columns.line = numbers(({ passage }) => passage.place?.line ?? 0);
  }
  for (const of of filterFields(manifest)) {
    // All passages of a document have the cells of the document.
    const cellsIn = new Map(entries.map(({ document }) => [document, cellsOf(document, of)]));
    for (const [name, part, type] of columnsOf(libraries, of))
      columns[name] = arrow.vectorFromArray(
        rows.map(({ entry }) => cellsIn.get(entry.document)?.[part] ?? null),
        type,
      );
  }
  return new arrow.Table(schemaOf(libraries, manifest), columns as never);
}

/** Whether each document has the number of its write and of its words: from format 4 on. */
export function countsWrites({ format }: Manifest): boolean {
  return format >= 4;
}

/** Whether a document may have several rows, with the number of each, from 0, and its place. */
export function hasPassages({ splitter }: Manifest): boolean {
  return splitter !== undefined;
}

/** An SQL condition that one row of each document fits: the one that holds it. */
export function firstRows(manifest: Manifest, where?: string): string | undefined {
  return hasPassages(manifest) ? both(where, 'passage = 0') : where;
}

/** Columns of the table of an index. */
export function schemaOf(libraries: LanceLibraries, manifest: Manifest) {
  const { arrow } = libraries;
  const { dimensions, tokens } = manifest;
  const counts = [...(countsWrites(manifest) ? ['written', 'length'] : []), ...(hasPassages(manifest) ? PLACE : [])];
  const filters = filterFields(manifest)
    .flatMap((of) => columnsOf(libraries, of))
    .map(([name, , type]) => new arrow.Field(name, type, true));
  return new arrow.Schema([
    ...['id', 'hash', 'textHash', 'terms', 'document'].map((name) => new arrow.Field(name, new arrow.Utf8(), false)),
    new arrow.Field('vector', new arrow.FixedSizeList(dimensions, new arrow.Field('item', new arrow.Float32(), true)), false),
    ...(tokens === undefined ? [] : [new arrow.Field('tokens', new arrow.Binary(), false)]),
    ...(manifest.sparse === undefined ? [] : [new arrow.Field('sparse', new arrow.Binary(), false)]),
    ...(keepsTitles(manifest) ? [new arrow.Field('title', new arrow.Binary(), false)] : []),
    ...counts.map((name) => new arrow.Field(name, new arrow.Int32(), false)),
    ...filters,
  ]);
}

/** The cells of a batch by name and row; undefined for a column that it has not. */
export function cellReader(batch: Batch): (name: string, row: number) => unknown {
  const columns = new Map(batch.schema.fields.map(({ name }) => [name, batch.getChild(name as never) as { get(row: number): unknown }]));
  return (name, row) => columns.get(name)?.get(row);
}

/** The columns that fields of entries are read from. */
export function columnsFor(fields: readonly RowField[], manifest: Manifest): string[] {
  return fields.flatMap((name): readonly string[] => {
    if (name === 'tokens') return manifest.tokens === undefined ? [] : [name];
    if (name === 'sparse') return manifest.sparse === undefined ? [] : [name];
    if (name === 'title') return keepsTitles(manifest) ? [name] : [];
    return name !== 'place' ? [name] : hasPassages(manifest) ? PLACE : [];
  });
}

/** The rows of a batch as entries. What LanceDB gave is copied: its memory is that of the whole batch. */
export function* entriesIn<Field extends RowField>(batch: Batch, fields: readonly Field[]): Generator<Pick<Entry, 'id' | Field>> {
  const cell = cellReader(batch);
  const read = (name: Field, row: number): FieldValue | Document | PassagePlace | Float32Array | Uint8Array | undefined => {
    if (name === 'place') return placeIn(cell, row);
    const value = cell(name, row);
    if (name === 'document') return JSON.parse(value as string) as Document;
    if (name === 'vector') return Float32Array.from((value as { toArray(): Float32Array }).toArray());
    // A document without one has an empty cell.
    if (name === 'title') return (value as Uint8Array | undefined)?.length ? (value as Uint8Array).slice() : undefined;
    return name === 'tokens' || name === 'sparse' ? (value as Uint8Array | undefined)?.slice() : (value as string);
  };
  for (let row = 0; row < batch.numRows; row++) {
    const values = Object.fromEntries(fields.map((name) => [name, read(name, row)]));
    yield { id: cell('id', row), ...values } as unknown as Pick<Entry, 'id' | Field>;
  }
}

/** Which passage of which document a row is. */
export function rowIn(cell: ReturnType<typeof cellReader>, row: number) {
  return { id: cell('id', row) as string, at: (cell('passage', row) as number | undefined) ?? 0, place: placeIn(cell, row) };
}

/** The columns of a filterable field, which of its cells they hold, and as what. */
function columnsOf({ arrow }: LanceLibraries, { type, value, high, other, text }: FilterField) {
  const kind = type === 'keyword' ? new arrow.Utf8() : new arrow.Float64();
  const columns: readonly (readonly [string, keyof FilterCells, DataType])[] = [
    [value, 'value', kind],
    [high, 'high', kind],
    [other, 'other', new arrow.List(new arrow.Field('item', new arrow.Utf8(), true))],
  ];
  return text === undefined ? columns : [...columns, [text, 'text', new arrow.Utf8()] as const];
}

/** Where a row's passage is; nothing for a whole text. */
function placeIn(cell: ReturnType<typeof cellReader>, row: number): PassagePlace | undefined {
  const [begins = 0, ends = 0, line = 0] = ['begins', 'ends', 'line'].map((name) => cell(name, row) as number | undefined);
  return ends === 0 ? undefined : { span: [begins, ends], line: line === 0 ? undefined : line };
}
