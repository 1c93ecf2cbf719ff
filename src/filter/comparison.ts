import type { FieldValue } from '../types.ts';
import type { Range } from './condition.ts';
import type { FieldType } from './filter.ts';
import { type Span, spanOf, typedValue } from './typed-value.ts';

/** A range as it is asked of typed values. */
export interface Comparison {
  readonly range: Range;
  readonly limit: number | string;
}

/** What a value must be equal to one of: a key, or a moment of one of these spans. */
export interface Wanted {
  readonly keys: ReadonlySet<string>;
  readonly spans: readonly Required<Span>[];
}

/**
 * A range of a field of this type; undefined where nothing can be compared with the limit: a number with keywords, a text that is none with numbers,
 * anything with truth values. A year, a month or a day is before, or after, as a whole.
 */
export function comparisonOf(range: Range, limit: number | string, type: FieldType | undefined): Comparison | undefined {
  if (type === 'date') {
    const span = spanOf(limit);
    if (span?.end === undefined) return span && { range, limit: span.start };
    if (range === 'gt') return { range: 'gte', limit: span.end };
    return range === 'lte' ? { range: 'lt', limit: span.end } : { range, limit: span.start };
  }
  if (type === 'boolean' || (type === 'keyword' && typeof limit !== 'string')) return undefined;
  const typed = type === 'number' ? typedValue(limit, type) : limit;
  return typeof typed === 'number' || (typeof typed === 'string' && type !== 'number') ? { range, limit: typed } : undefined;
}

/** Values of a filter, as those of a field of this type are compared with them: a year, a month or a day is equal to every moment in it. */
export function wantedOf(values: readonly FieldValue[], type: FieldType | undefined): Wanted {
  const spans: Required<Span>[] = [];
  const keys = new Set<string>();
  for (const value of values) {
    const { start, end } = (type === 'date' && spanOf(value)) || {};
    if (start !== undefined && end !== undefined) spans.push({ start, end });
    else keys.add(keyOf(typedValue(value, type)));
  }
  return { keys, spans };
}

/** By this typed values are equal: JSON, so that a missing value is null, and 5 is not "5". */
export function keyOf(typed: FieldValue | undefined): string {
  return JSON.stringify(typed ?? null);
}
