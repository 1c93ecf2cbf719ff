import type { FieldCondition, Filter } from '../filter/filter.ts';
import type { Random } from '../math/random.ts';
import type { Document, FieldValue } from '../types.ts';
import type { FilterableFields } from './store.ts';

/** Names that an engine may stumble over, beside usual ones; `free` is not declared. */
export const filterableFields: FilterableFields = {
  year: 'number',
  genre: 'keyword',
  'it\'s "odd"; -- é': 'keyword',
  filter0_value: 'number',
  // The compiler takes the bare name for that of a method.
  ['constructor' as string]: 'keyword',
  nowhere: 'number',
};
const fieldNames = [...Object.keys(filterableFields), 'free', '__proto__'];

const values: readonly FieldValue[] = [
  ...[0, -0, 5, -3.5, 7, 1e21, 5e-324, 0.1],
  ...['', 'a', 'b', 'é', '5', 'null', "it's", '%', '1979-05-25', '\u0007', '中', '😀', '\uffff', '#', 'x'.repeat(300)],
  ...[true, false, null],
  ...[[], [5, 7], ['a', 'b'], ['b', 'a'], [null], [5, 'a', null, true], [['a']], ['x'.repeat(300)], { a: 1 }, { b: [1] }],
];
const limits = [0, 5, -3.5, 6.5, 1e21, 'a', 'é', '1979', '', '\uffff', '😀'];

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
    () => ({ prefix: String(limit()).slice(0, 1) }),
    () => ({ contains: drawOne(random, limits) }),
    () => ({ gte: limit(), lt: limit(), not: value() }),
  ])();
}
