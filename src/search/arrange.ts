import { FinetoothError } from '../errors.ts';
import { valueIn } from '../filter/document-test.ts';
import { typesIn } from '../store/store.ts';
import type { Hit } from '../types.ts';
import { grouped } from '../wording/numbers.ts';
import { collapseDuplicates } from './collapse.ts';
import { diversify } from './diversify.ts';
import { groupRanked } from './group.ts';
import { checkKnown } from './known-field.ts';
import type { SearchOptions } from './options.ts';
import type { Ranked, RankFields } from './rank.ts';
import type { SearchIndex } from './search-index.ts';
import { readSort, sortRanked } from './sort.ts';

/** Candidates that may be compared with each other. */
const MOST_COMPARED = 1000;

/** What `collapse`, `diversity`, `groupBy` and `sort` make of each ranking of these hits, of which so many places are shown. */
export async function arranging(
  index: SearchIndex,
  hits: readonly Hit[],
  fields: RankFields,
  { diversity = 0, collapse, groupBy, sort, cursor }: Pick<SearchOptions, 'diversity' | 'collapse' | 'groupBy' | 'sort' | 'cursor'>,
  places: number,
): Promise<(ranked: Ranked) => Ranked> {
  const order = readSort(sort);
  const made = index.manifest();
  const types = made === undefined ? {} : typesIn(made);
  for (const field of new Set([groupBy, ...order.map(({ field }) => field)]))
    if (field !== undefined && !hits.some(({ document }) => (valueIn(document, field) ?? null) !== null))
      await checkKnown(index, field, field === groupBy ? 'group by' : 'sort by');
  const isWhole = groupBy !== undefined || order.length > 0 || cursor !== undefined;
  const vectors = diversity === 0 ? new Map<string, Float32Array>() : await vectorsOf(index, hits);
  return (ranked) => {
    const unlike = diversify(collapseDuplicates(ranked, hits, fields, collapse), vectors, diversity, isWhole ? hits.length : places);
    return sortRanked(groupRanked(unlike, hits, groupBy, types), hits, order, types);
  };
}

/** Throws E_USAGE where more candidates would be compared with each other than is quick. */
export function checkCompared(
  candidates: number,
  { diversity = 0, collapse = 0 }: { readonly diversity?: number; readonly collapse?: number },
): void {
  if (candidates <= MOST_COMPARED || (diversity === 0 && collapse === 0)) return;
  const name = diversity === 0 ? 'collapse' : 'diversity';
  throw new FinetoothError(
    'E_USAGE',
    (say) =>
      `${say.option(name)} compares documents with each other, at most ${grouped(MOST_COMPARED)}; got ${grouped(candidates)}. Ask for fewer candidates, or leave ${say.option(name)} out.`,
  );
}

/** By id the vectors of documents, length 1; one that was deleted meanwhile has none. */
async function vectorsOf(index: SearchIndex, hits: readonly Hit[]): Promise<ReadonlyMap<string, Float32Array>> {
  const vectors = new Map<string, Float32Array>();
  const ids = hits.map(({ id }) => id);
  for await (const { id, vector } of index.store.get(ids, ['vector'])) vectors.set(id, vector);
  return vectors;
}
