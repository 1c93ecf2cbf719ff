import { FinetoothError } from '../errors.ts';
import type { FieldValue } from '../types.ts';
import { type Condition, negated, type Range } from './condition.ts';
import type { FieldCondition } from './filter.ts';

/** Filters inside each other, and lists and objects inside a value; Elasticsearch's `indices.query.bool.max_nested_depth`. */
export const DEEPEST = 20;
/** Conditions of a filter, and filters inside it; Elasticsearch's `indices.query.bool.max_clause_count`. */
const MOST_CONDITIONS = 1024;
/** Values of one list; Elasticsearch's `index.max_terms_count`. */
const MOST_VALUES = 65_536;

export type Operator = keyof FieldCondition;

export const operators: readonly Operator[] = ['equals', 'in', 'not', 'gt', 'gte', 'lt', 'lte', 'exists', 'prefix', 'contains'];

/** What was counted in the whole filter so far. */
export interface Count {
  conditions: number;
  filters: number;
}

export type Plain = Readonly<Record<string, unknown>>;

/** Counts one more. Throws E_USAGE for one too many. */
export function countOne(count: Count, what: keyof Count): void {
  if (++count[what] > MOST_CONDITIONS)
    throw refused(
      `the filter has more than ${MOST_CONDITIONS} ${what === 'filters' ? 'filters inside it' : 'conditions'}. Ask with several.`,
    );
}

/** One operator on one field, in the normal form. Throws E_USAGE for a value that it does not take. */
export function leafOf(field: string, operator: Operator, value: unknown): Condition {
  checkOperator(field, operator, value);
  switch (operator) {
    case 'equals':
      return { kind: 'in', field, values: [value as FieldValue] };
    case 'in':
      return { kind: 'in', field, values: value as readonly FieldValue[] };
    case 'not':
      return negated({ kind: 'in', field, values: [value as FieldValue] });
    case 'exists':
      return value === true ? { kind: 'exists', field } : negated({ kind: 'exists', field });
    case 'prefix':
      return { kind: 'prefix', field, text: value as string };
    case 'contains':
      return { kind: 'contains', field, value: value as FieldValue };
    default:
      return { kind: operator satisfies Range, field, limit: value as number | string };
  }
}

export function refused(sentence: string): FinetoothError {
  return new FinetoothError('E_USAGE', sentence);
}

/** A value as a message shows it, never long. */
export function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isPlain(value))
    return `a ${Object.getPrototypeOf(value)?.constructor?.name ?? 'class instance'}`;
  if (value === undefined || typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  try {
    const text = JSON.stringify(value);
    return text.length > 80 ? `${text.slice(0, 79)}…` : text;
  } catch {
    return 'a value that is not JSON';
  }
}

/** An object of this or another realm whose properties are all its own: of a `Map`, or of `{ __proto__: … }`, conditions would be lost. */
export function isPlain(value: unknown): value is Plain {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty'));
}

function checkOperator(field: string, operator: Operator, value: unknown): void {
  const where = `"${operator}" in the filter of ${shown(field)}`;
  const takes = (what: string): FinetoothError => refused(`${where} takes ${what}; got ${shown(value)}.`);
  if (operator === 'in' && !Array.isArray(value)) throw takes('a list of values');
  if (operator === 'exists' && typeof value !== 'boolean') throw takes('true or false');
  if (operator === 'prefix' && typeof value !== 'string') throw takes('a text');
  if (operator === 'contains' && typeof value === 'object' && value !== null) throw takes('one value of a list, or a piece of a text');
  if (/^[gl]te?$/.test(operator) && typeof value !== 'string' && !Number.isFinite(value)) throw takes('a finite number or a text');
  checkValue(value, where);
}

/** Refuses what is no value of JSON: it would be compared as something else, or dropped. */
function checkValue(value: unknown, where: string, depth = 1): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return;
  if (depth > DEEPEST) throw refused(`${where} is nested more than ${DEEPEST} levels deep.`);
  if (Array.isArray(value)) {
    if (value.length > MOST_VALUES) throw refused(`${where} is a list of ${value.length} values; at most ${MOST_VALUES} are taken.`);
    // `forEach` would step over holes.
    for (const item of value) checkValue(item, where, depth + 1);
    return;
  }
  if (!isPlain(value))
    throw refused(`${where} takes a text, a finite number, true, false, null, a list or an object; got ${shown(value)}.`);
  for (const inner of Object.values(value)) checkValue(inner, where, depth + 1);
}
