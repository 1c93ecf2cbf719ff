import { throwIfStopped } from '../../errors.ts';
import { typeOf, valueIn } from '../../filter/document-test.ts';
import type { Filter } from '../../filter/filter.ts';
import { typedValue } from '../../filter/typed-value.ts';
import type { Document } from '../../types.ts';
import { type Facet, type FacetCounter, type FacetOptions, facetCounter } from '../facets.ts';
import { type FilterField, filterFields, valueOfCells } from '../filter-columns.ts';
import { typesIn } from '../store.ts';
import type { Ask, Row } from './database.ts';
import { type Restriction, restrictTo } from './restriction.ts';
import type { State } from './session.ts';

/** Rows that are read at a time. */
const AT_ONCE = 2000;

/** Counted by the server from the columns of filterable fields, where they hold every value; from the documents where they do not. */
export async function countFacets(
  ask: Ask,
  state: State,
  fields: readonly string[],
  { filter, limit, signal }: FacetOptions,
): Promise<readonly Facet[]> {
  const restriction = restrictTo(filter, state);
  const counters = new Map<string, FacetCounter>();
  if (restriction.fits === undefined && state.odd === 0)
    for (const of of filterFields(state.manifest))
      if (fields.includes(of.field)) {
        const counter = await countColumn(ask, state, of, restriction);
        throwIfStopped(signal);
        if (counter !== undefined) counters.set(of.field, counter);
      }
  const types = typesIn(state.manifest);
  const others = [...new Set(fields)].filter((field) => !counters.has(field));
  for (const field of others) counters.set(field, facetCounter(field, typeOf(field, types)));
  if (others.length > 0)
    for await (const { document } of fittingDocuments(ask, state, restriction)) {
      throwIfStopped(signal);
      for (const field of others) {
        const type = typeOf(field, types);
        counters.get(field)?.add(typedValue(valueIn(document, field), type));
      }
    }
  return fields.map((field) => (counters.get(field) as FacetCounter).facet(limit));
}

/** How many documents fit. */
export async function countDocuments(ask: Ask, state: State, filter: Filter | undefined): Promise<number> {
  if (filter === undefined) return state.documents;
  const restriction = restrictTo(filter, state);
  if (restriction.fits === undefined) {
    const [row] = await ask(`SELECT count(*)::float8 AS fitting FROM ${firstPassages(state, restriction)}`, restriction.values);
    return Number(row?.fitting);
  }
  let count = 0;
  for await (const _ of fittingDocuments(ask, state, restriction)) count++;
  return count;
}

/** undefined: of some value the column holds but the hash. */
async function countColumn(ask: Ask, state: State, of: FilterField, restriction: Restriction): Promise<FacetCounter | undefined> {
  const counter = facetCounter(of.field, of.readAs);
  const select = `SELECT p.${of.value} AS value, p.${of.other} AS other, count(*)::float8 AS documents FROM ${firstPassages(state, restriction)} GROUP BY 1, 2`;
  for await (const rows of streamed(ask, `column`, select, restriction.values))
    for (const { value, other, documents } of rows) {
      const list = other as readonly string[] | null;
      const read = valueOfCells(value, list && { length: list.length, get: (at) => list[at] as string }, of);
      if (read === 'hashed') {
        await ask('CLOSE column_rows');
        return undefined;
      }
      counter.add(read.value, Number(documents));
    }
  await ask('CLOSE column_rows');
  return counter;
}

async function* fittingDocuments(ask: Ask, state: State, restriction: Restriction): AsyncGenerator<{ readonly document: Document }> {
  const { tables } = state;
  const select = `SELECT d.document FROM ${firstPassages(state, restriction)}`.replace(
    / WHERE /,
    ` JOIN ${tables.documents} d ON d.key = p.key WHERE `,
  );
  for await (const rows of streamed(ask, 'documents', select, restriction.values))
    for (const row of rows) {
      const document = JSON.parse(String(row.document)) as Document;
      if (restriction.fits === undefined || restriction.fits(document)) yield { document };
    }
  await ask('CLOSE documents_rows');
}

const firstPassages = ({ tables }: State, { where }: Restriction): string =>
  `${tables.passages} p WHERE p.passage = 0${where === undefined ? '' : ` AND ${where}`}`;

async function* streamed(ask: Ask, name: string, select: string, values: readonly unknown[]): AsyncGenerator<readonly Row[]> {
  await ask(`DECLARE ${name}_rows NO SCROLL CURSOR FOR ${select}`, values);
  for (;;) {
    const rows = await ask(`FETCH ${AT_ONCE} FROM ${name}_rows`);
    yield rows;
    if (rows.length < AT_ONCE) return;
  }
}
