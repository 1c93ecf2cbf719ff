import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentTest, type Filter } from '../store/filter.ts';
import { filterFlag } from './filter-flag.ts';

describe('--filter', () => {
  it.each<readonly [string, Filter]>([
    ['year>=2018', { fields: { year: { gte: 2018 } } }],
    ['year > 2018', { fields: { year: { gt: 2018 } } }],
    ['year<=2018', { fields: { year: { lte: 2018 } } }],
    ['year<2018', { fields: { year: { lt: 2018 } } }],
    ['day>=2018-03-01', { fields: { day: { gte: '2018-03-01' } } }],
    ['tags=sea', { fields: { tags: 'sea' } }],
    ['tags = the sea ', { fields: { tags: 'the sea' } }],
    ['tags!=null', { fields: { tags: { not: null } } }],
    ['year="2018"', { fields: { year: '2018' } }],
    ['lang=["en","de"]', { fields: { lang: ['en', 'de'] } }],
    ['formula=a=b', { fields: { formula: 'a=b' } }],
    ['seen=true', { fields: { seen: true } }],
    ['note=', { fields: { note: '' } }],
    ['{"or": [{"fields": {"a": 1}}]}', { or: [{ fields: { a: 1 } }] }],
  ])('reads %s', (text, filter) => {
    expect(filterFlag([text])).toEqual(filter);
  });

  it('is nothing where there is none, and the filter before it', () => {
    expect(filterFlag(undefined)).toBeUndefined();
    expect(filterFlag([], { fields: { a: 1 } })).toEqual({ fields: { a: 1 } });
  });

  it('puts conditions on different fields side by side', () => {
    expect(filterFlag(['year>=2018', 'tags=sea'])).toEqual({ fields: { year: { gte: 2018 }, tags: 'sea' } });
  });

  it.each([
    ['year', "it takes 'year>=2018'"],
    ['>=2018', "it takes 'year>=2018'"],
    ['{"fields": ', "it takes 'year>=2018'"],
    ['year>=true', '"gte" in the filter of "year" takes a finite number or a text; got true'],
    ['[]', 'a filter is an object'],
    ['{"year": 3}', 'conditions on fields stand in "fields"'],
  ])('refuses %s', (text, reason) => {
    expect(() => filterFlag([text])).toThrow(reason);
  });

  it('fits what all of them fit', () => {
    const value = fc.constantFrom<string | number>(1, 2, 3, 'x', 'y');
    const condition = fc
      .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('=', '!=', '>=', '<=', '>', '<'), value)
      .map(([field, sign, one]) => `${field}${sign}${one}`);
    const json = fc
      .tuple(fc.constantFrom('or', 'not'), fc.constantFrom('a', 'b'), value)
      .map(([part, field, one]) =>
        JSON.stringify(part === 'or' ? { or: [{ fields: { [field]: one } }] } : { not: { fields: { [field]: one } } }),
      );
    const texts = fc.array(fc.oneof(condition, json), { minLength: 1, maxLength: 5 });
    const documents = fc.array(fc.record({ a: fc.oneof(value, fc.array(value, { maxLength: 3 })), b: value }, { requiredKeys: [] }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(texts, documents, (some, list) => {
        const all = documentTest(filterFlag(some) as Filter);
        const each = some.map((text) => documentTest(filterFlag([text]) as Filter));
        for (const document of list) expect(all(document)).toBe(each.every((fits) => fits(document)));
      }),
      { seed: 20, numRuns: 500 },
    );
  });
});
