import type { FieldValue } from '../types.ts';

/**
 * A filter in its one normal form, whatever way it was written: no `and` in an `and`, no `or` in an `or`, none of either with a single part, no
 * `not` of a `not`. An empty `and`, which fits everything, and an empty `or`, which fits nothing, stand only alone.
 */
export type Condition =
  | { readonly kind: 'and'; readonly parts: readonly Condition[] }
  | { readonly kind: 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | Leaf;

/** A condition on one field. Of a list that a document holds, one value suffices. */
export type Leaf =
  | { readonly kind: 'in'; readonly field: string; readonly values: readonly FieldValue[] }
  | { readonly kind: Range; readonly field: string; readonly limit: number | string }
  | { readonly kind: 'exists'; readonly field: string }
  | { readonly kind: 'prefix'; readonly field: string; readonly text: string }
  | { readonly kind: 'contains'; readonly field: string; readonly value: FieldValue };

export type Range = 'gt' | 'gte' | 'lt' | 'lte';

/** All of the parts, or one of them. */
export function joined(kind: 'and' | 'or', parts: readonly Condition[]): Condition {
  const flat = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]));
  const other = kind === 'and' ? 'or' : 'and';
  const decided = flat.find((part) => part.kind === other && part.parts.length === 0);
  return decided ?? (flat.length === 1 ? (flat[0] as Condition) : { kind, parts: flat });
}

export function negated(part: Condition): Condition {
  if (part.kind === 'not') return part.part;
  if ((part.kind === 'and' || part.kind === 'or') && part.parts.length === 0)
    return { kind: part.kind === 'and' ? 'or' : 'and', parts: [] };
  return { kind: 'not', part };
}

/** The conditions on fields in it, in order. */
export function leavesOf(condition: Condition): readonly Leaf[] {
  if (condition.kind === 'and' || condition.kind === 'or') return condition.parts.flatMap(leavesOf);
  return condition.kind === 'not' ? leavesOf(condition.part) : [condition];
}
