import { expect, it } from 'vitest';
import { widestFilters, wrongFilters } from '../../test/wrong-filters.ts';
import { documentTest } from './document-test.ts';
import type { Filter } from './filter.ts';

const film = { title: 'Alien', year: 1979, genres: ['horror', 'science fiction'], seen: true, director: null, released: '1979-05-25' };

it.each<[Filter, boolean]>([
  [{}, true],
  [{ fields: { title: 'Alien' } }, true],
  [{ fields: { title: 'Aliens' } }, false],
  [{ fields: { year: [1979, 1986] } }, true],
  [{ fields: { year: { gte: 1979, lt: 1980 } } }, true],
  [{ fields: { year: { gt: 1979 } } }, false],
  [{ fields: { year: { gt: '1900' } } }, false],
  [{ fields: { released: { gte: '1979-01-01', lte: '1979-12-31' } } }, true],
  [{ fields: { genres: 'horror' } }, true],
  [{ fields: { genres: ['comedy', 'horror'] } }, true],
  [{ fields: { genres: { not: 'horror' } } }, false],
  [{ fields: { genres: { not: 'comedy' } } }, true],
  [{ fields: { seen: true, year: 1979 } }, true],
  [{ fields: { director: { exists: false } } }, true],
  [{ fields: { title: { exists: true } } }, true],
  [{ fields: { nowhere: { exists: true } } }, false],
  [{ fields: { nowhere: 'x' } }, false],
  [{ fields: { nowhere: { not: 'x' } } }, true],
  [{ or: [{ fields: { year: 1986 } }, { fields: { title: 'Alien' } }] }, true],
  [{ or: [{ fields: { year: 1986 } }] }, false],
  [{ not: { fields: { title: 'Alien' } } }, false],
  [{ not: { fields: { title: 'Jaws' } }, fields: { year: 1979 } }, true],
  [{ fields: { genres: { not: 'horror', equals: 'horror' } } }, false],
  [{ fields: { genres: { equals: ['horror', 'science fiction'] } } }, true],
  [{ fields: { director: null } }, true],
  [{ fields: { year: { gte: 1979, lt: undefined } as never } }, true],
  [{ or: [] }, false],
  [JSON.parse('{"fields": {"__proto__": "x"}}') as Filter, false],
  [JSON.parse('{"fields": {"__proto__": {"exists": false}}}') as Filter, true],
  [{ fields: { constructor: { exists: true }, toString: { exists: true } } } as never, false],
])('%j fits a film: %s', (filter, expected) => {
  expect(documentTest(filter)(film)).toBe(expected);
});

it('refuses a condition that does not exist', () => {
  expect(() => documentTest({ fields: { year: { above: 3 } as never } })).toThrow('the filter of "year" has "above"; it takes equals, in,');
});

it('tests a field of any name that a document has', () => {
  const document = JSON.parse('{"__proto__": "x"}') as Record<string, string>;
  expect(documentTest(JSON.parse('{"fields": {"__proto__": "x"}}') as Filter)(document)).toBe(true);
  expect(documentTest(JSON.parse('{"fields": {"__proto__": "y"}}') as Filter)(document)).toBe(false);
});

it.each(wrongFilters.map(([json, sentence]) => [json.slice(0, 60), json, sentence] as const))('refuses %s', (_, json, sentence) => {
  expect(() => documentTest(JSON.parse(json) as Filter)).toThrow(
    expect.objectContaining({ code: 'E_USAGE', message: expect.stringContaining(sentence) as string }),
  );
});

it.each<[string, unknown]>([
  ['undefined for a value', { fields: { tenant: undefined } }],
  ['undefined for every condition', { fields: { tenant: { equals: undefined } } }],
  ['undefined in a list', { fields: { tenant: ['a', undefined] } }],
  ['a hole in a list', { fields: { tenant: Array<string>(2) } }],
  ['NaN', { fields: { year: { gt: Number.NaN } } }],
  ['a big integer', { fields: { year: 3n } }],
  ['a date', { fields: { released: { gte: new Date(0) } } }],
  ['a date for a value', { fields: { released: new Date(0) } }],
  ['a function', { fields: { year: () => true } }],
  ['a map', new Map([['fields', { tenant: 'a' }]])],
  ['a map of fields', { fields: new Map([['tenant', 'a']]) }],
  ['a set', { fields: { tenant: { in: new Set(['a']) } } }],
  ['what an object inherits', { fields: Object.create({ tenant: 'a' }) as object }],
  [
    'a filter inside itself',
    (() => {
      const filter: Record<string, unknown> = {};
      return Object.assign(filter, { not: filter });
    })(),
  ],
  [
    'a value inside itself',
    (() => {
      const list: unknown[] = [];
      list.push(list);
      return { fields: { tenant: { equals: list } } };
    })(),
  ],
])('refuses %s', (_, filter) => {
  expect(() => documentTest(filter as Filter)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
});

it.each(widestFilters)('takes %.40s', (json) => {
  expect(typeof documentTest(JSON.parse(json) as Filter)(film)).toBe('boolean');
});
