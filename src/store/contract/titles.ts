import { packTitle, titleForm, unpackTitle } from '../../math/packed-title.ts';
import { packTokens } from '../../math/packed-tokens.ts';
import type { Manifest } from '../store.ts';
import { collect, type Start, same } from './checks.ts';
import { entryFor, SIZE, unit } from './entries.ts';

type Promises = Readonly<Record<string, (start: Start) => Promise<void>>>;

const promises: Promises = {
  'gives back the vectors of titles, and none of documents without': async (start) => {
    const store = await start(manifest, [entryFor('a', 1, 'red', { title: title(5) }), entryFor('b', 2, 'red')]);
    await store.upsert([entryFor('c', 3, 'red', { title: title(6) })]);
    for (const ids of [['a', 'b', 'c'], 'all'] as const)
      same(
        (await collect(store, ids, ['title'])).map((entry) => entry.title && [...entry.title]),
        [[...title(5)], undefined, [...title(6)]],
        'titles of get',
      );
    await store.upsert([entryFor('a', 4, 'red')]);
    same(await collect(store, ['a'], ['title']), [{ id: 'a' }], 'title of a document that was replaced by one without');
  },

  'brings them with hits where token vectors are asked for, of whichever passage was found': async (start) => {
    const further = [{ vector: unit(30), tokens: packed(31), terms: 'sea', place: { span: [10, 19] as const, line: undefined } }];
    const long = { title: title(5), tokens: packed(1), place: { span: [0, 9] as const }, further };
    const entries = [entryFor('a', 1, 'red', long), entryFor('b', 2, 'red sea', { tokens: packed(2) })];
    const hasPassages = (await start(null)).capabilities.passages === true;
    const { further: _, ...short } = long;
    const store = await start(
      hasPassages ? { ...manifest, splitter: 'passages-1' } : manifest,
      hasPassages ? entries : [entryFor('a', 1, 'red sea', short), entries[1] as (typeof entries)[0]],
    );
    for (const query of [{ vector: unit(30) }, { terms: ['sea'] }, { terms: ['red'] }, { vector: unit(1) }]) {
      const hits = await store.search({ ...query, limit: 2, fields: ['document', 'tokens'] });
      const own = hits.map((hit) => [
        hit.id,
        hit.titleTokens && [hit.titleTokens.form, [...hit.titleTokens.data], [...hit.titleTokens.vector]],
      ]);
      const { form, data, vector } = unpackTitle(title(5), tokens);
      same(
        own.sort(),
        [
          ['a', [form, [...data], [...vector]]],
          ['b', undefined],
        ],
        'titles of hits',
      );
      const without = await store.search({ ...query, limit: 2 });
      same(
        without.map((hit) => hit.titleTokens),
        [undefined, undefined],
        'titles that were not asked for',
      );
    }
  },
};

/** What a store promises that keeps the vectors of titles. One that says that it does not is held to none of it. */
export const titlePromises: Promises = Object.fromEntries(
  Object.entries(promises).map(([name, check]) => [
    name,
    async (start) => {
      if ((await start(null)).capabilities.titles) await check(start);
    },
  ]),
);

const tokens = { size: SIZE, bits: 4, pool: 2 } as const;
const manifest: Partial<Manifest> = { tokens, titleField: 'title' };

const packed = (seed: number): Uint8Array => packTokens(unit(seed), 1, tokens);
const title = (seed: number): Uint8Array => packTitle(unit(seed), packTokens(unit(seed + 1), 1, titleForm(tokens)), tokens);
