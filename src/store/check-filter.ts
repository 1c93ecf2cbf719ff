import { FinetoothError } from '../errors.ts';
import { nearestName } from '../wording/nearest-name.ts';
import type { Filter } from './filter.ts';

/** Conditions of a filter, and filters inside it; Elasticsearch's `indices.query.bool.max_clause_count`. */
const MOST_CONDITIONS = 1024;
/** Filters inside each other, and lists and objects inside a value; Elasticsearch's `indices.query.bool.max_nested_depth`. */
const DEEPEST = 20;
/** Values of one list; Elasticsearch's `index.max_terms_count`. */
const MOST_VALUES = 65_536;

const parts = ['fields', 'or', 'not'];
const limits = ['gt', 'gte', 'lt', 'lte'];
const operators = ['equals', 'in', 'not', ...limits, 'exists'];

type Plain = Readonly<Record<string, unknown>>;

const refused = (sentence: string): FinetoothError => new FinetoothError('E_USAGE', sentence);

/** A value as a message shows it, never long. */
const shown = (value: unknown): string => {
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
};

/** An object of this or another realm whose properties are all its own: of a `Map`, or of `{ __proto__: … }`, conditions would be lost. */
const isPlain = (value: unknown): value is Plain => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty'));
};

const meant = (name: string, known: readonly string[]): string => {
  const near = nearestName(name, known);
  return near === undefined ? '' : ` Did you mean "${near}"?`;
};

/** What was counted in the whole filter so far. */
interface Count {
  conditions: number;
  filters: number;
}

const one = (count: Count, what: keyof Count): void => {
  if (++count[what] > MOST_CONDITIONS)
    throw refused(
      `the filter has more than ${MOST_CONDITIONS} ${what === 'filters' ? 'filters inside it' : 'conditions'}. Ask with several.`,
    );
};

/** Refuses what is no value of JSON: it would be compared as something else, or dropped. */
const checkValue = (value: unknown, where: string, depth = 1): void => {
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
};

const checkOperator = (field: string, name: string, value: unknown): void => {
  const where = `"${name}" in the filter of ${shown(field)}`;
  const takes = (what: string): FinetoothError => refused(`${where} takes ${what}; got ${shown(value)}.`);
  if (name === 'in' && !Array.isArray(value)) throw takes('a list of values');
  if (name === 'exists' && typeof value !== 'boolean') throw takes('true or false');
  if (limits.includes(name) && typeof value !== 'string' && !Number.isFinite(value)) throw takes('a finite number or a text');
  checkValue(value, where);
};

const checkCondition = (field: string, wanted: unknown, count: Count): void => {
  if (!isPlain(wanted)) {
    one(count, 'conditions');
    checkValue(wanted, `the filter of ${shown(field)}`);
    return;
  }
  const given = Object.keys(wanted).filter((name) => wanted[name] !== undefined);
  const unknown = Object.keys(wanted).find((name) => !operators.includes(name));
  if (unknown !== undefined || given.length === 0)
    throw refused(
      `the filter of ${shown(field)} has ${unknown === undefined ? 'nothing in it' : shown(unknown)}; it takes ${operators.join(', ')}.${unknown === undefined ? '' : meant(unknown, operators)}`,
    );
  for (const name of given) {
    one(count, 'conditions');
    checkOperator(field, name, wanted[name]);
  }
};

const checkPart = (filter: unknown, count: Count, depth: number): void => {
  if (depth > DEEPEST) throw refused(`the filter has filters inside each other more than ${DEEPEST} levels deep.`);
  if (!isPlain(filter)) throw refused(`a filter is an object like {"fields": {"year": {"gte": 2018}}}; got ${shown(filter)}.`);
  const unknown = Object.keys(filter).find((name) => !parts.includes(name));
  if (unknown !== undefined)
    throw refused(
      `the filter has ${shown(unknown)}; it takes ${parts.join(', ')}, and conditions on fields stand in "fields": {"fields": {${shown(unknown)}: ${shown(filter[unknown])}}}.${meant(unknown, parts)}`,
    );
  const { fields, or, not } = filter;
  if (fields !== undefined) {
    if (!isPlain(fields)) throw refused(`"fields" of a filter is an object like {"year": {"gte": 2018}}; got ${shown(fields)}.`);
    for (const [field, wanted] of Object.entries(fields)) checkCondition(field, wanted, count);
  }
  if (or !== undefined) {
    if (!Array.isArray(or)) throw refused(`"or" of a filter is a list of filters; got ${shown(or)}.`);
    for (const inner of or) {
      one(count, 'filters');
      checkPart(inner, count, depth + 1);
    }
  }
  if (not === undefined) return;
  one(count, 'filters');
  checkPart(not, count, depth + 1);
};

/**
 * Holds a filter against its form, wherever it comes from: a part that is not understood would be dropped, and what it was to keep back would
 * be found. Throws E_USAGE.
 */
export function checkFilter(filter: unknown): asserts filter is Filter {
  checkPart(filter, { conditions: 0, filters: 0 }, 1);
}
