import { expect, it } from 'vitest';
import { documentTest, type Filter } from './filter.ts';

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
])('%j fits a film: %s', (filter, expected) => {
  expect(documentTest(filter)(film)).toBe(expected);
});

it('refuses a condition that does not exist', () => {
  expect(() => documentTest({ fields: { year: { above: 3 } as never } })).toThrow('the filter of "year" has "above"; it takes equals, in,');
});
