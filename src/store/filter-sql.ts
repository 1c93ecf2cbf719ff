import { type Comparison, comparisonOf, wantedOf } from '../filter/comparison.ts';
import type { Condition, Leaf } from '../filter/condition.ts';
import type { Filter } from '../filter/filter.ts';
import { readFilter } from '../filter/read-filter.ts';
import { isOfType } from '../filter/typed-value.ts';
import type { FieldValue } from '../types.ts';
import { type FilterField, filterFields, MARK, periodKey, shortened } from './filter-columns.ts';
import type { Manifest } from './store.ts';

/** An SQL condition. Not exact: more may fit it than fits the filter, and never less. */
export interface SqlCondition {
  readonly sql: string;
  readonly isExact: boolean;
}

/** How an engine writes values and lists in SQL. */
export interface SqlDialect {
  /** A value as a literal, or as a parameter. */
  value(value: number | string): string;
  /** Whether the value of a column, which is not null, is one of these. */
  isIn(column: string, values: readonly (number | string)[]): string;
  isNotIn(column: string, values: readonly (number | string)[]): string;
  /** Whether a list has one of these texts. */
  hasAny(column: string, texts: readonly string[]): string;
  /** Whether a text is stored as it is. To others nothing is equal. */
  isWhole(text: string): boolean;
}

const anything: SqlCondition = { sql: 'true', isExact: false };
const always: SqlCondition = { sql: 'true', isExact: true };
const never: SqlCondition = { sql: 'false', isExact: true };

const signs = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;
const opposites = { gt: '<=', gte: '<', lt: '>=', lte: '>' } as const;

/**
 * A filter as a condition on the columns of the filterable fields. Negations stand at the leaves alone, each written so that it holds where a
 * column is null: SQL's own NOT would be null there. What has no column, or no column that compares as `documentTest` does, lets everything pass.
 */
export function sqlCondition(filter: Filter, manifest: Pick<Manifest, 'format' | 'filterable'>, dialect: SqlDialect): SqlCondition {
  const fields = new Map(filterFields(manifest).map((of) => [of.field, of]));
  const visit = (condition: Condition, isNegated: boolean): SqlCondition => {
    if (condition.kind === 'not') return visit(condition.part, !isNegated);
    if (condition.kind === 'and' || condition.kind === 'or') {
      const parts = condition.parts.map((part) => visit(part, isNegated));
      return (condition.kind === 'and') === isNegated ? any(parts) : all(parts);
    }
    const of = fields.get(condition.field);
    return of === undefined ? anything : leafFor(condition, { ...of, dialect }, isNegated);
  };
  return visit(readFilter(filter), false);
}

/** A filterable field, and the dialect in which its columns are asked. */
type Asked = FilterField & { readonly dialect: SqlDialect };

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

function leafFor(leaf: Leaf, of: Asked, isNegated: boolean): SqlCondition {
  switch (leaf.kind) {
    case 'in':
      return isNegated ? noneOf(leaf.values, of) : oneOf(leaf.values, of);
    case 'exists':
      return exactly(isNegated ? isNull(of) : isThere(of));
    case 'prefix':
      return prefix(leaf.text, of, isNegated);
    case 'contains':
      return contains(leaf.value, of, isNegated);
    default: {
      const comparison = comparisonOf(leaf.kind, leaf.limit, of.readAs);
      if (comparison === undefined) return isNegated ? always : never;
      return range(comparison, of, isNegated);
    }
  }
}

/** Halves within halves: a thousand conditions in a row would be a tree a thousand levels deep. */
function joined(parts: readonly SqlCondition[], by: 'AND' | 'OR'): string {
  if (parts.length === 1) return (parts[0] as SqlCondition).sql;
  const half = parts.length >> 1;
  return `(${joined(parts.slice(0, half), by)} ${by} ${joined(parts.slice(half), by)})`;
}

function noneOf(values: readonly FieldValue[], of: Asked): SqlCondition {
  const { typed, spans, keys, hasNull } = sorted(values, of);
  const { value, other, dialect } = of;
  return all([
    ...(typed.length === 0 ? [] : [exactly(`(${value} IS NULL OR ${dialect.isNotIn(value, typed)})`)]),
    ...spans.map(({ start, end }) =>
      exactly(`(${value} IS NULL OR ${value} < ${dialect.value(start)} OR ${value} >= ${dialect.value(end)})`),
    ),
    ...(keys.length === 0 ? [] : [exactly(`(${other} IS NULL OR NOT ${dialect.hasAny(other, keys)})`)]),
    ...(hasNull ? [exactly(isThere(of))] : []),
  ]);
}

function oneOf(values: readonly FieldValue[], of: Asked): SqlCondition {
  const { typed, spans, keys, hasNull } = sorted(values, of);
  const { value, other, dialect } = of;
  return any([
    ...(typed.length === 0 ? [] : [exactly(dialect.isIn(value, typed))]),
    ...spans.map(({ start, end }) => exactly(`(${value} >= ${dialect.value(start)} AND ${value} < ${dialect.value(end)})`)),
    ...(keys.length === 0 ? [] : [exactly(dialect.hasAny(other, keys))]),
    ...(hasNull ? [exactly(isNull(of))] : []),
  ]);
}

const exactly = (sql: string): SqlCondition => ({ sql, isExact: true });

const isNull = ({ value, other }: Asked): string => `(${value} IS NULL AND ${other} IS NULL)`;
const isThere = ({ value, other }: Asked): string => `(${value} IS NOT NULL OR ${other} IS NOT NULL)`;

function range({ range: operator, limit }: Comparison, { value, high, type, dialect }: Asked, isNegated: boolean): SqlCondition {
  if (!isOfType(limit, type === 'date' ? 'number' : type) || !isComparable(limit)) return anything;
  const columns = operator.startsWith('g') ? [value, high] : [value];
  const sign = isNegated ? opposites[operator] : signs[operator];
  const sides = columns.map((column) =>
    exactly(`${isNegated ? `${column} IS NULL OR ` : ''}${column} ${sign} ${dialect.value(plain(limit))}`),
  );
  return isNegated ? all(sides.map(({ sql }) => exactly(`(${sql})`))) : any(sides);
}

/** Of a keyword the value itself, which an index finds; of a list, and of a text that is kept as a number or a date, its texts. */
function prefix(start: string, { value, text, type, dialect }: Asked, isNegated: boolean): SqlCondition {
  if (text === undefined || !isKept(start, dialect)) return anything;
  const at = positionIn(dialect);
  const inList = at(text, `${MARK}${JSON.stringify(start).slice(0, -1)}`);
  const ofList = `(${isList(text)} AND ${inList} > 0)`;
  if (type !== 'keyword') return nullSafe(`(${at(text, `s${start}`)} = 1 OR ${ofList})`, isNegated);
  const after = nextAfter(start);
  const begins =
    start === '' ? `${value} IS NOT NULL` : `(${value} >= ${dialect.value(start)}${after && ` AND ${value} < ${dialect.value(after)}`})`;
  return nullSafe(`(${begins} OR ${ofList})`, isNegated);
}

/** A piece of a text, or an item of a list. */
function contains(wanted: FieldValue, of: Asked, isNegated: boolean): SqlCondition {
  const { value, high, other, text, type, dialect } = of;
  const at = positionIn(dialect);
  const piece = String(wanted);
  if (text === undefined || !isKept(piece, dialect)) return anything;
  const ofText =
    type === 'keyword'
      ? `(${high} IS NULL AND ${at(value, piece)} > 0)`
      : `(${at(text, 's')} = 1 AND ${at(`substr(${text}, 2)`, piece)} > 0)`;
  const { keys } = sorted([wanted], of);
  return nullSafe(`(${ofText} OR (${isList(text)} AND ${dialect.hasAny(other, keys)}))`, isNegated);
}

const nullSafe = (sql: string, isNegated: boolean): SqlCondition => exactly(isNegated ? `(${sql} IS NOT TRUE)` : sql);

/** Where a piece begins in a text, from 1; 0 where it is not there. */
const positionIn =
  (dialect: SqlDialect) =>
  (text: string, piece: string): string =>
    `strpos(${text}, ${dialect.value(piece)})`;

const isList = (text: string): string => `(${text} >= 'l' AND ${text} < 'm')`;

/** The first text, in the order of UTF-8, after all that begin so; '' where there is none. */
function nextAfter(start: string): string {
  const letters = [...start];
  const code = letters.pop()?.codePointAt(0) ?? 0x10ffff;
  if (code === 0x10ffff) return '';
  // Surrogates are no characters by themselves.
  return `${letters.join('')}${String.fromCodePoint(code === 0xd7ff ? 0xe000 : code + 1)}`;
}

/** Values as they stand in `value`, and the keys of all of them as they stand in `other`: lists stand there. */
function sorted(values: readonly FieldValue[], { type, readAs, dialect }: Asked) {
  const { keys, spans } = wantedOf(values, readAs);
  const typed = [...keys].map((key) => JSON.parse(key) as FieldValue).filter((value) => isOfType(value, type));
  return {
    typed: typed.filter((value) => typeof value !== 'string' || dialect.isWhole(value)).map(plain),
    spans,
    keys: [...[...keys].map(shortened), ...spans.map(({ start, end }) => periodKey(start, end))],
    hasNull: keys.has('null'),
  };
}

/** Whether a text is stored as it is; of U+FFFD it is not known what it was. */
const isKept = (text: string, { isWhole }: SqlDialect): boolean => isWhole(text) && !text.includes('\ufffd');

const plain = (value: number | string | boolean): number | string => (typeof value === 'string' ? value : Number(value) + 0);

/** JavaScript orders texts by units of UTF-16 and SQL by bytes of UTF-8: the same where none of the limit is a surrogate or behind them. */
const isComparable = (limit: number | string | boolean): boolean => typeof limit !== 'string' || /^[ -\uD7FF]*$/.test(limit);
