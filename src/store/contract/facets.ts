import { documentTest, typeOf, valueIn } from '../../filter/document-test.ts';
import type { FieldTypes, Filter } from '../../filter/filter.ts';
import { typedValue } from '../../filter/typed-value.ts';
import { randomFrom } from '../../math/random.ts';
import type { FieldValue } from '../../types.ts';
import { memoryStore } from '../memory.ts';
import { typesIn } from '../store.ts';
import { type Start, same } from './checks.ts';
import { entryFor, manifestFor, unit } from './entries.ts';
import { drawDocument, drawFilter, filterableFields, typedFields } from './filters.ts';

export const facetPromises: Readonly<Record<string, (start: Start, filters: number) => Promise<void>>> = {
  'counts the values of a field, the most frequent first, each once per document': async (start) => {
    const tags = ['sea', 'sea', ['sea', 'night', 'sea'], 5, ['night', null], [5, '5'], true, null, [], undefined, { a: 1 }, -2.5];
    const entries = tags.map((value, i) => entryFor(`d${i}`, i, 'word', { document: { tags: value } }));
    const values = (
      [
        ['sea', 3],
        [5, 2],
        ['night', 2],
        [-2.5, 1],
        ['5', 1],
        [true, 1],
      ] as const
    ).map(([value, count]) => ({ value, count }));
    const all = { field: 'tags', values, moreValues: 0, missing: 4, min: -2.5, max: 5 };
    const declared: readonly FieldTypes[] = [{}, { tags: 'keyword' }, { tags: 'number' }];
    for (const filterable of declared) {
      const store = await start({ format: 5, filterable }, entries);
      same(await store.facets(['tags'], { limit: 9 }), [all], 'facets');
      const two = [{ ...all, values: values.slice(0, 2), moreValues: 4 }];
      same(await store.facets(['tags'], { limit: 2 }), two, 'facets, two values each');
      const filter: Filter = { fields: { tags: 'sea' }, not: { fields: { tags: 'night' } } };
      const sea = { field: 'tags', values: [{ value: 'sea', count: 2 }], moreValues: 0, missing: 0 };
      const none = { field: 'none', values: [], moreValues: 0, missing: 2 };
      same(await store.facets(['none', 'tags'], { limit: 9, filter }), [none, sea], 'facets of what fits');
      same(await store.facets([], { limit: 9 }), [], 'facets of no field');
    }
  },

  'reads values by the type of their field, and gives dates in ISO 8601': async (start) => {
    const days = ['2024-01-15', '2024-01-15T00:00:00Z', 1705276800000, '2023', ['2024-01-15T10:30:00.5+02:00', '2023-01'], 'soon', ' '];
    const seen = [true, 'TRUE', 'false', false, ['true', 'no'], null, ''];
    const years = ['7', 7, ' 7.0 ', '007', ['7', 8], 'n/a', ''];
    const entries = days.map((day, i) => entryFor(`d${i}`, i, 'word', { document: { day, seen: seen[i], year: years[i] } as never }));
    const store = await start({ filterable: { day: 'date', seen: 'boolean', year: 'number' } }, entries);
    const values = (...counted: readonly (readonly [string | number | boolean, number])[]) =>
      counted.map(([value, count]) => ({ value, count }));
    const [day, seenOf, year] = await store.facets(['day', 'seen', 'year'], { limit: 9 });
    const dates = values(['2024-01-15', 3], ['2023-01-01', 2], ['2024-01-15T08:30:00.5Z', 1], ['soon', 1]);
    same(day, { field: 'day', values: dates, moreValues: 0, missing: 1, min: '2023-01-01', max: '2024-01-15T08:30:00.5Z' }, 'dates');
    same(seenOf, { field: 'seen', values: values([true, 3], [false, 2], ['no', 1]), moreValues: 0, missing: 2 }, 'truth values');
    const numbers = { field: 'year', values: values([7, 5], [8, 1], ['n/a', 1]), moreValues: 0, missing: 1, min: 7, max: 8 };
    same(year, numbers, 'numbers');
  },

  'counts a document of many passages once, and nothing of what was replaced or deleted': async (start) => {
    const further = [1, 2].map((seed) => ({ vector: unit(seed), terms: 'fox', place: { span: [seed, seed + 1] as const } }));
    const long = (year: number) =>
      entryFor('long', year, 'red', { document: { year, kind: ['a', 'b'] }, place: { span: [0, 1] as const }, further });
    const store = await start({ splitter: 'passages-1', filterable: { year: 'number' } }, [
      long(1990),
      entryFor('short', 3, 'red', { document: { year: 1990, kind: 'a' } }),
      entryFor('gone', 4, 'red', { document: { year: 1990, kind: 'a' } }),
    ]);
    await store.upsert([long(2000)]);
    await store.delete(['gone']);
    const values = (...counted: readonly (readonly [string | number, number])[]) => counted.map(([value, count]) => ({ value, count }));
    same(
      await store.facets(['year', 'kind'], { limit: 9 }),
      [
        { field: 'year', values: values([1990, 1], [2000, 1]), moreValues: 0, missing: 0, min: 1990, max: 2000 },
        { field: 'kind', values: values(['a', 2], ['b', 1]), moreValues: 0, missing: 0 },
      ],
      'facets',
    );
  },

  'counts as the reference does under filters drawn at random, and as many as a filter of the value finds': async (start, filters) => {
    const random = randomFrom(21);
    const entries = Array.from({ length: 300 }, (_, i) => entryFor(`d${i}`, i, 'word', { document: drawDocument(random, i) }));
    const names = [...Object.keys(typedFields), 'free', '__proto__', 'id'];
    for (const manifest of [{ filterable: typedFields }, { format: 4, filterable: filterableFields }, {}]) {
      const types = typesIn(manifestFor(manifest));
      const reference = memoryStore();
      await reference.open(manifestFor(manifest));
      await reference.upsert(entries);
      const store = await start(manifest, entries);
      await store.optimize();
      for (let round = 0; round < filters / 9; round++) {
        const asked = { filter: round === 0 ? undefined : drawFilter(random, 2), limit: 1 + random.below(12) };
        const facets = await store.facets(names, asked);
        same(facets, await reference.facets(names, asked), `facets of ${JSON.stringify(asked)}`);
        const { field, values } = facets[random.below(names.length)] ?? { field: '', values: [] };
        const [first] = values;
        const fits = documentTest(asked.filter ?? {}, types);
        const read = (value: FieldValue | undefined): FieldValue | undefined => typedValue(value, typeOf(field, types));
        const having = entries.filter(
          ({ document }) => fits(document) && [read(valueIn(document, field))].flat().includes(read(first?.value) as string),
        );
        same(first?.count, first && having.length, `documents with the first value of ${field}`);
      }
    }
  },

  'counts 100,000 different values and no more': async (start) => {
    const entries = Array.from({ length: 2 }, (_, at) =>
      entryFor(`d${at}`, at, 'word', { document: { price: Array.from({ length: 60_000 }, (_, i) => at * 50_000 + i), kind: 'a' } }),
    );
    const store = await start({ filterable: { kind: 'keyword' } }, entries);
    const kind = { field: 'kind', values: [{ value: 'a', count: 2 }], moreValues: 0, missing: 0 };
    const price = { field: 'price', values: [], moreValues: null, missing: 0, min: 0, max: 109_999 };
    same(await store.facets(['price', 'kind'], { limit: 1 }), [price, kind], 'facets of 110,000 values');
    await store.delete(['d1']);
    const first = { field: 'price', values: [{ value: 0, count: 1 }], moreValues: 59_999, missing: 0, min: 0, max: 59_999 };
    same(await store.facets(['price'], { limit: 1 }), [first], 'facets of 60,000 values');
  },
};
