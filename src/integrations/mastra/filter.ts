import { FinetoothError } from '../../errors.ts';
import type { FieldCondition, Filter } from '../../filter/filter.ts';
import type { FieldValue } from '../../types.ts';
import { isRecord, readOf, shown } from '../../wording/check-options.ts';
import { nearestName } from '../../wording/nearest-name.ts';

type Translate = (value: unknown, operator: string, field: string) => FieldCondition | Filter;

const scalar = (value: unknown, what: string): string | number | boolean | null => {
  if (value instanceof Date) return isoOf(value, what);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw refused(`${what} must be a text, a finite number, true, false, null or a Date; got ${shown(value)}`);
};
const limit = (value: unknown, what: string): string | number => {
  const found = scalar(value, what);
  if (typeof found === 'string' || typeof found === 'number') return found;
  throw refused(`${what} compares with a number, a text or a Date; got ${shown(value)}`);
};
const scalars = (value: unknown, what: string): FieldValue[] => {
  if (!Array.isArray(value)) throw refused(`${what} takes a list; got ${shown(value)}`);
  return Array.from(value, (one) => scalar(one, what));
};
const of = (operator: string, field: string): string => `${operator} of "${field}"`;
const on = (field: string, condition: FieldCondition): Filter => ({ fields: { [field]: condition } });

/** Operators of a field, as conditions of ours. */
const operators: Readonly<Record<string, Translate>> = {
  $eq: (value, name, field) => ({ equals: scalar(value, of(name, field)) }),
  $ne: (value, name, field) => ({ not: scalar(value, of(name, field)) }),
  $gt: (value, name, field) => ({ gt: limit(value, of(name, field)) }),
  $gte: (value, name, field) => ({ gte: limit(value, of(name, field)) }),
  $lt: (value, name, field) => ({ lt: limit(value, of(name, field)) }),
  $lte: (value, name, field) => ({ lte: limit(value, of(name, field)) }),
  $in: (value, name, field) => ({ in: scalars(value, of(name, field)) }),
  $nin: (value, name, field) => ({ not: on(field, { in: scalars(value, of(name, field)) }) }) as Filter,
  $all: (value, name, field) => ({ and: scalars(value, of(name, field)).map((one) => on(field, { equals: one })) }) as Filter,
  $exists: (value, name, field) => {
    if (typeof value !== 'boolean') throw refused(`${of(name, field)} takes true or false; got ${shown(value)}`);
    return { exists: value };
  },
};
/** Those whose translation is a whole filter and not the condition of a field. */
const wholes = new Set(['$nin', '$all']);
const logical = ['$and', '$or', '$nor', '$not'];

/**
 * A filter of Mastra, which is one of MongoDB's, as a filter of ours: the same documents fit. Undefined: none was given.
 *
 * @throws E_USAGE for an operator that has no equal here, by its name (`$regex`, `$elemMatch`), for a path into a nested field, and for a value that nothing
 * can be compared with
 */
export function translateFilter(filter: unknown): Filter | undefined {
  return readOf('the filter', () => translated(filter));
}

function translated(filter: unknown): Filter | undefined {
  if (filter === undefined || filter === null) return undefined;
  if (!isPlain(filter)) throw refused(`a filter must be an object; got ${shown(filter)}`);
  const parts = Object.entries(filter).map(([key, value]) =>
    key.startsWith('$') ? translateLogical(key, value) : translateField(key, value),
  );
  return parts.length === 1 ? parts[0] : { and: parts };
}

function translateLogical(key: string, value: unknown): Filter {
  if (key === '$not') {
    if (!isPlain(value) || Object.keys(value).length === 0) throw refused(`$not takes a filter with a condition; got ${shown(value)}`);
    return { not: translated(value) as Filter };
  }
  if (!logical.includes(key)) throw unknownOperator(key, [...logical, ...Object.keys(operators)], ' at the top of a filter');
  if (!Array.isArray(value)) throw refused(`${key} takes a list of filters; got ${shown(value)}`);
  const parts = Array.from(value, (one) => translated(one) ?? {});
  if (key === '$and') return { and: parts };
  return key === '$or' ? { or: parts } : { not: { or: parts } };
}

function translateField(field: string, value: unknown): Filter {
  if (field.includes('.'))
    throw refused(
      `"${field}" leads into a nested field; filters compare fields of the metadata itself. Keep the value there under a name without a dot`,
    );
  if (Array.isArray(value)) return on(field, { in: scalars(value, `"${field}"`) });
  if (!isPlain(value)) return on(field, { equals: scalar(value, `"${field}"`) });
  const entries = Object.entries(value);
  if (entries.length === 0) throw refused(`"${field}" is compared with an empty object`);
  const nested = entries.find(([key]) => !key.startsWith('$'));
  if (nested !== undefined)
    throw refused(`"${field}" is compared with an object; filters compare fields of the metadata itself, by operators such as $eq`);
  const parts = entries.map(([operator, one]) => translateOperator(field, operator, one));
  return parts.length === 1 ? (parts[0] as Filter) : { and: parts };
}

function translateOperator(field: string, operator: string, value: unknown): Filter {
  if (operator === '$not') return { not: translateField(field, value) };
  const translate = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
  if (translate === undefined) throw unknownOperator(operator, [...Object.keys(operators), '$not'], ` of "${field}"`);
  const made = translate(value, operator, field);
  return wholes.has(operator) ? (made as Filter) : on(field, made as FieldCondition);
}

function unknownOperator(operator: string, known: readonly string[], where: string): FinetoothError {
  const near = nearestName(operator, known);
  return refused(
    `there is no operator ${operator}${where}${near === undefined ? '' : `, did you mean ${near}`}; there are ${known.join(', ')}`,
  );
}

const isoOf = (value: Date, what: string): string => {
  if (Number.isNaN(value.getTime())) throw refused(`${what} is a Date without a time`);
  return value.toISOString();
};

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isRecord(value) && !(value instanceof Date) && !(value instanceof RegExp) && !(value instanceof Map) && !(value instanceof Set);

const refused = (what: string): FinetoothError => new FinetoothError('E_USAGE', `this filter cannot be used: ${what}.`);
