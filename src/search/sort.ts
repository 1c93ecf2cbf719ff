import { FinetoothError } from '../errors.ts';
import { typeOf, valueIn } from '../filter/document-test.ts';
import type { FieldTypes } from '../filter/filter.ts';
import { typedValue } from '../filter/typed-value.ts';
import { compareValues } from '../filter/value-order.ts';
import type { FieldValue } from '../types.ts';
import { shown } from '../wording/check-options.ts';
import type { Rankable, Ranked } from './rank.ts';

/** A field by which results are put in order. */
export interface SortField {
  readonly field: string;
  readonly isDescending: boolean;
}

/**
 * The ranking in the order of fields, the first of them first; what is equal in all keeps its place. Of a list the least item counts, descending the
 * greatest; what has no number, text or truth value stands last, in either direction.
 */
export function sortRanked(ranked: Ranked, candidates: readonly Rankable[], sort: readonly SortField[], types: FieldTypes): Ranked {
  if (sort.length === 0) return ranked;
  const keyed = ranked.order.map((one) => {
    const { document } = candidates[one.index] as Rankable;
    return {
      one,
      keys: sort.map(({ field, isDescending }) => keyOf(typedValue(valueIn(document, field), typeOf(field, types)), isDescending)),
    };
  });
  keyed.sort((a, b) => {
    for (const [at, { isDescending }] of sort.entries()) {
      const [x, y] = [a.keys[at], b.keys[at]];
      if (x === undefined || y === undefined) {
        if (x === y) continue;
        return x === undefined ? 1 : -1;
      }
      const order = compareValues(x, y);
      if (order !== 0) return isDescending ? -order : order;
    }
    return 0;
  });
  return { ...ranked, order: keyed.map(({ one }) => one) };
}

/** `-year` is descending by `year`. Throws E_USAGE for what names no field. */
export function readSort(sort: string | readonly string[] = []): readonly SortField[] {
  return [sort].flat().map((text) => {
    const isDescending = text.startsWith('-');
    const field = isDescending ? text.slice(1) : text;
    if (field !== '') return { field, isDescending };
    throw new FinetoothError('E_USAGE', `sort must name fields, such as "year", or "-year" for the greatest first; got ${shown(text)}.`);
  });
}

/** What of a value counts; undefined: nothing. */
function keyOf(value: FieldValue | undefined, isDescending: boolean): FieldValue | undefined {
  const items = ([value].flat() as readonly (FieldValue | undefined)[]).filter(isOrdered);
  return items.sort(compareValues).at(isDescending ? -1 : 0);
}

const isOrdered = (value: FieldValue | undefined): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
