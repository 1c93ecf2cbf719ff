import { effect, signal } from '@preact/signals';
import { askJson } from '../api/client.ts';
import type { Answer, IndexStatus } from '../api/types.ts';
import { address, type FieldFilter } from '../state/address.ts';
import { index } from '../state/indexes.ts';
import { filterOf } from '../state/request.ts';

export type Facet = NonNullable<Answer['facets']>[number];

/** Facets of the index under the filters that are set; of a field with a filter, what there is without that filter. Undefined until counted. */
export const facets = signal<readonly Facet[] | undefined>(undefined);

const [MOST_FIELDS, VALUES] = [20, 8];

/** Counts again when the index or a filter is another one; what is typed does not change them. */
export function followFacets(): () => void {
  let asking: AbortController | undefined;
  let last = '';
  return effect(() => {
    const one = index.value;
    const { filters } = address.value;
    const key = JSON.stringify([one?.name, one?.changed_at, filters]);
    if (key === last) return;
    last = key;
    asking?.abort();
    if (one === undefined || one.documents === 0) {
      facets.value = [];
      return;
    }
    asking = new AbortController();
    countFacets(one, filters, asking.signal).then(
      (found) => (facets.value = found),
      // The list of results says what is wrong with the server; without counts there are no filters.
      () => (last = ''),
    );
  });
}

async function countFacets(
  one: IndexStatus,
  filters: Readonly<Record<string, FieldFilter>>,
  signal: AbortSignal,
): Promise<readonly Facet[]> {
  const fields = fieldsOf(one);
  const plain = fields.filter((field) => filters[field] === undefined);
  const [unfiltered, ...filtered] = await Promise.all([
    ask(one.name, plain, filters, signal),
    ...fields
      .filter((field) => filters[field] !== undefined)
      .map((field) => ask(one.name, [field], Object.fromEntries(Object.entries(filters).filter(([name]) => name !== field)), signal)),
  ]);
  const found = new Map([...(unfiltered ?? []), ...filtered.flat()].map((facet) => [facet.field, facet]));
  return fields.flatMap((field) => found.get(field) ?? []).filter((facet) => filters[facet.field] !== undefined || tells(facet, one));
}

/** The cheapest search there is: one candidate, found by words. */
async function ask(
  name: string,
  fields: readonly string[],
  filters: Readonly<Record<string, FieldFilter>>,
  signal: AbortSignal,
): Promise<readonly Facet[]> {
  if (fields.length === 0) return [];
  const json = {
    ...{ index: name, query: 'a', first_stage: 'bm25', reranker: null, candidates: 1, top: 1, documents: false },
    ...{ facets: fields, facet_values: VALUES, filter: filterOf(filters) },
  };
  return (await askJson<Answer>('v1/search', { json, signal })).facets ?? [];
}

const fieldsOf = ({ types = {} }: IndexStatus): readonly string[] => Object.keys(types).slice(0, MOST_FIELDS);

/** A field in which nearly every document has a value of its own is a name, and no group. */
function tells({ values, min, more_values: more }: Facet, { documents }: IndexStatus): boolean {
  if (min !== undefined) return true;
  const [first, ...others] = values;
  if (first === undefined || more === null) return false;
  return others.length === 0 ? first.count < documents : first.count > 2 || (first.count > 1 && documents < 50);
}
