import { keyOf } from '../filter/comparison.ts';
import { typeOf, valueIn } from '../filter/document-test.ts';
import type { FieldTypes } from '../filter/filter.ts';
import { typedValue } from '../filter/typed-value.ts';
import type { Document, FieldValue } from '../types.ts';
import { counted, grouped } from '../wording/numbers.ts';
import type { Rankable, Ranked, RankedCandidate } from './rank.ts';

/**
 * The ranking with the best document of each group alone, in whose `group` the others stand, best first. A group is what has the same value in the
 * field, a list being one value, which is given as the best has it; what has none is a group by itself.
 */
export function groupRanked(ranked: Ranked, candidates: readonly Rankable[], field: string | undefined, types: FieldTypes): Ranked {
  if (field === undefined) return ranked;
  const groups = new Map<string | RankedCandidate, { readonly value: FieldValue; readonly members: RankedCandidate[] }>();
  for (const one of ranked.order) {
    const { document } = candidates[one.index] as Rankable;
    const value = valueIn(document, field);
    const text = groupKey(document, field, types);
    const key = text === 'null' ? one : text;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { value: value ?? null, members: [one] });
    else group.members.push(one);
  }
  const order = [...groups.values()].map(
    ({ value, members: [best, ...others] }): RankedCandidate => ({ ...(best as RankedCandidate), group: { value, others } }),
  );
  return { ...ranked, order };
}

/** The same for the documents of one group, whatever form the value has in each; 'null' for those that have none. */
export const groupKey = (document: Document, field: string, types: FieldTypes): string =>
  keyOf(typedValue(valueIn(document, field), typeOf(field, types)));

/** Says where candidates were too few for as many groups as were asked for, though the index may hold more. */
export function tooFewGroups(
  { order }: Ranked,
  field: string | undefined,
  { wanted, candidates, hits }: { readonly wanted: number; readonly candidates: number; readonly hits: number },
): readonly string[] {
  if (field === undefined || order.length >= wanted || hits < candidates) return [];
  return [
    `the ${counted(candidates, 'candidate')} are of ${counted(order.length, 'group')} by ${JSON.stringify(field)}, and ${grouped(wanted)} were asked for: more candidates may bring more`,
  ];
}
