import type { Facet } from '../store/facets.ts';
import { checkKnown } from './known-field.ts';
import type { SearchOptions } from './options.ts';
import { plan } from './plan.ts';
import type { SearchIndex } from './search-index.ts';

/** The facets that a search asks for, over all documents that fit its filter; undefined where it asks for none. Throws E_FIELD for a field of no document. */
export async function facetsFor(
  index: SearchIndex,
  { facets, facetValues: limit = plan.facetValues.default, filter, signal }: SearchOptions,
): Promise<readonly Facet[] | undefined> {
  if (facets === undefined) return undefined;
  const fields = [...new Set([facets].flat())];
  const counted = await index.store.facets(fields, { limit, filter, signal });
  for (const { field, values, moreValues } of counted)
    if (values.length === 0 && moreValues === 0) await checkKnown(index, field, 'count the values of');
  return counted;
}
