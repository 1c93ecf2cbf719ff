import { describe, expect, it } from 'vitest';
import { widestFilters } from '../../../test/wrong-filters.ts';
import type { Filter } from '../../filter/filter.ts';
import { conditionFor } from './filter.ts';

const manifest = { format: 4, filterable: { year: 'number', genre: 'keyword' } } as const;

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
  expect(conditionFor(filter, manifest)).toEqual({ sql, isExact: true });
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
  expect(conditionFor(filter, manifest)).toEqual({ sql, isExact: false });
});

it.each(widestFilters)('is no deeper than the filter is wide: %.40s', (json) => {
  const { sql } = conditionFor(JSON.parse(json) as Filter, { format: 6, filterable: { tenant: 'keyword', a: 'number' } });
  let [depth, deepest] = [0, 0];
  for (const letter of sql.replace(/'[^']*'/g, '')) {
    if (letter === '(') deepest = Math.max(deepest, ++depth);
    if (letter === ')') depth--;
  }
  expect(deepest).toBeLessThan(70);
});

describe('an index whose fields have types', () => {
  const typed = { format: 6, filterable: { year: 'number', genre: 'keyword', day: 'date', seen: 'boolean' } } as const;

  it.each<[Filter, string]>([
    ['year >= "1990"', '(filter0_value >= 1.99e+3 OR filter0_high >= 1.99e+3)'],
    ['year >= old', 'false'],
    ['not year >= old', 'true'],
    ['genre > 3', 'false'],
    ['genre = 3', `(filter1_value IN ('3') OR array_has_any(filter1_other, make_array('"3"')))`],
    ['day > 2024-01-15', '(filter2_value >= 1.7053632e+12 OR filter2_high >= 1.7053632e+12)'],
    ['day <= 2024-01-15', 'filter2_value < 1.7053632e+12'],
    ['day = "2024-01-15T00:00Z"', "(filter2_value IN (1.7052768e+12) OR array_has_any(filter2_other, make_array('1705276800000')))"],
    [
      'day = 2024-01-15',
      "((filter2_value >= 1.7052768e+12 AND filter2_value < 1.7053632e+12) OR array_has_any(filter2_other, make_array('@1705276800000+86400000')))",
    ],
    ['seen = TRUE', "(filter3_value IN (1e+0) OR array_has_any(filter3_other, make_array('true')))"],
    [
      `genre prefix "it's"`,
      `((filter1_value >= 'it''s' AND filter1_value < 'it''t') OR ((filter1_text >= 'l' AND filter1_text < 'm') AND strpos(filter1_text, '\u0001"it''s') > 0))`,
    ],
    [
      'genre not contains %',
      `(((filter1_high IS NULL AND strpos(filter1_value, '%') > 0) OR ((filter1_text >= 'l' AND filter1_text < 'm') AND array_has_any(filter1_other, make_array('"%"')))) IS NOT TRUE)`,
    ],
  ])('asks the columns alone for %j', (filter, sql) => {
    expect(conditionFor(filter, typed)).toEqual({ sql, isExact: true });
  });

  it.each<Filter>([
    'genre > "😀"',
    'title = x',
    { genre: { prefix: '\ud83d' } },
    { genre: { contains: '\ufffd' } },
  ])('leaves to the documents what the columns do not tell of %j', (filter) => {
    expect(conditionFor(filter, typed)).toEqual({ sql: 'true', isExact: false });
  });
});
