import type { Document } from '../types.ts';
import type { LanceLibraries } from './lance-library.ts';
import type { Entry, Manifest } from './store.ts';

/** Columns of the table of an index. */
export const schemaOf = ({ arrow }: LanceLibraries, { dimensions, tokens }: Manifest) =>
  new arrow.Schema([
    ...['id', 'hash', 'textHash', 'terms', 'document'].map((name) => new arrow.Field(name, new arrow.Utf8(), false)),
    new arrow.Field('vector', new arrow.FixedSizeList(dimensions, new arrow.Field('item', new arrow.Float32(), true)), false),
    ...(tokens === undefined ? [] : [new arrow.Field('tokens', new arrow.Binary(), false)]),
  ]);

/** Entries as a table of Arrow's. */
export const rowsOf = (libraries: LanceLibraries, entries: readonly Entry[], manifest: Manifest) => {
  const { arrow } = libraries;
  const { dimensions, tokens } = manifest;
  const vectors = new Float32Array(entries.length * dimensions);
  entries.forEach((entry, row) => vectors.set(entry.vector, row * dimensions));
  const type = new arrow.FixedSizeList(dimensions, new arrow.Field('item', new arrow.Float32(), true));
  const vector = arrow.makeData({ type, length: entries.length, child: arrow.makeData({ type: new arrow.Float32(), data: vectors }) });
  const column = (textIn: (entry: Entry) => string) => arrow.vectorFromArray(entries.map(textIn), new arrow.Utf8());
  const columns = {
    id: column((entry) => entry.id),
    hash: column((entry) => entry.hash),
    textHash: column((entry) => entry.textHash),
    terms: column((entry) => entry.terms),
    document: column((entry) => JSON.stringify(entry.document)),
    vector: arrow.makeVector(vector),
    ...(tokens === undefined
      ? {}
      : {
          tokens: arrow.vectorFromArray(
            entries.map((entry) => entry.tokens ?? new Uint8Array(0)),
            new arrow.Binary(),
          ),
        }),
  };
  return new arrow.Table(schemaOf(libraries, manifest), columns);
};

/** A row as LanceDB gives it. */
export interface Row {
  readonly id: string;
  readonly hash: string;
  readonly textHash: string;
  readonly terms: string;
  readonly document: string;
  readonly vector: { toArray(): Float32Array };
  readonly tokens?: Uint8Array;
}

export const entryOf = (row: Row): Entry => ({
  id: row.id,
  hash: row.hash,
  textHash: row.textHash,
  terms: row.terms,
  document: JSON.parse(row.document) as Document,
  vector: Float32Array.from(row.vector.toArray()),
  ...(row.tokens === undefined ? {} : { tokens: row.tokens.slice() }),
});
