import { FinetoothError } from '../errors.ts';
import type { Document, FieldValue } from '../types.ts';

/** A condition on one field; of a list that a document holds, one value suffices. */
export interface FieldCondition {
  readonly equals?: FieldValue;
  readonly in?: readonly FieldValue[];
  readonly not?: FieldValue;
  /** Numbers with numbers, texts with texts (ISO 8601 dates sort as text). */
  readonly gt?: number | string;
  readonly gte?: number | string;
  readonly lt?: number | string;
  readonly lte?: number | string;
  /** The field is there and is not null, or is not. */
  readonly exists?: boolean;
}

/**
 * Which documents may be found: all of the fields named must fit. A plain value means `equals`, a list `in`. `or`: one of these filters must
 * fit too; `not`: none of it.
 */
export interface Filter {
  readonly fields?: Readonly<Record<string, FieldValue | FieldCondition>>;
  readonly or?: readonly Filter[];
  readonly not?: Filter;
}

const operators = ['equals', 'in', 'not', 'gt', 'gte', 'lt', 'lte', 'exists'] as const;

const same = (a: FieldValue | undefined, b: FieldValue): boolean => JSON.stringify(a ?? null) === JSON.stringify(b);

const compared = (value: FieldValue | undefined, limit: number | string, fits: (order: number) => boolean): boolean => {
  if (typeof value === 'number' && typeof limit === 'number') return fits(value - limit);
  if (typeof value === 'string' && typeof limit === 'string') return fits(value < limit ? -1 : value > limit ? 1 : 0);
  return false;
};

const conditionOf = (field: string, wanted: FieldValue | FieldCondition): FieldCondition => {
  if (Array.isArray(wanted)) return { in: wanted as readonly FieldValue[] };
  if (typeof wanted !== 'object' || wanted === null) return { equals: wanted as FieldValue };
  const unknown = Object.keys(wanted).find((name) => !(operators as readonly string[]).includes(name));
  if (unknown !== undefined || Object.keys(wanted).length === 0)
    throw new FinetoothError(
      'E_USAGE',
      `the filter of "${field}" has ${unknown === undefined ? 'nothing in it' : `"${unknown}"`}; it takes ${operators.join(', ')}.`,
    );
  return wanted as FieldCondition;
};

const tests: Readonly<Record<(typeof operators)[number], (value: FieldValue | undefined, condition: FieldCondition) => boolean>> = {
  equals: (value, { equals }) => same(value, equals as FieldValue),
  in: (value, condition) => (condition.in ?? []).some((one) => same(value, one)),
  not: (value, { not }) => !same(value, not as FieldValue),
  gt: (value, { gt }) => compared(value, gt as number, (order) => order > 0),
  gte: (value, { gte }) => compared(value, gte as number, (order) => order >= 0),
  lt: (value, { lt }) => compared(value, lt as number, (order) => order < 0),
  lte: (value, { lte }) => compared(value, lte as number, (order) => order <= 0),
  exists: (value, { exists }) => (value !== undefined && value !== null) === exists,
};

/** Of a list one value must fit; of `not` all must. */
const fits = (value: FieldValue | undefined, condition: FieldCondition): boolean =>
  operators.every((name) => {
    if (condition[name] === undefined) return true;
    const test = (one: FieldValue | undefined): boolean => tests[name](one, condition);
    if (!Array.isArray(value) || name === 'exists' || test(value))
      return name === 'not' && Array.isArray(value) ? value.every(test) : test(value);
    return name !== 'not' && (value as readonly FieldValue[]).some(test);
  });

/** A filter as a test of documents. Throws E_USAGE for a condition that does not exist. */
export const documentTest = (filter: Filter): ((document: Document) => boolean) => {
  const fields = Object.entries(filter.fields ?? {}).map(([field, wanted]) => [field, conditionOf(field, wanted)] as const);
  const others = filter.or?.map(documentTest);
  const none = filter.not === undefined ? undefined : documentTest(filter.not);
  return (document) =>
    fields.every(([field, condition]) => fits(Object.hasOwn(document, field) ? document[field] : undefined, condition)) &&
    (others === undefined || others.some((test) => test(document))) &&
    (none === undefined || !none(document));
};
