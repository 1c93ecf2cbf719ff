import type { FieldValue } from '../types.ts';
import { keyOf } from './comparison.ts';

/**
 * The one order of the values of a field: numbers, then texts by their characters, then false and true, then all else by its JSON. Negative when `a`
 * comes first, 0 only of equal ones.
 */
export function compareValues(a: FieldValue, b: FieldValue): number {
  const [kind, other] = [kindOf(a), kindOf(b)];
  if (kind !== other) return kind - other;
  if (typeof a === 'number') return a - (b as number);
  const [x, y] = typeof a === 'string' ? [a, b as string] : [keyOf(a), keyOf(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

const kinds: readonly string[] = ['number', 'string', 'boolean', 'object'];

const kindOf = (value: FieldValue): number => kinds.indexOf(typeof value);
