import type { Table } from '@lancedb/lancedb';
import { throwIfStopped } from '../../errors.ts';
import { typeOf, valueIn } from '../../filter/document-test.ts';
import { typedValue } from '../../filter/typed-value.ts';
import type { Document } from '../../types.ts';
import { type Facet, type FacetCounter, type FacetOptions, facetCounter } from '../facets.ts';
import { type FilterField, filterFields, valueOfCells } from '../filter-columns.ts';
import { type Manifest, typesIn } from '../store.ts';
import { cellReader, firstRows } from './rows.ts';
import { type Restriction, restrictTo } from './search.ts';

/** Counted from the columns of filterable fields alone, where they hold every value; from the documents where they do not. */
export async function countFacets(
  table: Table,
  manifest: Manifest,
  fields: readonly string[],
  { filter, limit, signal }: FacetOptions,
): Promise<readonly Facet[]> {
  const restriction = await restrictTo(table, filter, manifest);
  const inColumns = filterFields(manifest).filter(({ field }) => fields.includes(field));
  const counters = new Map(await countColumns(table, manifest, inColumns, restriction, signal));
  const others = fields.filter((field) => !counters.has(field));
  for (const [field, counter] of await countDocuments(table, manifest, others, restriction, signal)) counters.set(field, counter);
  return fields.map((field) => (counters.get(field) as FacetCounter).facet(limit));
}

/** Without the fields of which a column holds but the hash of a value. */
async function countColumns(
  table: Table,
  manifest: Manifest,
  fields: readonly FilterField[],
  { where }: Restriction,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, FacetCounter>> {
  const left = new Map(fields.map((one) => [one.field, { one, counter: facetCounter(one.field, one.readAs) }]));
  if (left.size === 0) return new Map();
  const columns = fields.flatMap(({ value, other }) => [value, other]);
  for await (const batch of rowsOf(table, manifest, where, columns)) {
    throwIfStopped(signal);
    const cell = cellReader(batch);
    for (const [field, { one, counter }] of left)
      for (let row = 0; row < batch.numRows; row++) {
        const read = valueOfCells(cell(one.value, row), cell(one.other, row) as Parameters<typeof valueOfCells>[1], one);
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
  { where }: Restriction,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, FacetCounter>> {
  const types = typesIn(manifest);
  const counters = new Map(
    fields.map((field) => [field, { type: typeOf(field, types), counter: facetCounter(field, typeOf(field, types)) }]),
  );
  if (counters.size === 0) return new Map();
  for await (const batch of rowsOf(table, manifest, where, ['document'])) {
    throwIfStopped(signal);
    const cell = cellReader(batch);
    for (let row = 0; row < batch.numRows; row++) {
      const document = JSON.parse(cell('document', row) as string) as Document;
      for (const [field, { type, counter }] of counters) counter.add(typedValue(valueIn(document, field), type));
    }
  }
  return new Map([...counters].map(([field, { counter }]) => [field, counter]));
}

function rowsOf(table: Table, manifest: Manifest, where: string | undefined, columns: string[]) {
  const first = firstRows(manifest, where);
  return (first === undefined ? table.query() : table.query().where(first)).select(columns);
}
