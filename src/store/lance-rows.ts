import type { Document, FieldValue } from '../types.ts';
import { cellsOf, columnsOf } from './lance-filter.ts';
import type { LanceLibraries } from './lance-library.ts';
import type { Entry, EntryField, FilterableType, Manifest } from './store.ts';

/** Entries as a table of Arrow's, of the write with this number. */
export function tableOf(libraries: LanceLibraries, entries: readonly Entry[], manifest: Manifest, write: number) {
  const { arrow } = libraries;
  const { dimensions, tokens, filterable = {} } = manifest;
  const vectors = new Float32Array(entries.length * dimensions);
  entries.forEach((entry, row) => vectors.set(entry.vector, row * dimensions));
  const type = new arrow.FixedSizeList(dimensions, new arrow.Field('item', new arrow.Float32(), true));
  const vector = arrow.makeData({ type, length: entries.length, child: arrow.makeData({ type: new arrow.Float32(), data: vectors }) });
  const texts = (textIn: (entry: Entry) => string) => arrow.vectorFromArray(entries.map(textIn), new arrow.Utf8());
  const columns: Record<string, unknown> = {
    id: texts((entry) => entry.id),
    hash: texts((entry) => entry.hash),
    textHash: texts((entry) => entry.textHash),
    terms: texts((entry) => entry.terms),
    document: texts((entry) => JSON.stringify(entry.document)),
    vector: arrow.makeVector(vector),
  };
  if (tokens !== undefined)
    columns.tokens = arrow.vectorFromArray(
      entries.map((entry) => entry.tokens ?? new Uint8Array(0)),
      new arrow.Binary(),
    );
  if (countsWrites(manifest)) {
    columns.written = arrow.makeVector(new Int32Array(entries.length).fill(write));
    columns.length = arrow.makeVector(Int32Array.from(entries, ({ terms }) => (terms === '' ? 0 : terms.split(' ').length)));
  }
  for (const [at, [field, kind]] of Object.entries(filterable).entries()) {
    const cells = entries.map(({ document }) => cellsOf(document, field, kind));
    const types = filterTypes(libraries, kind);
    const { value, high, other } = columnsOf(at);
    columns[value] = arrow.vectorFromArray(
      cells.map((cell) => cell.value),
      types.value,
    );
    columns[high] = arrow.vectorFromArray(
      cells.map((cell) => cell.high),
      types.value,
    );
    columns[other] = arrow.vectorFromArray(
      cells.map((cell) => cell.other),
      types.other,
    );
  }
  return new arrow.Table(schemaOf(libraries, manifest), columns as never);
}

/** Whether each document has the number of its write and of its words: from format 4 on. */
export function countsWrites({ format }: Manifest): boolean {
  return format >= 4;
}

/** Columns of the table of an index. */
export function schemaOf(libraries: LanceLibraries, manifest: Manifest) {
  const { arrow } = libraries;
  const { dimensions, tokens, filterable = {} } = manifest;
  const counts = countsWrites(manifest) ? ['written', 'length'].map((name) => new arrow.Field(name, new arrow.Int32(), false)) : [];
  const filters = Object.values(filterable).flatMap((kind, at) => {
    const [names, types] = [columnsOf(at), filterTypes(libraries, kind)];
    return [
      new arrow.Field(names.value, types.value, true),
      new arrow.Field(names.high, types.value, true),
      new arrow.Field(names.other, types.other, true),
    ];
  });
  return new arrow.Schema([
    ...['id', 'hash', 'textHash', 'terms', 'document'].map((name) => new arrow.Field(name, new arrow.Utf8(), false)),
    new arrow.Field('vector', new arrow.FixedSizeList(dimensions, new arrow.Field('item', new arrow.Float32(), true)), false),
    ...(tokens === undefined ? [] : [new arrow.Field('tokens', new arrow.Binary(), false)]),
    ...counts,
    ...filters,
  ]);
}

function filterTypes({ arrow }: LanceLibraries, kind: FilterableType) {
  return {
    value: kind === 'number' ? new arrow.Float64() : new arrow.Utf8(),
    other: new arrow.List(new arrow.Field('item', new arrow.Utf8(), true)),
  };
}

/** Rows as LanceDB gives them, some columns of them. */
export interface Batch {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  getChild(name: never): unknown;
}

/** The cells of a batch by name and row; undefined for a column that it has not. */
export function cellReader(batch: Batch): (name: string, row: number) => unknown {
  const columns = new Map(batch.schema.fields.map(({ name }) => [name, batch.getChild(name as never) as { get(row: number): unknown }]));
  return (name, row) => columns.get(name)?.get(row);
}

/** The entries of a batch. What LanceDB gave is copied: its memory is that of the whole batch. */
export function* entriesIn<Field extends EntryField>(batch: Batch, fields: readonly Field[]): Generator<Pick<Entry, 'id' | Field>> {
  const cell = cellReader(batch);
  const read = (name: Field, row: number): FieldValue | Document | Float32Array | Uint8Array | undefined => {
    const value = cell(name, row);
    if (name === 'document') return JSON.parse(value as string) as Document;
    if (name === 'vector') return Float32Array.from((value as { toArray(): Float32Array }).toArray());
    return name === 'tokens' ? (value as Uint8Array | undefined)?.slice() : (value as string);
  };
  for (let row = 0; row < batch.numRows; row++) {
    const values = Object.fromEntries(fields.map((name) => [name, read(name, row)]));
    yield { id: cell('id', row), ...values } as unknown as Pick<Entry, 'id' | Field>;
  }
}
