import { documentTest, valueIn } from '../filter/document-test.ts';
import type { Filter } from '../filter/filter.ts';
import { randomFrom } from '../math/random.ts';
import { type Start, same } from './contract-checks.ts';
import { entryFor, manifestFor, unit } from './contract-entries.ts';
import { drawDocument, drawFilter, filterableFields } from './contract-filters.ts';
import { memoryStore } from './memory.ts';
import type { FilterableFields } from './store.ts';

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
    const declared: readonly FilterableFields[] = [{}, { tags: 'keyword' }, { tags: 'number' }];
    for (const filterable of declared) {
      const store = await start({ filterable }, entries);
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
    const names = [...Object.keys(filterableFields), 'free', '__proto__', 'id'];
    for (const manifest of [{ format: 4, filterable: filterableFields }, {}]) {
      const reference = memoryStore();
      await reference.open(manifestFor(manifest));
      await reference.upsert(entries);
      const store = await start(manifest, entries);
      await store.optimize();
      for (let round = 0; round < filters / 6; round++) {
        const asked = { filter: round === 0 ? undefined : drawFilter(random, 2), limit: 1 + random.below(12) };
        const facets = await store.facets(names, asked);
        same(facets, await reference.facets(names, asked), `facets of ${JSON.stringify(asked)}`);
        const { field, values } = facets[random.below(names.length)] ?? { field: '', values: [] };
        const [first] = values;
        const fits = documentTest(asked.filter ?? {});
        const having = entries.filter(
          ({ document }) => fits(document) && [valueIn(document, field)].flat().includes(first?.value as string),
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
