import type { Filter } from '../../filter/filter.ts';
import { type SqlCondition, type SqlDialect, sqlCondition } from '../filter-sql.ts';
import type { Manifest } from '../store.ts';

export function conditionFor(filter: Filter, manifest: Pick<Manifest, 'format' | 'filterable'>): SqlCondition {
  return sqlCondition(filter, manifest, dialect);
}

/** An SQL condition that fits what two fit, of which there may be one alone. */
export const both = (one: string | undefined, other: string): string => (one === undefined ? other : `(${one}) AND ${other}`);

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const literal = (value: number | string): string => (typeof value === 'string' ? quoted(value) : value.toExponential());
const listed = (values: readonly (number | string)[]): string => values.map(literal).join(', ');

/** LanceDB takes no parameters. Half a character is stored as U+FFFD. */
const dialect: SqlDialect = {
  value: literal,
  isIn: (column, values) => `${column} IN (${listed(values)})`,
  isNotIn: (column, values) => `${column} NOT IN (${listed(values)})`,
  hasAny: (column, texts) => `array_has_any(${column}, make_array(${listed(texts)}))`,
  isWhole: (text) => text.isWellFormed(),
};
