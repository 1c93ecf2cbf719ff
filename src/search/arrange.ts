import { FinetoothError } from '../errors.ts';
import { valueIn } from '../filter/document-test.ts';
import type { FieldTypes } from '../filter/filter.ts';
import { typesIn } from '../store/store.ts';
import type { Hit } from '../types.ts';
import { grouped } from '../wording/numbers.ts';
import { type Collapse, collapseDuplicates, type KindOf } from './collapse.ts';
import { type DistinctHits, withCopies } from './distinct-hits.ts';
import { diversify } from './diversify.ts';
import { groupKey, groupRanked } from './group.ts';
import { checkKnown } from './known-field.ts';
import type { SearchOptions } from './options.ts';
import type { Ranked, RankFields } from './rank.ts';
import type { SearchIndex } from './search-index.ts';
import { readSort, sortRanked } from './sort.ts';

/** Candidates that may be compared with each other. */
const MOST_COMPARED = 1000;

/** What `collapse`, `diversity`, `groupBy` and `sort` make of each ranking of these hits' candidates, of which so many places are shown. */
export async function arranging(
  index: SearchIndex,
  found: DistinctHits,
  fields: RankFields,
  { diversity = 0, collapse, groupBy, sort, cursor }: Pick<SearchOptions, 'diversity' | 'collapse' | 'groupBy' | 'sort' | 'cursor'>,
  places: number,
): Promise<(ranked: Ranked) => Ranked> {
  const { hits } = found;
  const order = readSort(sort);
  const types = fieldTypes(index);
  for (const field of new Set([groupBy, ...order.map(({ field }) => field)]))
    if (field !== undefined && !hits.some(({ document }) => (valueIn(document, field) ?? null) !== null))
      await checkKnown(index, field, field === groupBy ? 'group by' : 'sort by');
  const isWhole = groupBy !== undefined || order.length > 0 || cursor !== undefined;
  const kindOf = alikeKind(index, { groupBy, sort });
  const vectors = diversity === 0 ? new Map<string, Float32Array>() : await vectorsOf(index, hits);
  return (ranked) => {
    const near = collapse === 'near' ? collapse : 'off';
    const unalike = collapseDuplicates(withCopies(ranked, found), hits, fields, near, kindOf);
    const unlike = diversify(unalike, vectors, diversity, isWhole ? hits.length : places);
    return sortRanked(groupRanked(unlike, hits, groupBy, types), hits, order, types);
  };
}

/** Texts do not stand for each other that differ in what results are grouped or put in order by. */
export function alikeKind(index: SearchIndex, { groupBy, sort }: Pick<SearchOptions, 'groupBy' | 'sort'>): KindOf {
  const types = fieldTypes(index);
  const fields = [...(groupBy === undefined ? [] : [groupBy]), ...readSort(sort).map(({ field }) => field)];
  return (document) => fields.map((field) => groupKey(document, field, types)).join('\n');
}

/** Throws E_USAGE where more candidates would be compared with each other than is quick. */
export function checkCompared(
  candidates: number,
  { diversity = 0, collapse }: { readonly diversity?: number; readonly collapse?: Collapse },
): void {
  if (candidates <= MOST_COMPARED || (diversity === 0 && collapse !== 'near')) return;
  const name = diversity === 0 ? 'collapse' : 'diversity';
  throw new FinetoothError(
    'E_USAGE',
    (say) =>
      `${diversity === 0 ? say.option(name, 'near') : say.option(name)} compares documents with each other, at most ${grouped(MOST_COMPARED)}; got ${grouped(candidates)}. Ask for fewer candidates, or leave it out.`,
  );
}

function fieldTypes(index: SearchIndex): FieldTypes {
  const made = index.manifest();
  return made === undefined ? {} : typesIn(made);
}

/** By id the vectors of documents, length 1; one that was deleted meanwhile has none. */
async function vectorsOf(index: SearchIndex, hits: readonly Hit[]): Promise<ReadonlyMap<string, Float32Array>> {
  const vectors = new Map<string, Float32Array>();
  const ids = hits.map(({ id }) => id);
  for await (const { id, vector } of index.store.get(ids, ['vector'])) vectors.set(id, vector);
  return vectors;
}
