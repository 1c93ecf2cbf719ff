import type { FilterableFields, FilterableType } from '../store/store.ts';
import type { FieldValue, ReadDocument } from '../types.ts';

/** Letters of the longest text that is a keyword, and fields that are inferred at most: each costs three columns. */
const LONGEST_KEYWORD = 128;
const MOST_FIELDS = 32;

/**
 * The fields that some of these documents have and that hold in all of them nothing but numbers, or nothing but numbers, short texts, true and false,
 * or lists of these; null is no value. The 32 that most documents have, whatever the order of the documents. Not those that make the text.
 */
export function inferFilterable(documents: readonly ReadDocument[], textFields: readonly string[]): FilterableFields {
  const found = new Map<string, { count: number; type: FilterableType | 'neither' }>();
  for (const { document } of documents)
    for (const [field, value] of Object.entries(document)) {
      if (value === undefined || value === null || textFields.includes(field)) continue;
      const seen = found.get(field) ?? { count: 0, type: 'number' };
      seen.count++;
      for (const item of Array.isArray(value) ? (value as readonly FieldValue[]) : [value]) seen.type = widened(seen.type, item);
      found.set(field, seen);
    }
  const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number => (a[0] < b[0] ? -1 : 1);
  const fields = [...found]
    .filter(([, { type }]) => type !== 'neither')
    .sort((a, b) => b[1].count - a[1].count || byName(a, b))
    .slice(0, MOST_FIELDS)
    .map(([field, { type }]) => [field, type as FilterableType] as const);
  return Object.fromEntries(fields.sort(byName));
}

function widened(type: FilterableType | 'neither', item: FieldValue): FilterableType | 'neither' {
  if (typeof item === 'number' || item === null || type === 'neither') return type;
  if (typeof item === 'boolean') return 'keyword';
  return typeof item === 'string' && item.length <= LONGEST_KEYWORD ? 'keyword' : 'neither';
}
