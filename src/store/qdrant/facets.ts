import { throwIfStopped } from '../../errors.ts';
import { typeOf, valueIn } from '../../filter/document-test.ts';
import { typedValue } from '../../filter/typed-value.ts';
import type { CallOptions, FieldValue } from '../../types.ts';
import { type Facet, type FacetCounter, type FacetOptions, facetCounter } from '../facets.ts';
import { typesIn } from '../store.ts';
import { type CellField, cellFields, MISSING, ROUGHLY, UNCOUNTED } from './cells.ts';
import type { Opened } from './collection.ts';
import { documentIn } from './points.ts';
import { firstOf, scroll } from './reading.ts';
import type { Requests } from './requests.ts';
import { type Restriction, restrictionFor } from './restriction.ts';

/** Keys that the engine is asked to count: as many as a facet counts, and lists, which are keys too. */
const MOST_KEYS = 150_000;

/** Counted by the engine where cells tell what fits and hold every value; from the documents where they do not. */
export async function countFacets(
  requests: Requests,
  opened: Opened,
  fields: readonly string[],
  { filter, limit, signal }: FacetOptions,
): Promise<readonly Facet[]> {
  const restriction = restrictionFor(filter, opened);
  const types = typesIn(opened.manifest);
  const counters = new Map<string, FacetCounter>(fields.map((field) => [field, facetCounter(field, typeOf(field, types))]));
  const left = new Set(counters.keys());
  if (restriction === undefined) left.clear();
  else if (restriction.isExact)
    for (const of of cellFields(opened.manifest)) {
      const counter = counters.get(of.field);
      if (counter !== undefined && (await countKeys(requests, opened, of, restriction, counter, { signal }))) left.delete(of.field);
    }
  if (left.size > 0 && restriction !== undefined) {
    const read = [...left].map((field) => ({ field, type: typeOf(field, types), counter: counters.get(field) as FacetCounter }));
    for await (const page of scroll(requests, opened, firstOf(opened, restriction.where), { payload: ['document'], signal })) {
      throwIfStopped(signal);
      for (const { payload } of page) {
        const document = documentIn(payload);
        if (restriction.fits(document))
          for (const { field, type, counter } of read) counter.add(typedValue(valueIn(document, field), type));
      }
    }
  }
  return fields.map((field) => (counters.get(field) as FacetCounter).facet(limit));
}

/** False, and nothing counted, where keys do not tell all values, or there are too many. */
async function countKeys(
  requests: Requests,
  opened: Opened,
  { keys }: CellField,
  { where }: Restriction,
  counter: FacetCounter,
  options: CallOptions,
): Promise<boolean> {
  const filter = firstOf(opened, where);
  const { hits } = await requests.ask(
    (client) => client.facet(opened.collection, { key: keys, filter, limit: MOST_KEYS, exact: true }),
    options,
  );
  if (hits.length === MOST_KEYS || hits.some(({ value }) => String(value).startsWith('#'))) return false;
  for (const { value, count } of hits) {
    const key = String(value);
    if (key === UNCOUNTED) counter.add(undefined, count);
    else if (key !== MISSING && key !== ROUGHLY) {
      const read = JSON.parse(key) as FieldValue;
      // A list's items are keys of their own, and null is counted among what holds no value.
      if (read !== null && typeof read !== 'object') counter.add(read, count);
    }
  }
  return true;
}
