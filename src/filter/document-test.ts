import type { Document, FieldValue } from '../types.ts';
import { checkArguments, readOf, record } from '../wording/check-options.ts';
import { type Comparison, comparisonOf, keyOf, wantedOf } from './comparison.ts';
import type { Condition, Leaf } from './condition.ts';
import type { FieldType, FieldTypes, Filter } from './filter.ts';
import { readFilter } from './read-filter.ts';
import { textIn, typedValue } from './typed-value.ts';

type Test = (value: FieldValue | undefined) => boolean;

/**
 * A filter as a test of documents, which says what every filter means. Fields with a type, as an index has them (`manifest.filterable`), compare as
 * `typedValue` reads them, others number with number and text with text. Throws E_USAGE for a filter that is not understood to the last word.
 *
 * @example
 * import { documentTest } from 'finetooth/stores';
 *
 * const fits = documentTest({ year: { gte: 2018 }, tags: ['sea', 'whales'] });
 * console.log(fits({ year: 2020, tags: ['sea'] }), fits({ year: 2020 })); // true false
 */
export function documentTest(filter: Filter, types: FieldTypes = {}): (document: object) => boolean {
  checkArguments("documentTest('year >= 1990')", { types: [types, record] });
  const fits = testOf(readFilter(filter), types);
  return (document) => {
    // It is asked of every document that is stored: one that is none is looked at when it fails.
    try {
      return fits(document as Document);
    } catch {
      return readOf('the document of documentTest', () => fits(document as Document));
    }
  };
}

/** Of a field of any name: what an object inherits is no field. */
export function valueIn(document: Document, field: string): FieldValue | undefined {
  return Object.hasOwn(document, field) ? document[field] : undefined;
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
  switch (leaf.kind) {
    case 'in':
      return ofSome(equalsOne(leaf.values, type), type);
    case 'exists':
      return (value) => (typedValue(value, type) ?? null) !== null;
    case 'prefix':
      return (value) => [value].flat().some((item) => textIn(item, type)?.startsWith(leaf.text) === true);
    case 'contains': {
      const [isEqual, piece] = [equalsOne([leaf.value], type), String(leaf.value)];
      return (value) => (Array.isArray(value) ? itemsOf(value, type).some(isEqual) : textIn(value, type)?.includes(piece) === true);
    }
    default: {
      const comparison = comparisonOf(leaf.kind, leaf.limit, type);
      return comparison === undefined ? () => false : ofSome((typed) => compared(typed, comparison), type);
    }
  }
}

/** The type of a field of any name. */
export function typeOf(field: string, types: FieldTypes): FieldType | undefined {
  return Object.hasOwn(types, field) ? types[field] : undefined;
}

/** Of a list one item must fit, or the list itself; each as the type reads it. */
function ofSome(test: Test, type: FieldType | undefined): Test {
  return (value) => {
    const typed = typedValue(value, type);
    return test(typed) || (Array.isArray(typed) && typed.some(test));
  };
}

const itemsOf = (list: FieldValue, type: FieldType | undefined): readonly FieldValue[] => typedValue(list, type) as readonly FieldValue[];

function equalsOne(values: readonly FieldValue[], type: FieldType | undefined): Test {
  const { keys, spans } = wantedOf(values, type);
  return (typed) => keys.has(keyOf(typed)) || (typeof typed === 'number' && spans.some(({ start, end }) => typed >= start && typed < end));
}

function compared(value: FieldValue | undefined, { range, limit }: Comparison): boolean {
  const isComparable = (typeof value === 'number' && typeof limit === 'number') || (typeof value === 'string' && typeof limit === 'string');
  if (!isComparable) return false;
  if (range === 'gt') return value > limit;
  if (range === 'gte') return value >= limit;
  return range === 'lt' ? value < limit : value <= limit;
}
