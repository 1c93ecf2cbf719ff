import { expect, it } from 'vitest';
import { widestFilters } from '../../test/wrong-filters.ts';
import type { Filter } from '../filter/filter.ts';
import { conditionFor } from './lance-filter.ts';

const filterable = { year: 'number', genre: 'keyword' } as const;

it.each<[Filter, string]>([
  [{}, 'true'],
  [{ or: [] }, 'false'],
  [{ fields: { genre: [] } }, 'false'],
  [{ fields: { year: { gte: 1990 } } }, '(filter0_value >= 1.99e+3 OR filter0_high >= 1.99e+3)'],
  [{ fields: { year: { lt: -0 } } }, 'filter0_value < 0e+0'],
  [{ not: { fields: { year: { lt: 5 } } } }, '(filter0_value IS NULL OR filter0_value >= 5e+0)'],
  [{ fields: { genre: "it's" } }, `(filter1_value IN ('it''s') OR array_has_any(filter1_other, make_array('"it''s"')))`],
  [{ fields: { genre: { exists: false } } }, '(filter1_value IS NULL AND filter1_other IS NULL)'],
  [{ not: { fields: { genre: { exists: false } } } }, '(filter1_value IS NOT NULL OR filter1_other IS NOT NULL)'],
  [{ not: { or: [{ fields: { year: { gt: 1 } } }, {}] } }, 'false'],
])('asks the columns alone for %j', (filter, sql) => {
  expect(conditionFor(filter, filterable)).toEqual({ sql, isExact: true });
});

it.each<[Filter, string]>([
  [{ fields: { title: 'x' } }, 'true'],
  [{ fields: { title: { not: 'x' }, year: { lt: 5 } } }, 'filter0_value < 5e+0'],
  [{ fields: { year: { gt: '1990' } } }, 'true'],
  [{ fields: { genre: { gt: 3 } } }, 'true'],
  // UTF-16 and UTF-8 order this one otherwise.
  [{ fields: { genre: { gt: '😀' } } }, 'true'],
  [{ not: { fields: { title: 'x', year: 5 } } }, 'true'],
  [{ or: [{ fields: { title: 'x' } }, { fields: { year: { lt: 5 } } }], fields: { year: { lt: 9 } } }, 'filter0_value < 9e+0'],
])('leaves to the documents what the columns do not tell of %j', (filter, sql) => {
  expect(conditionFor(filter, filterable)).toEqual({ sql, isExact: false });
});

it.each(widestFilters)('is no deeper than the filter is wide: %.40s', (json) => {
  const { sql } = conditionFor(JSON.parse(json) as Filter, { tenant: 'keyword', a: 'number' });
  let [depth, deepest] = [0, 0];
  for (const letter of sql.replace(/'[^']*'/g, '')) {
    if (letter === '(') deepest = Math.max(deepest, ++depth);
    if (letter === ')') depth--;
  }
  expect(deepest).toBeLessThan(70);
});
