import type { FieldType, Filter } from '../filter/filter.ts';
import { momentText } from '../filter/moment-text.ts';
import { compareValues } from '../filter/value-order.ts';
import type { CallOptions, FieldValue } from '../types.ts';
import { checkArguments } from '../wording/check-options.ts';
import { anyText, optional } from '../wording/check-shapes.ts';

/** What `Store.facets` is asked beside the fields. */
export interface FacetOptions extends CallOptions {
  /** Which documents are counted. @default all */
  readonly filter?: Filter;
  /** Values of each field at most, 1 or more. */
  readonly limit: number;
}

/** The values of a field over documents. Of a list each different value counts once per document; objects, and lists in lists, are no values. */
export interface Facet {
  readonly field: string;
  /** The most frequent ones first, of equally frequent ones the lesser: numbers before texts, before truth values. */
  readonly values: readonly FacetValue[];
  /** How many different values there are beside those. null: more than 100,000 in all, of which none was counted. */
  readonly moreValues: number | null;
  /** Documents without a value. */
  readonly missing: number;
  /** The least and the greatest number, of a field of dates the first and the last date; only where there are such. */
  readonly min?: number | string;
  readonly max?: number | string;
}

export interface FacetValue {
  /** As the type of the field reads it; a date in ISO 8601, UTC, of a midnight the day alone. */
  readonly value: string | number | boolean;
  /** Documents that have it. */
  readonly count: number;
}

/** Counts the values of a field, document by document. */
export interface FacetCounter {
  /** A value as the type of the field reads it (`typedValue`), and how many documents have it. @default 1 */
  add(value: FieldValue | undefined, documents?: number): void;
  facet(limit: number): Facet;
}

/** Different values of a field that are counted, and characters in all of them: beyond, only the least and the greatest number are kept. */
const MOST_VALUES = 100_000;
const MOST_CHARACTERS = 16_000_000;

/**
 * For stores that count by themselves: memory is bounded whatever the field holds. Moments of a field of dates are given in ISO 8601.
 *
 * @example
 * import { facetCounter } from 'finetooth/stores';
 *
 * const counter = facetCounter('year', 'number');
 * for (const year of [1975, 2005, 1975, undefined]) counter.add(year);
 * const { values, missing } = counter.facet(10);
 * console.log(values[0].value, values[0].count, missing); // 1975 2 1
 */
export function facetCounter(field: string, type?: FieldType): FacetCounter {
  checkArguments("facetCounter('year', 'number')", { field: [field, anyText], type: [type, optional(anyText)] });
  const told = <Value>(value: Value): Value | string => (type === 'date' && typeof value === 'number' ? momentText(value) : value);
  const counts = new Map<FacetValue['value'], number>();
  let characters = 0;
  let missing = 0;
  let isTooMany = false;
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const count = (value: FacetValue['value'], documents: number): void => {
    if (typeof value === 'number') [min, max] = [Math.min(min, value), Math.max(max, value)];
    if (isTooMany) return;
    const before = counts.get(value);
    counts.set(value, (before ?? 0) + documents);
    if (before !== undefined) return;
    if (typeof value === 'string') characters += value.length;
    isTooMany = counts.size > MOST_VALUES || characters > MOST_CHARACTERS;
    if (isTooMany) counts.clear();
  };
  return {
    add: (value, documents = 1) => {
      if (isCounted(value)) count(value, documents);
      else {
        const items = new Set(Array.isArray(value) ? value.filter(isCounted) : []);
        if (items.size === 0) missing += documents;
        for (const item of items) count(item, documents);
      }
    },
    facet: (limit) => {
      const values = [...counts].map(([value, count]): FacetValue => ({ value, count }));
      values.sort((a, b) => b.count - a.count || compareValues(a.value, b.value));
      return {
        field,
        values: values.slice(0, limit).map(({ value, count }) => ({ value: told(value), count })),
        moreValues: isTooMany ? null : Math.max(0, values.length - limit),
        missing,
        ...(min <= max ? { min: told(min + 0), max: told(max + 0) } : {}),
      };
    },
  };
}

/** What is no number in JSON is null there. */
const isCounted = (value: FieldValue | undefined): value is FacetValue['value'] =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
