import type { Document, FieldValue } from '../types.ts';
import { checkFilter } from './check-filter.ts';

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

/** A filter as a test of documents, which says what every filter means. Throws E_USAGE for one that is not understood to the last word. */
export function documentTest(filter: Filter): (document: Document) => boolean {
  checkFilter(filter);
  return testOf(filter);
}

function testOf(filter: Filter): (document: Document) => boolean {
  const fields = Object.entries(filter.fields ?? {}).map(([field, wanted]) => [field, testsOf(conditionOf(wanted))] as const);
  const others = filter.or?.map(testOf);
  const none = filter.not === undefined ? undefined : testOf(filter.not);
  return (document) =>
    fields.every(([field, tests]) => {
      const value = valueIn(document, field);
      return tests.every((test) => test(value));
    }) &&
    (others === undefined || others.some((test) => test(document))) &&
    (none === undefined || !none(document));
}

/** A plain value means `equals`, a list `in`. */
export function conditionOf(wanted: FieldValue | FieldCondition): FieldCondition {
  if (Array.isArray(wanted)) return { in: wanted as readonly FieldValue[] };
  return typeof wanted === 'object' && wanted !== null ? (wanted as FieldCondition) : { equals: wanted as FieldValue };
}

type Test = (value: FieldValue | undefined) => boolean;

/** What each operator asks of a value; of a list one value must fit, of `not` all must. */
function testsOf({ equals, in: among, not, gt, gte, lt, lte, exists }: FieldCondition): readonly Test[] {
  const some =
    (test: Test): Test =>
    (value) =>
      test(value) || (Array.isArray(value) && value.some(test));
  const tests: Test[] = [];
  if (equals !== undefined) tests.push(some(oneOf([equals])));
  if (among !== undefined) tests.push(some(oneOf(among)));
  if (gt !== undefined) tests.push(some((value) => compared(value, gt, (order) => order > 0)));
  if (gte !== undefined) tests.push(some((value) => compared(value, gte, (order) => order >= 0)));
  if (lt !== undefined) tests.push(some((value) => compared(value, lt, (order) => order < 0)));
  if (lte !== undefined) tests.push(some((value) => compared(value, lte, (order) => order <= 0)));
  if (exists !== undefined) tests.push((value) => (value !== undefined && value !== null) === exists);
  if (not !== undefined) {
    const same = some(oneOf([not]));
    tests.push((value) => !same(value));
  }
  return tests;
}

function oneOf(values: readonly FieldValue[]): Test {
  const texts = new Set(values.map(textOf));
  return (value) => texts.has(textOf(value));
}

/** By this values are equal: JSON, so that a missing value is null, and 5 is not "5". */
export function textOf(value: FieldValue | undefined): string {
  return JSON.stringify(value ?? null);
}

function compared(value: FieldValue | undefined, limit: number | string, fits: (order: number) => boolean): boolean {
  if (typeof value === 'number' && typeof limit === 'number') return fits(value - limit);
  if (typeof value === 'string' && typeof limit === 'string') return fits(value < limit ? -1 : value > limit ? 1 : 0);
  return false;
}

/** Of a field of any name: what an object inherits is no field. */
export function valueIn(document: Document, field: string): FieldValue | undefined {
  return Object.hasOwn(document, field) ? document[field] : undefined;
}
