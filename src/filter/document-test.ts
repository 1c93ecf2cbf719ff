import type { Document, FieldValue } from '../types.ts';
import { type Condition, type Leaf, leavesOf, type Range } from './condition.ts';
import type { FieldType, FieldTypes, Filter } from './filter.ts';
import { readFilter } from './read-filter.ts';
import { typedValue } from './typed-value.ts';

type Test = (value: FieldValue | undefined) => boolean;

/**
 * A filter as a test of documents, which says what every filter means. Fields with a type compare as `typedValue` reads them, others number with
 * number and text with text. Throws E_USAGE for a filter that is not understood to the last word.
 */
export function documentTest(filter: Filter, types: FieldTypes = {}): (document: Document) => boolean {
  return testOf(readFilter(filter), types);
}

/** By this values are equal: JSON, so that a missing value is null, and 5 is not "5". */
export function textOf(value: FieldValue | undefined): string {
  return JSON.stringify(value ?? null);
}

/** Of a field of any name: what an object inherits is no field. */
export function valueIn(document: Document, field: string): FieldValue | undefined {
  return Object.hasOwn(document, field) ? document[field] : undefined;
}

/**
 * For each field of a range a filter that every document fits whose value can be compared with it. Where none fits that, the range is no answer:
 * "2018" is a text, or the field has another name.
 */
export function comparableFilters(filter: Filter, types: FieldTypes = {}): ReadonlyMap<string, Filter> {
  const filters = new Map<string, Filter>();
  for (const leaf of leavesOf(readFilter(filter))) {
    if (!('limit' in leaf)) continue;
    const least = typeof typedValue(leaf.limit, typeOf(leaf.field, types)) === 'number' ? -Number.MAX_VALUE : '';
    const before = filters.get(leaf.field);
    const one: Filter = { fields: Object.fromEntries([[leaf.field, { gte: least }]]) };
    filters.set(leaf.field, before === undefined ? one : { or: [before, one] });
  }
  return filters;
}

function testOf(condition: Condition, types: FieldTypes): (document: Document) => boolean {
  if (condition.kind === 'not') {
    const fits = testOf(condition.part, types);
    return (document) => !fits(document);
  }
  if (condition.kind === 'and' || condition.kind === 'or') {
    const parts = condition.parts.map((part) => testOf(part, types));
    return condition.kind === 'and'
      ? (document) => parts.every((fits) => fits(document))
      : (document) => parts.some((fits) => fits(document));
  }
  const { field } = condition;
  const fits = valueTest(condition, typeOf(field, types));
  return (document) => fits(valueIn(document, field));
}

function valueTest(leaf: Leaf, type: FieldType | undefined): Test {
  const keyOf = (value: FieldValue | undefined): string => textOf(typedValue(value, type));
  const asText = (value: FieldValue | undefined): string | undefined => {
    const text = type === 'keyword' ? typedValue(value, type) : value;
    return typeof text === 'string' ? text : undefined;
  };
  switch (leaf.kind) {
    case 'in': {
      const keys = new Set(leaf.values.map(keyOf));
      return ofSome((value) => keys.has(keyOf(value)));
    }
    case 'exists':
      return (value) => value !== undefined && value !== null;
    case 'prefix':
      return ofSome((value) => asText(value)?.startsWith(leaf.text) === true);
    case 'contains': {
      const [key, piece] = [keyOf(leaf.value), String(leaf.value)];
      return (value) => (Array.isArray(value) ? value.some((one) => keyOf(one) === key) : asText(value)?.includes(piece) === true);
    }
    default: {
      const limit = typedValue(leaf.limit, type);
      return ofSome((value) => compared(typedValue(value, type), limit, leaf.kind));
    }
  }
}

/** The type of a field of any name. */
export function typeOf(field: string, types: FieldTypes): FieldType | undefined {
  return Object.hasOwn(types, field) ? types[field] : undefined;
}

/** Of a list one value must fit, or the list itself. */
function ofSome(test: Test): Test {
  return (value) => test(value) || (Array.isArray(value) && value.some(test));
}

function compared(value: FieldValue | undefined, limit: FieldValue | undefined, range: Range): boolean {
  const isComparable = (typeof value === 'number' && typeof limit === 'number') || (typeof value === 'string' && typeof limit === 'string');
  if (!isComparable) return false;
  if (range === 'gt') return value > limit;
  if (range === 'gte') return value >= limit;
  return range === 'lt' ? value < limit : value <= limit;
}
