import { describe, expect, it } from 'vitest';
import { documentTest } from './document-test.ts';
import type { FieldTypes } from './filter.ts';

const types: FieldTypes = { year: 'number', released: 'date', zip: 'keyword', seen: 'boolean' };
/** As a CSV file gives it. */
const film = { year: ' 1979 ', released: '1979-05-25', zip: 94110, seen: 'True', years: ['1979', '1986'], other: '1979' };

describe('a field with a type', () => {
  it.each([
    ['year = 1979', true],
    ['year >= 1979 and year < 1980', true],
    ['year > "500"', true],
    ['year = "1979.0"', true],
    ['year > 1979', false],
    ['year >= old', false],
    ['released >= 1979', true],
    ['released >= 1979-05 and released < 1979-06', true],
    ['released = 1979-05-25', true],
    ['released = "1979-05-25T02:00:00+02:00"', true],
    ['released = "1979-05-24 19:30 -04:30"', true],
    ['released > "1979-05-25T00:00:00.001Z"', false],
    ['released < "1979-05-25T00:00:00.001Z"', true],
    ['released < 1979-05-25', false],
    ['released >= 1979-02-30', false],
    ['zip = 94110', true],
    ['zip = "94110"', true],
    ['zip prefix 94', true],
    ['zip contains 411', true],
    // Text is ordered as text, and a number says that it is not meant.
    ['zip > 9', false],
    ['zip > "9"', true],
    ['seen = true', true],
    ['seen = false', false],
    ['seen != true', false],
    // Without a type a text is a text.
    ['other >= 1979', false],
    ['other >= "1979"', true],
    ['other = 1979', false],
  ])('%s: %s', (filter, expected) => {
    expect(documentTest(filter, types)(film)).toBe(expected);
  });

  it('compares each value of a list', () => {
    expect(documentTest('years > 1980', { years: 'number' })(film)).toBe(true);
    expect(documentTest('years contains 1986', { years: 'number' })(film)).toBe(true);
    expect(documentTest('years contains 1986')(film)).toBe(false);
  });

  it('lets values that are not of the type be equal to themselves, and to nothing in a range', () => {
    const fits = (filter: string) => documentTest(filter, types)({ year: 'n/a', released: 'soon', seen: 'maybe' });
    expect(['year = n/a', 'released = soon', 'seen = maybe', 'year != 1979'].map(fits)).toEqual([true, true, true, true]);
    expect(['year > 0', 'year < 0', 'released > 1000', 'year not in (n/a)'].map(fits)).toEqual([false, false, false, false]);
  });

  it('may have the name of what every object has', () => {
    expect(documentTest('constructor >= 3')({ constructor: 4 } as never)).toBe(true);
  });
});
