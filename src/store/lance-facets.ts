import type { Table } from '@lancedb/lancedb';
import { throwIfStopped } from '../errors.ts';
import { valueIn } from '../filter/document-test.ts';
import type { Document } from '../types.ts';
import { type Facet, type FacetCounter, type FacetOptions, facetCounter } from './facets.ts';
import { columnsOf, valueOfCells } from './lance-filter.ts';
import { cellReader, firstRows } from './lance-rows.ts';
import { type Restriction, restrictTo } from './lance-search.ts';
import type { Manifest } from './store.ts';

/** Counted from the columns of filterable fields alone, where they hold every value; from the documents where they do not. */
export async function countFacets(
  table: Table,
  manifest: Manifest,
  fields: readonly string[],
  { filter, limit, signal }: FacetOptions,
): Promise<readonly Facet[]> {
  const restriction = await restrictTo(table, filter, manifest);
  const filterable = Object.keys(manifest.filterable ?? {});
  const inColumns = restriction.fits === undefined ? fields.filter((field) => filterable.includes(field)) : [];
  const places = new Map(inColumns.map((field) => [field, filterable.indexOf(field)]));
  const counters = new Map(await countColumns(table, manifest, places, restriction, signal));
  const others = fields.filter((field) => !counters.has(field));
  for (const [field, counter] of await countDocuments(table, manifest, others, restriction, signal)) counters.set(field, counter);
  return fields.map((field) => (counters.get(field) as FacetCounter).facet(limit));
}

/** Of fields by their places in the manifest; without those of which a column holds but the hash of a value. */
async function countColumns(
  table: Table,
  manifest: Manifest,
  places: ReadonlyMap<string, number>,
  { where }: Restriction,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, FacetCounter>> {
  const left = new Map([...places].map(([field, at]) => [field, { ...columnsOf(at), counter: facetCounter(field) }]));
  if (left.size === 0) return new Map();
  const columns = [...left.values()].flatMap(({ value, other }) => [value, other]);
  for await (const batch of rowsOf(table, manifest, where, columns)) {
    throwIfStopped(signal);
    const cell = cellReader(batch);
    for (const [field, { value, other, counter }] of left)
      for (let row = 0; row < batch.numRows; row++) {
        const read = valueOfCells(cell(value, row), cell(other, row) as Parameters<typeof valueOfCells>[1]);
        if (read === 'hashed') {
          left.delete(field);
          break;
        }
        counter.add(read.value);
      }
  }
  return new Map([...left].map(([field, { counter }]) => [field, counter]));
}

async function countDocuments(
  table: Table,
  manifest: Manifest,
  fields: readonly string[],
  { where, fits }: Restriction,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, FacetCounter>> {
  const counters = new Map(fields.map((field) => [field, facetCounter(field)]));
  if (counters.size === 0) return counters;
  for await (const batch of rowsOf(table, manifest, where, ['document'])) {
    throwIfStopped(signal);
    const cell = cellReader(batch);
    for (let row = 0; row < batch.numRows; row++) {
      const document = JSON.parse(cell('document', row) as string) as Document;
      // Who was looked up by id may have been changed before it was read.
      if (fits?.(document) !== false) for (const [field, counter] of counters) counter.add(valueIn(document, field));
    }
  }
  return counters;
}

function rowsOf(table: Table, manifest: Manifest, where: string | undefined, columns: string[]) {
  const first = firstRows(manifest, where);
  return (first === undefined ? table.query() : table.query().where(first)).select(columns);
}
