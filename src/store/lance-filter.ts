import { createHash } from 'node:crypto';
import type { Condition, Leaf, Range } from '../filter/condition.ts';
import { textOf, valueIn } from '../filter/document-test.ts';
import type { Filter } from '../filter/filter.ts';
import { readFilter } from '../filter/read-filter.ts';
import type { Document, FieldValue } from '../types.ts';
import type { FilterableFields, FilterableType } from './store.ts';

/** An SQL condition. Not exact: more may fit it than fits the filter, and never less. */
export interface SqlCondition {
  readonly sql: string;
  readonly isExact: boolean;
}

/** Of a filterable field, by its place in the manifest: its name may be any text. */
export interface FilterColumns {
  /** The value where it is of the field's type, of a list the least such item. */
  readonly value: string;
  /** The greatest item of the field's type; only of lists. */
  readonly high: string;
  /** What is not of the field's type, and of a list itself and each item, as JSON. */
  readonly other: string;
}

/** What the columns hold for a document; null in all three: the field is missing or null. */
export interface FilterCells {
  readonly value: number | string | null;
  readonly high: number | string | null;
  readonly other: readonly string[] | null;
}

/** Characters of a JSON value that is kept as it is; longer ones are kept as a hash. */
const LONGEST_KEY = 256;

const anything: SqlCondition = { sql: 'true', isExact: false };
const always: SqlCondition = { sql: 'true', isExact: true };
const never: SqlCondition = { sql: 'false', isExact: true };

type Columns = FilterColumns & { readonly type: FilterableType };

const signs = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;
const opposites = { gt: '<=', gte: '<', lt: '>=', lte: '>' } as const;

/**
 * A filter as a condition on the columns of the filterable fields. Negations stand at the leaves alone, each written so that it holds where a
 * column is null: SQL's own NOT would be null there. What has no column, or no column that compares as `documentTest` does, lets everything pass.
 */
export function conditionFor(filter: Filter, filterable: FilterableFields): SqlCondition {
  const columns = new Map(Object.entries(filterable).map(([field, type], at) => [field, { ...columnsOf(at), type }]));
  const visit = (condition: Condition, isNegated: boolean): SqlCondition => {
    if (condition.kind === 'not') return visit(condition.part, !isNegated);
    if (condition.kind === 'and' || condition.kind === 'or') {
      const parts = condition.parts.map((part) => visit(part, isNegated));
      return (condition.kind === 'and') === isNegated ? any(parts) : all(parts);
    }
    const of = columns.get(condition.field);
    return of === undefined ? anything : leafFor(condition, of, isNegated);
  };
  return visit(readFilter(filter), false);
}

export function columnsOf(at: number): FilterColumns {
  return { value: `filter${at}_value`, high: `filter${at}_high`, other: `filter${at}_other` };
}

export function cellsOf(document: Document, field: string, type: FilterableType): FilterCells {
  const value = valueIn(document, field);
  if (isOfType(value, type)) return { value: plain(value), high: null, other: null };
  // What is no number in JSON is null there.
  if (textOf(value) === 'null') return { value: null, high: null, other: null };
  if (!Array.isArray(value)) return { value: null, high: null, other: [keyOf(value)] };
  const items = value.filter((item): item is number | string => isOfType(item, type)).map(plain);
  const pick = (isBetter: (a: number | string, b: number | string) => boolean) =>
    items.length === 0 ? null : items.reduce((best, item) => (isBetter(item, best) ? item : best));
  return { value: pick((a, b) => a < b), high: pick((a, b) => a > b), other: [...new Set([value, ...value].map(keyOf))] };
}

/**
 * What `cellsOf` was given, read from the columns `value` and `other` as Arrow has them: of a list all items, in any order. `hashed`: they do not tell.
 */
export function valueOfCells(
  value: unknown,
  other: { readonly length: number; get(at: number): string } | null,
): { readonly value: FieldValue | undefined } | 'hashed' {
  if (other === null) return { value: (value ?? undefined) as FieldValue | undefined };
  // Of a list the whole stands first, before its items.
  const isList = other.length > 1;
  const values: FieldValue[] = [];
  for (let at = isList ? 1 : 0; at < other.length; at++) {
    const key = other.get(at);
    if (key.startsWith('#')) return 'hashed';
    values.push(JSON.parse(key) as FieldValue);
  }
  return { value: isList ? values : values[0] };
}

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function any(parts: readonly SqlCondition[]): SqlCondition {
  const asked = parts.filter((part) => part !== never);
  if (asked.length === 0) return never;
  const isExact = asked.every((part) => part.isExact);
  return asked.some(({ sql }) => sql === 'true') ? { ...always, isExact } : { sql: joined(asked, 'OR'), isExact };
}

function all(parts: readonly SqlCondition[]): SqlCondition {
  if (parts.some((part) => part === never)) return never;
  const asked = parts.filter(({ sql }) => sql !== 'true');
  const isExact = parts.every((part) => part.isExact);
  return asked.length === 0 ? { ...always, isExact } : { sql: joined(asked, 'AND'), isExact };
}

function leafFor(leaf: Leaf, of: Columns, isNegated: boolean): SqlCondition {
  switch (leaf.kind) {
    case 'in':
      return isNegated ? noneOf(leaf.values, of) : oneOf(leaf.values, of);
    case 'exists':
      return exactly(isNegated ? isNull(of) : isThere(of));
    case 'prefix':
    case 'contains':
      // Of a list the columns hold the least and the greatest text alone.
      return anything;
    default:
      return range(leaf.kind, leaf.limit, of, isNegated);
  }
}

/** Halves within halves: a thousand conditions in a row would be a tree a thousand levels deep. */
function joined(parts: readonly SqlCondition[], by: 'AND' | 'OR'): string {
  if (parts.length === 1) return (parts[0] as SqlCondition).sql;
  const half = parts.length >> 1;
  return `(${joined(parts.slice(0, half), by)} ${by} ${joined(parts.slice(half), by)})`;
}

function noneOf(values: readonly FieldValue[], of: Columns): SqlCondition {
  const { typed, keys, hasNull } = sorted(values, of);
  const parts = [
    ...(typed.length === 0 ? [] : [exactly(`(${of.value} IS NULL OR ${of.value} NOT IN (${typed.join(', ')}))`)]),
    ...(keys.length === 0 ? [] : [exactly(`(${of.other} IS NULL OR NOT array_has_any(${of.other}, make_array(${keys.join(', ')})))`)]),
    ...(hasNull ? [exactly(isThere(of))] : []),
  ];
  return all(parts);
}

function oneOf(values: readonly FieldValue[], of: Columns): SqlCondition {
  const { typed, keys, hasNull } = sorted(values, of);
  const parts = [
    ...(typed.length === 0 ? [] : [exactly(`${of.value} IN (${typed.join(', ')})`)]),
    ...(keys.length === 0 ? [] : [exactly(`array_has_any(${of.other}, make_array(${keys.join(', ')}))`)]),
    ...(hasNull ? [exactly(isNull(of))] : []),
  ];
  return any(parts);
}

const exactly = (sql: string): SqlCondition => ({ sql, isExact: true });

const isNull = ({ value, other }: Columns): string => `(${value} IS NULL AND ${other} IS NULL)`;
const isThere = ({ value, other }: Columns): string => `(${value} IS NOT NULL OR ${other} IS NOT NULL)`;

function range(operator: Range, limit: number | string, { value, high, type }: Columns, isNegated: boolean): SqlCondition {
  if (!isOfType(limit, type) || !isComparable(limit)) return anything;
  const columns = operator.startsWith('g') ? [value, high] : [value];
  const sign = isNegated ? opposites[operator] : signs[operator];
  const sides = columns.map((column) => exactly(`${isNegated ? `${column} IS NULL OR ` : ''}${column} ${sign} ${literal(limit)}`));
  return isNegated ? all(sides.map(({ sql }) => exactly(`(${sql})`))) : any(sides);
}

/** Values as literals for `value`, and all of them as those for `other`: lists stand there. */
function sorted(values: readonly FieldValue[], { type }: Columns) {
  const typed = values.filter((value): value is number | string => isOfType(value, type) && isWhole(value)).map(literal);
  return { typed, keys: values.map(keyOf).map(quoted), hasNull: values.some((value) => textOf(value) === 'null') };
}

const isOfType = (value: unknown, type: FilterableType): value is number | string =>
  type === 'number' ? Number.isFinite(value) : typeof value === 'string';

/** Half a character is stored as U+FFFD, to which nothing is equal that holds it. */
const isWhole = (value: number | string): boolean => typeof value === 'number' || value.isWellFormed();

const literal = (value: number | string): string => (typeof value === 'number' ? (value + 0).toExponential() : quoted(value));

function keyOf(value: FieldValue | undefined): string {
  const key = textOf(value);
  return key.length <= LONGEST_KEY ? key : `#${createHash('sha256').update(key).digest('hex')}`;
}

/** JavaScript orders texts by units of UTF-16 and SQL by bytes of UTF-8: the same where none of the limit is a surrogate or behind them. */
const isComparable = (limit: number | string): boolean => typeof limit === 'number' || /^[ -\uD7FF]*$/.test(limit);

/** -0 is equal to 0 here, and smaller to Arrow. */
const plain = (value: number | string): number | string => (typeof value === 'number' ? value + 0 : value);
