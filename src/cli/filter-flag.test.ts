import { describe, expect, it } from 'vitest';
import { readFilter } from '../filter/read-filter.ts';
import { filterFlag } from './filter-flag.ts';

describe('--filter', () => {
  it('is nothing where there is none, and the filter before it', () => {
    expect(filterFlag(undefined)).toBeUndefined();
    expect(filterFlag([], { fields: { a: 1 } })).toEqual({ fields: { a: 1 } });
  });

  it('must fit with all others, and with the filter before it', () => {
    const all = filterFlag(['year>=2018 or seen=true', '{"tags": "sea"}'], { fields: { a: 1 } });
    expect(readFilter(all)).toEqual(readFilter('a = 1 and (year >= 2018 or seen = true) and tags = sea'));
  });

  it.each([
    ['year', '--filter "year": the filter is not understood at column 5: expected an operator'],
    ['>=2018', 'expected a field, got ">="'],
    ['{"fields": ', 'is read as JSON, and it is none'],
    ['[]', 'a filter is a text'],
    ['{"year": {"above": 3}}', 'the filter of "year" has "above"'],
  ])('refuses %s', (text, reason) => {
    expect(() => filterFlag(['a = 1', text])).toThrow(reason);
  });
});
