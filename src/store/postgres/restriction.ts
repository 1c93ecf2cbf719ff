import { documentTest } from '../../filter/document-test.ts';
import type { Filter } from '../../filter/filter.ts';
import type { Document } from '../../types.ts';
import { type SqlDialect, sqlCondition } from '../filter-sql.ts';
import { typesIn } from '../store.ts';
import type { State } from './session.ts';
import { isPlain } from './text.ts';

/** What a filter leaves, in SQL over the passages `p`, and by a test of documents where SQL does not tell all. */
export interface Restriction {
  /** @default every passage */
  readonly where: string | undefined;
  /** Of `where`. */
  readonly values: readonly unknown[];
  /** Of the documents that `where` leaves; absent: all of them fit. */
  readonly fits?: (document: Document) => boolean;
}

const everything: Restriction = { where: undefined, values: [] };

/** Values are parameters, never a part of the statement. */
export function restrictTo(filter: Filter | undefined, { manifest, odd }: State): Restriction {
  if (filter === undefined) return everything;
  const values: unknown[] = [];
  const { sql, isExact } = sqlCondition(filter, manifest, dialectInto(values));
  // What PostgreSQL could not hold as it is was kept otherwise: no column tells of those documents.
  const where = sql === 'true' ? undefined : odd > 0 ? `(${sql} OR p.odd)` : sql;
  const isTold = isExact && (odd === 0 || where === undefined);
  return { ...numbered(where, values), fits: isTold ? undefined : documentTest(filter, typesIn(manifest)) };
}

/** Without the values of parts that went, since others tell it all: PostgreSQL wants to know what each parameter is for. */
function numbered(where: string | undefined, values: readonly unknown[]): Pick<Restriction, 'where' | 'values'> {
  if (where === undefined) return everything;
  const used: unknown[] = [];
  return { where: where.replace(/\$(\d+)/g, (_, at) => `$${used.push(values[Number(at) - 1])}`), values: used };
}

function dialectInto(values: unknown[]): SqlDialect {
  const parameter = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const typeOf = (value: unknown): string => (typeof value === 'string' ? 'text' : 'double precision');
  const listed = (list: readonly (number | string)[]): string => parameter(list, `${typeOf(list[0])}[]`);
  return {
    value: (value) => parameter(value, typeOf(value)),
    isIn: (column, list) => `${column} = ANY(${listed(list)})`,
    isNotIn: (column, list) => `${column} <> ALL(${listed(list)})`,
    hasAny: (column, texts) => `${column} && ${parameter(texts, 'text[]')}`,
    isWhole: isPlain,
  };
}
