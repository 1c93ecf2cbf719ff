/** Nested so often: {"not": {"not": … {} }}. */
const nested = (times: number): unknown => Array.from({ length: times }).reduce((inner: unknown) => ({ not: inner }), {});

/** Filters as JSON that no door may take, and what the refusal says. */
export const wrongFilters: readonly (readonly [string, string])[] = [
  ['{"tenant": "a"}', 'conditions on fields stand in "fields": {"fields": {"tenant": "a"}}'],
  ['{"year": {"gte": 2018}}', 'conditions on fields stand in "fields": {"fields": {"year": {"gte":2018}}}'],
  ['{"feilds": {"tenant": "a"}}', 'Did you mean "fields"?'],
  ['{"fields": {"tenant": "a"}, "tenant": "a"}', 'the filter has "tenant"; it takes fields, or, not'],
  ['{"__proto__": {"tenant": "a"}}', 'the filter has "__proto__"'],
  ['{"or": [{"fields": {}}, {"year": 3}]}', 'the filter has "year"'],
  ['{"not": {"constructor": 3}}', 'the filter has "constructor"'],
  ['[]', 'a filter is an object like {"fields": {"year": {"gte": 2018}}}; got []'],
  ['5', 'got 5'],
  ['"tenant"', 'got "tenant"'],
  ['null', 'got null'],
  ['{"fields": null}', '"fields" of a filter is an object like {"year": {"gte": 2018}}; got null'],
  ['{"fields": ["tenant"]}', '"fields" of a filter is an object'],
  ['{"or": {"fields": {}}}', '"or" of a filter is a list of filters; got {"fields":{}}'],
  ['{"or": [null]}', 'a filter is an object'],
  ['{"not": []}', 'a filter is an object'],
  ['{"not": null}', 'got null'],
  ['{"fields": {"year": {}}}', 'the filter of "year" has nothing in it; it takes equals, in, not, gt, gte, lt, lte, exists.'],
  [
    '{"fields": {"year": {"$gte": 3}}}',
    'the filter of "year" has "$gte"; it takes equals, in, not, gt, gte, lt, lte, exists. Did you mean "gte"?',
  ],
  ['{"fields": {"year": {"equal": 3}}}', 'Did you mean "equals"?'],
  ['{"fields": {"year": {"gte": 3, "__proto__": 4}}}', 'has "__proto__"'],
  ['{"fields": {"year": {"__proto__": {"gte": 4}}}}', 'has "__proto__"'],
  ['{"fields": {"id": {"in": "x"}}}', '"in" in the filter of "id" takes a list of values; got "x"'],
  ['{"fields": {"id": {"in": 5}}}', 'takes a list of values; got 5'],
  ['{"fields": {"id": {"in": null}}}', 'takes a list of values; got null'],
  ['{"fields": {"year": {"gte": null}}}', '"gte" in the filter of "year" takes a finite number or a text; got null'],
  ['{"fields": {"year": {"lt": {"equals": 3}}}}', 'takes a finite number or a text; got {"equals":3}'],
  ['{"fields": {"year": {"gt": [3]}}}', 'takes a finite number or a text; got [3]'],
  ['{"fields": {"year": {"lte": true}}}', 'takes a finite number or a text; got true'],
  ['{"fields": {"year": {"gt": 1e999}}}', 'takes a finite number or a text; got Infinity'],
  ['{"fields": {"year": 1e999}}', 'got Infinity'],
  ['{"fields": {"year": {"exists": "yes"}}}', '"exists" in the filter of "year" takes true or false; got "yes"'],
  ['{"fields": {"year": {"exists": null}}}', 'takes true or false; got null'],
  [JSON.stringify(nested(20)), 'filters inside each other more than 20 levels deep'],
  [JSON.stringify({ or: Array(1025).fill({}) }), 'more than 1024 filters inside it'],
  [JSON.stringify({ fields: Object.fromEntries(Array.from({ length: 1025 }, (_, at) => [`f${at}`, 1])) }), 'more than 1024 conditions'],
  [JSON.stringify({ or: Array(400).fill({ fields: { year: { gt: 1, lt: 2, not: 3 } } }) }), 'more than 1024 conditions'],
  [JSON.stringify({ fields: { id: Array(65_537).fill('x') } }), 'a list of 65537 values; at most 65536 are taken'],
];

/** Filters as JSON at the borders of what is taken. */
export const widestFilters: readonly string[] = [
  JSON.stringify(nested(19)),
  JSON.stringify({ or: Array(1024).fill({ fields: { year: 3 } }) }),
  JSON.stringify({ fields: { id: Array(65_536).fill('x') } }),
];
