import { describe, expect, it } from 'vitest';
import { randomFrom } from '../math/random.ts';
import type { Document, FieldValue } from '../types.ts';
import { type Condition, joined, type Leaf, negated } from './condition.ts';
import { documentTest } from './document-test.ts';
import type { FieldType, FieldTypes, Filter } from './filter.ts';
import { readFilter } from './read-filter.ts';

const { below } = randomFrom(16);
const pick = <T>(some: readonly T[]): T => some[below(some.length)] as T;
const times = <T>(most: number, make: () => T): T[] => Array.from({ length: below(most + 1) }, make);

const fields = [
  'year',
  'tags',
  'a.b',
  'release year',
  'and',
  'Not',
  'exists',
  'fields',
  '',
  '`"\'\\',
  '= (3,',
  '\u{1F433}',
  'constructor',
  '__proto__',
  'f(x)',
];
const texts = [
  'sea',
  'the sea',
  '2018',
  '3',
  'true',
  'null',
  '',
  ' ',
  'and',
  'a or b',
  'x=1',
  "it's",
  '"',
  '\\',
  'a\nb\t',
  '(1, 2)',
  '2018-03-01',
  '2018-03-01T00:00:00Z',
  '\u{1F433}\ud800',
];
const scalar = (): string | number | boolean | null =>
  pick([pick(texts), pick(texts), below(5), 2016 + below(4), -1.5, 1e21, true, false, null]);
const value = (depth = 2): FieldValue => (depth > 0 && below(5) === 0 ? times(3, () => value(depth - 1)) : scalar());

const leaf = (): Leaf => {
  const field = pick(fields);
  switch (below(5)) {
    case 0:
      return { kind: 'exists', field };
    case 1:
      return { kind: 'prefix', field, text: pick(texts) };
    case 2:
      return { kind: 'contains', field, value: scalar() };
    case 3:
      return { kind: pick(['gt', 'gte', 'lt', 'lte'] as const), field, limit: pick([pick(texts), below(5), 2017.5]) };
    default:
      return { kind: 'in', field, values: times(3, value) };
  }
};
const condition = (depth: number): Condition => {
  if (depth === 0 || below(3) === 0) return leaf();
  if (below(4) === 0) return negated(condition(depth - 1));
  return joined(pick(['and', 'or'] as const), [condition(depth - 1), ...times(2, () => condition(depth - 1)), condition(depth - 1)]);
};

const keywords = /^(and|or|not|in|contains|prefix|exists|true|false|null)$/i;
/** One of the ways to write a name or a text. */
const quotedAs = (quote: string, text: string): string =>
  `${quote}${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll(quote, `\\${quote}`)}${quote}`;
const nameAs = (name: string): string =>
  /^[\p{L}.]+$/u.test(name) && !keywords.test(name) && below(2) === 0 ? name : quotedAs(pick(['`', '"', "'"]), name);
const textAs = (text: string): string =>
  /^\p{L}+( \p{L}+)*$/u.test(text) && !text.split(' ').some((word) => keywords.test(word)) && below(2) === 0
    ? text
    : quotedAs(pick(['"', "'"]), text);
const valueAs = (one: FieldValue): string => (typeof one === 'string' ? textAs(one) : JSON.stringify(one));
const space = (): string => pick([' ', '  ', '\n']);
const cased = (word: string): string => pick([word, word.toUpperCase()]);
const signs = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

const leafAs = (one: Leaf, isNot: boolean): string => {
  const name = nameAs(one.field);
  const not = isNot ? `${cased('not')} ` : '';
  switch (one.kind) {
    case 'exists':
      return `${name} ${not}${cased('exists')}`;
    case 'prefix':
      return `${name} ${not}${cased('prefix')} ${textAs(one.text)}`;
    case 'contains':
      return `${name} ${not}${cased('contains')} ${valueAs(one.value)}`;
    case 'in': {
      const [first] = one.values;
      const isOne = one.values.length === 1 && !Array.isArray(first);
      if (isOne && below(2) === 0) return `${name}${pick([' ', ''])}${isNot ? '!=' : '='}${valueAs(first as FieldValue)}`;
      return `${name} ${not}${cased('in')} (${one.values.map(valueAs).join(pick([',', ' , ']))})`;
    }
    default:
      return `${isNot ? 'not ' : ''}${name}${pick([' ', ''])}${signs[one.kind]}${space()}${valueAs(one.limit)}`;
  }
};
const asText = (one: Condition, isInside = false): string => {
  if (one.kind === 'not')
    return one.part.kind === 'and' || one.part.kind === 'or'
      ? `${cased('not')}${pick([' ', ''])}${asText(one.part, true)}`
      : leafAs(one.part as Leaf, true);
  if (one.kind !== 'and' && one.kind !== 'or') return below(6) === 0 ? `( ${leafAs(one, false)})` : leafAs(one, false);
  // "and" binds closer than "or".
  const text = one.parts
    .map((part) => asText(part, one.kind === 'and' || part.kind !== 'and'))
    .join(`${space()}${cased(one.kind)}${space()}`);
  return isInside ? `(${text})` : text;
};

/** What a value of this file stands for in a field of a type, written down a second time. */
const readAs = (value: FieldValue | undefined, type: FieldType | undefined): FieldValue | undefined => {
  if (type === 'keyword') return typeof value === 'number' || typeof value === 'boolean' ? `${value}` : value;
  if (type === undefined || typeof value !== 'string') return value;
  if (value.trim() === '') return null;
  if (type === 'number') return ['2018', '3'].includes(value) ? +value : value;
  return value === 'true' ? true : value;
};

/** The meaning of each operator, written down a second time. */
const naive = (one: Condition, document: Document, types: FieldTypes = {}): boolean => {
  if (one.kind === 'and') return !one.parts.some((part) => !naive(part, document, types));
  if (one.kind === 'or') return one.parts.filter((part) => naive(part, document, types)).length > 0;
  if (one.kind === 'not') return !naive(one.part, document, types);
  const type = Object.getOwnPropertyDescriptor(types, one.field)?.value as FieldType | undefined;
  const written = Object.getOwnPropertyDescriptor(document, one.field)?.value as FieldValue | undefined;
  const own = (Array.isArray(written) ? written.map((item) => readAs(item, type)) : readAs(written, type)) as FieldValue | undefined;
  const texts = (Array.isArray(written) ? written : [written]).map((item: FieldValue | undefined) => {
    const isNone = type !== undefined && type !== 'keyword' && typeof item === 'string' && item.trim() === '';
    return type === 'keyword' ? readAs(item, type) : isNone ? undefined : item;
  });
  const isEqual = (a: FieldValue, b: FieldValue): boolean =>
    Array.isArray(a) && Array.isArray(b) ? a.length === b.length && a.every((inner, at) => isEqual(inner, b[at])) : a === b;
  const items: readonly FieldValue[] = [own ?? null, ...(Array.isArray(own) ? own : [])];
  switch (one.kind) {
    case 'exists':
      return (own ?? null) !== null;
    case 'in':
      return items.some((item) =>
        one.values.some((wanted) =>
          isEqual(item, (Array.isArray(wanted) ? wanted.map((inner) => readAs(inner, type)) : readAs(wanted, type)) as FieldValue),
        ),
      );
    case 'prefix':
      return texts.some((text) => typeof text === 'string' && text.slice(0, one.text.length) === one.text);
    case 'contains':
      if (!Array.isArray(own)) return typeof texts[0] === 'string' && (texts[0].split(`${one.value}`).length > 1 || one.value === '');
      return items.slice(1).some((item) => isEqual(item, readAs(one.value, type) as FieldValue));
    default: {
      const limit = type === 'number' ? (readAs(one.limit, type) as number | string) : one.limit;
      if (type === 'boolean' || (type !== undefined && typeof limit !== (type === 'number' ? 'number' : 'string'))) return false;
      const orders = items
        .filter((item) => typeof item === typeof limit)
        .map((item) => ((item as string) < limit ? -1 : item === limit ? 0 : 1));
      return orders.some((order) =>
        one.kind === 'gt' ? order > 0 : one.kind === 'gte' ? order >= 0 : one.kind === 'lt' ? order < 0 : order <= 0,
      );
    }
  }
};
const document = (): Document => Object.fromEntries(times(8, () => [pick(fields), value()]));

describe('for any filter', () => {
  it('the text of a normal form is read as that form, however it is written', () => {
    for (let round = 0; round < 5000; round++) {
      const form = condition(3);
      const text = asText(form);
      const read = readFilter(text);
      expect(read, text).toEqual(form);
      expect(readFilter(asText(read)), text).toEqual(read);
    }
  });

  it('a document fits as each operator says', () => {
    let fitting = 0;
    for (let round = 0; round < 5000; round++) {
      const form = condition(2);
      const fits = documentTest(asText(form));
      for (let at = 0; at < 10; at++) {
        const one = document();
        if (fits(one)) fitting++;
        expect(fits(one), `${asText(form)} of ${JSON.stringify(one)}`).toBe(naive(form, one));
      }
    }
    expect([fitting > 5000, fitting < 45_000]).toEqual([true, true]);
  });

  it('the flat form is the fields', () => {
    for (let round = 0; round < 2000; round++) {
      const wanted = Object.fromEntries(
        times(4, () => [
          pick(fields.filter((field) => !/^(fields|and|or|not)$/.test(field))),
          pick<FieldValue>([
            scalar(),
            times(3, scalar),
            { gte: below(4), lt: 4 },
            { not: value() },
            { contains: scalar() },
            { prefix: pick(texts) },
          ]),
        ]),
      ) as Filter;
      expect(readFilter(wanted)).toEqual(readFilter({ fields: wanted } as Filter));
    }
  });

  it('a document fits by typed fields as each operator says of the values that they stand for', () => {
    const types: FieldTypes = { year: 'number', 'a.b': 'keyword', tags: 'boolean' };
    let fitting = 0;
    for (let round = 0; round < 5000; round++) {
      const form = condition(2);
      const fits = documentTest(asText(form), types);
      for (let at = 0; at < 10; at++) {
        const one = document();
        if (fits(one)) fitting++;
        expect(fits(one), `${asText(form)} of ${JSON.stringify(one)}`).toBe(naive(form, one, types));
      }
    }
    expect([fitting > 5000, fitting < 45_000]).toEqual([true, true]);
  });
});
