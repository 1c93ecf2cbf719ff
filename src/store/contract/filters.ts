import type { FieldCondition, FieldTypes, Filter } from '../../filter/filter.ts';
import type { Random } from '../../math/random.ts';
import type { Document, FieldValue } from '../../types.ts';

/** Names that an engine may stumble over, beside usual ones; `free` is not declared. */
export const filterableFields: FieldTypes = {
  year: 'number',
  genre: 'keyword',
  'it\'s "odd"; -- é': 'keyword',
  filter0_value: 'number',
  // The compiler takes the bare name for that of a method.
  ['constructor' as string]: 'keyword',
  nowhere: 'number',
};
/** The same with every type, from format 6 on. */
export const typedFields: FieldTypes = { ...filterableFields, day: 'date', seen: 'boolean' };
const fieldNames = [...Object.keys(typedFields), 'free', '__proto__'];

const values: readonly FieldValue[] = [
  ...[0, -0, 5, -3.5, 7, 1e21, 5e-324, 0.1],
  ...['', 'a', 'b', 'é', '5', 'null', "it's", '%', '1979-05-25', '\u0007', '中', '😀', '\uffff', '#', 'x'.repeat(300)],
  ...[true, false, null],
  // Numbers, dates and truth values in texts, and what only looks so.
  ...['7', ' 5.0 ', '007', '1e3', '-3.5', '9007199254740993', '0.1', 'n/a', 'true', 'False', ' ', '+49', '0.30000000000000004'],
  ...[
    '2024-01-15',
    '2024-01-15T00:00:00Z',
    '2024-01-15 10:30',
    '2024-01-15T23:30:00-04:00',
    '2024-01',
    '2024',
    '2024-02-30',
    2024,
    1705276800000,
  ],
  ...[
    ['7', 5, '8'],
    ['2024-01-15T10:00:00Z', '2023-05', 'soon'],
    ['1969-12-31T23:59:59.5Z', '2024-02-01'],
    [true, 'false', ''],
    ['"', '\\', 'a b'],
  ],
  ...[[], [5, 7], ['a', 'b'], ['b', 'a'], [null], [5, 'a', null, true], [['a']], ['x'.repeat(300)], { a: 1 }, { b: [1] }],
];
const limits = [
  ...[0, 5, -3.5, 6.5, 1e21, 'a', 'é', '1979', '', '\uffff', '😀'],
  ...['7', '2024', 2024, '2024-01', '2024-01-15', '2024-01-15T10:30:00Z', 1705276800000, 'true', '%', '_', "it'", '"', '\\', ' '],
];

export function drawOne<T>({ below }: Random, from: readonly T[]): T {
  return from[below(from.length)] as T;
}

/** As JSON has it, which has no -0. */
export function drawDocument(random: Random, at: number): Document {
  const fields = fieldNames.filter(() => random.below(3) > 0).map((name) => [name, drawOne(random, values)] as const);
  return JSON.parse(JSON.stringify(Object.fromEntries([['id', `d${at}`], ...fields]))) as Document;
}

export function drawFilter(random: Random, depth: number): Filter {
  const fields = fieldNames.filter(() => random.below(fieldNames.length) < 1).map((name) => [name, drawCondition(random)] as const);
  const inner = (): Filter => drawFilter(random, depth - 1);
  return {
    fields: fields.length === 0 && random.below(4) > 0 ? undefined : Object.fromEntries(fields),
    and: depth > 0 && random.below(4) === 0 ? Array.from({ length: random.below(3) }, inner) : undefined,
    or: depth > 0 && random.below(3) === 0 ? Array.from({ length: random.below(4) }, inner) : undefined,
    not: depth > 0 && random.below(3) === 0 ? inner() : undefined,
  };
}

function drawCondition(random: Random): FieldValue | FieldCondition {
  const { below } = random;
  const value = (): FieldValue => drawOne(random, values);
  const several = (): FieldValue[] => Array.from({ length: random.below(4) }, value);
  const limit = (): number | string => drawOne(random, limits);
  return drawOne<() => FieldValue | FieldCondition>(random, [
    () => several(),
    () => ({ equals: value() }),
    () => ({ in: several() }),
    () => ({ not: value() }),
    () => ({ exists: random.below(2) === 0 }),
    () => ({ gt: limit() }),
    () => ({ gte: limit() }),
    () => ({ lt: limit() }),
    () => ({ lte: limit() }),
    () => ({ prefix: String(limit()).slice(0, 1 + below(5)) }),
    () => ({ contains: below(3) === 0 ? drawOne(random, [true, false, null]) : limit() }),
    () => ({ contains: String(limit()).slice(below(3)) }),
    () => ({ gte: limit(), lt: limit(), not: value() }),
  ])();
}
