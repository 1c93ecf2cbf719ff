import { describe, expect, it } from 'vitest';
import type { Filter } from './filter.ts';
import { readFilter } from './read-filter.ts';

describe('a filter as a text', () => {
  it.each<readonly [string, Filter]>([
    ['year>=2018', { year: { gte: 2018 } }],
    ['year > 2018', { year: { gt: 2018 } }],
    ['year<=2018', { year: { lte: 2018 } }],
    ['\tyear<2018\n', { year: { lt: 2018 } }],
    ['year >= -1.5e3', { year: { gte: -1500 } }],
    ['day>=2018-03-01', { day: { gte: '2018-03-01' } }],
    ['at >= "2018-03-01 10:00"', { at: { gte: '2018-03-01 10:00' } }],
    ['zip = 01234', { zip: '01234' }],
    ['id = 12345678901234567890', { id: '12345678901234567890' }],
    ['tags=sea', { tags: 'sea' }],
    ['tags = the sea ', { tags: 'the sea' }],
    ['tags!=null', { tags: { not: null } }],
    ['year="2018"', { year: '2018' }],
    ['lang=["en","de"]', { lang: ['en', 'de'] }],
    ['lang != ["en"]', { lang: { not: ['en'] } }],
    ['formula=a=b', { formula: 'a=b' }],
    ["title = Rosemary's Baby", { title: "Rosemary's Baby" }],
    ['seen=TRUE', { seen: true }],
    ['note=', { note: '' }],
    ['state = OR', { state: 'OR' }],
    ['lang in (or, in, "and", no)', { lang: ['or', 'in', 'and', 'no'] }],
    ['tags in ()', { tags: [] }],
    ['tags in (the sea, 3, null, \'a, "b"\', [1, "]"])', { fields: { tags: ['the sea', 3, null, 'a, "b"', [1, ']']] } }],
    ['tags not in (sea)', { not: { tags: ['sea'] } }],
    ['tags contains sea', { tags: { contains: 'sea' } }],
    ['tags NOT CONTAINS sea', { not: { tags: { contains: 'sea' } } }],
    ['path prefix notes/', { path: { prefix: 'notes/' } }],
    ['zip prefix 12', { zip: { prefix: '12' } }],
    ['year exists', { year: { exists: true } }],
    ['year not exists', { year: { exists: false } }],
    ['`release year` >= 2018', { 'release year': { gte: 2018 } }],
    ['\'and\' = 1 and "a \\" b" = 2 and `c \\` d` = 3', { and: [{ fields: { and: 1 } }, { 'a " b': 2 }, { 'c ` d': 3 }] }],
    [String.raw`a = "\n\t\\\/\u0041\'" and b = 'say "x"'`, { a: "\n\t\\/A'", b: 'say "x"' }],
    ['year >= 2018 and tags in (sea, whales)', { year: { gte: 2018 }, tags: ['sea', 'whales'] }],
    ['a=1 or b=2 and not c=3', { or: [{ a: 1 }, { and: [{ b: 2 }, { not: { c: 3 } }] }] }],
    ['(a=1 or b=2) AND NOT (c=3 Or d=4)', { and: [{ or: [{ a: 1 }, { b: 2 }] }, { not: { or: [{ c: 3 }, { d: 4 }] } }] }],
    ['not not a=1', { a: 1 }],
    ['order = 1 and notes = 2 and inner = 3', { order: 1, notes: 2, inner: 3 }],
    [' {"or": [{"a": 1}, "b = 2"]}', { or: [{ a: 1 }, { b: 2 }] }],
  ])('reads %s', (text, filter) => {
    expect(readFilter(text)).toEqual(readFilter(filter));
  });

  it.each([
    ['year is 2018', 6, 'got "is". Did you mean "="?'],
    ['year gte 2018', 6, 'Did you mean ">="?'],
    ['year == 2018', 6, 'got "==". Did you mean "="?'],
    ['year <> 2018', 6, 'Did you mean "!="?'],
    ['year => 2018', 6, 'Did you mean ">="?'],
    ['tags contians sea', 6, 'got "contians". Did you mean "contains"?'],
    ['a constructor b', 3, 'got "constructor". A name of several words'],
    ['release year >= 2018', 9, 'A name of several words stands in backticks'],
    ['year >= 2018 tags = sea', 19, 'expected "and", "or" or the end, got "="'],
    ['tags = sea lang in (en)', 17, 'got "in". A text with such a word or sign in it stands in quotes.'],
    ['a = 1 && b = 2', 7, 'Did you mean "and"?'],
    ['a = "1" || b = 2', 9, 'Did you mean "or"?'],
    ['!(a = 1)', 1, 'Did you mean "not"?'],
    ['tags = sea, whales', 11, 'Several values stand in a list'],
    ['title = Alien (1979)', 15, 'stands in quotes'],
    ['title = War and Peace', 22, 'a text with "and" in it in quotes'],
    ['tags in sea', 9, 'expected a list in "(" and ")" after "in", got "sea"'],
    ['tags in (sea,', 14, 'expected a value, got the end'],
    ['tags in (sea,)', 14, 'expected a value, got ")"'],
    ['tags in (sea', 9, 'this "(" is not closed'],
    ['tags in ("a" "b")', 14, 'expected "," or ")", got'],
    ['year = (1, 2)', 8, 'A list stands after "in"'],
    ['year >=', 8, 'expected a value, got the end'],
    ['year >= true', 9, '"gte" in the filter of "year" takes a finite number or a text; got true'],
    ['year > 1e999', 8, 'got Infinity'],
    ['year not = 3', 10, 'Did you mean "!="?'],
    ['a = {"b": 1}', 5, 'an object is compared in the JSON form'],
    ['a = [1, 2', 5, 'is read as a list of JSON, and it is none'],
    ['(a = 1', 1, 'this "(" is not closed'],
    ['a = 1)', 6, 'there is no "(" for this ")"'],
    ['(a = "1" b = 2)', 10, 'expected "and", "or" or ")", got "b"'],
    ['a = 1 or', 9, 'expected a field, got the end'],
    ['and = 1', 1, 'A field of that name stands in backticks: `and`'],
    ['title = "a', 9, 'this " is not closed'],
    [String.raw`title = "a\qb"`, 11, 'a backslash goes before'],
    ['\u{1F433}\u{1F433} ~ 3', 4, 'expected an operator'],
  ])('shows where %s is not understood', (text, column, reason) => {
    const message = messageFor(text);
    expect(message).toContain(`the filter is not understood at column ${column}: `);
    expect(message).toContain(reason);
    const [, excerpt = '', caret = ''] = message.split('\n');
    // The caret stands under the character of that column.
    expect([caret.trim(), [...excerpt][caret.length - 1]]).toEqual(['^', [...text][column - 1]]);
  });

  it('shows a piece of a long text, on one line', () => {
    const message = messageFor(`${'a = 1 and\n'.repeat(900)}b is 2 ${'and c = 3 '.repeat(90)}`);
    expect(message).toContain('column 9003: ');
    const [, excerpt = '', caret = '', ...more] = message.split('\n');
    expect([more, excerpt.length < 90, excerpt.slice(caret.length - 1).startsWith('is 2')]).toEqual([[], true, true]);
  });
});

function messageFor(text: string): string {
  try {
    readFilter(text);
  } catch (error) {
    expect((error as { readonly code: string }).code).toBe('E_USAGE');
    return (error as Error).message;
  }
  throw new Error(`${text} was understood`);
}
