import { randomFrom } from '../../math/random.ts';
import type { Entry, Manifest, Passage } from '../store.ts';
import { besideReference, collect, hashesIn, idsOf, type Start, same } from './checks.ts';
import { entryFor, SIZE, unit } from './entries.ts';
import { drawDocument, drawFilter, drawOne, typedFields } from './filters.ts';

type Promises = Readonly<Record<string, (start: Start, filters: number) => Promise<void>>>;

const promises: Promises = {
  'finds each document once, by its best passage, and says where that is': async (start) => {
    const entries = [
      entryFor('a', 1, 'red', { place: placeOf(0), further: passages(2, 'fox', 'whale', 'fox fox') }),
      entryFor('b', 2, 'fox'),
    ];
    const ask = await besideReference(start, manifest, entries);
    const places = (found: Awaited<ReturnType<typeof ask>>) => found.map(({ id, passage }) => [id, passage?.span[0]]);
    same(places(await ask({ terms: ['whale'], limit: 9 }, 'whale')), [['a', 20]], 'documents and places for a word of one passage');
    same(
      places(await ask({ terms: ['fox'], limit: 9 }, 'fox')),
      [
        ['a', 30],
        ['b', undefined],
      ],
      'those for a word of three',
    );
    same(places(await ask({ vector: unit(3), limit: 1 }, 'vector')), [['a', 20]], 'those for the vector of a passage');
  },

  'gives back passages as they were written, of one id and of all': async (start) => {
    const form = { size: SIZE, bits: 4, pool: 2 } as const;
    const tokens = (seed: number) => Uint8Array.from({ length: 8 }, (_, i) => seed + i);
    const further = passages(2, 'red', 'blue').map((passage, i) => ({ ...passage, tokens: tokens(i) }));
    const long = entryFor('a', 1, 'green', { tokens: tokens(9), place: { span: [0, 9], line: 3 }, further });
    const store = await start({ ...manifest, tokens: form }, [long, entryFor('b', 2, 'red', { tokens: tokens(5) })]);
    const fields = ['place', 'vector', 'tokens', 'further'] as const;
    for (const ids of [['a', 'b'], 'all'] as const) {
      const [a, b] = await collect(store, ids, fields);
      const plain = (passage: Partial<Passage>) => [
        passage.place?.span,
        passage.place?.line,
        [...(passage.vector ?? [])],
        [...(passage.tokens ?? [])],
      ];
      same([plain(a as Entry), a?.further?.map(plain)], [plain(long), further.map(plain)], 'passages of a long document');
      same([b?.place, b?.further ?? []], [undefined, []], 'passages of a short one');
    }
    const hits = await store.search({ vector: unit(3), limit: 1, fields: ['tokens'] });
    same([...(hits[0]?.tokens?.data ?? [])], [...tokens(1)], 'token vectors of the passage that was found');
  },

  'speaks of documents: counts, deletes and replaces them with all their passages': async (start) => {
    const long = (id: string, seed: number, ...words: string[]) =>
      entryFor(id, seed, 'first', { place: placeOf(0), further: passages(seed, ...words) });
    const store = await start({ ...manifest, filterable: { id: 'keyword' } }, [
      long('a', 10, 'red', 'blue', 'old'),
      long('b', 20, 'red'),
      entryFor('c', 3, 'red'),
    ]);
    const find = async (word: string) => idsOf(await store.search({ terms: [word], limit: 9 })).sort();
    const counts = async () => [await store.count(), (await store.stats()).documents, (await store.stats()).passages];
    same(await counts(), [3, 3, 7], 'documents and passages');
    same([await store.count({ fields: { id: 'a' } }), await store.count({ fields: { text: 'first' } })], [1, 2], 'counts under filters');
    await store.upsert([long('a', 10, 'red'), long('c', 30, 'green', 'green')]);
    same(
      [await counts(), await find('old'), await find('green')],
      [[3, 3, 7], [], ['c']],
      'documents, passages and hits after a shorter version and a longer one',
    );
    await store.optimize();
    await store.upsert([entryFor('a', 4, 'short')]);
    same(
      [await counts(), await find('red'), await find('short')],
      [[3, 3, 6], ['b'], ['a']],
      'those after a version that is a single passage',
    );
    same(
      [await store.delete(['c', 'b', 'nothing']), await counts(), await find('green')],
      [2, [1, 1, 1], []],
      'what delete counts, and what is left',
    );
    same(await hashesIn(store), { a: 'h4' }, 'hashes');
  },

  'loses no document to one whose passages outnumber all others': async (start) => {
    const crowd = entryFor('crowd', 7, 'red fox', {
      place: placeOf(0),
      further: passages(7, ...Array<string>(900).fill('red fox')).map((one) => ({ ...one, vector: unit(7) })),
    });
    const others = Array.from({ length: 40 }, (_, i) => entryFor(`d${i}`, i + 50, i % 3 === 0 ? 'red fox in a wide sea' : 'red'));
    const ask = await besideReference(start, manifest, [crowd, ...others]);
    for (const query of [{ vector: unit(7) }, { terms: ['red', 'fox'] }])
      for (const limit of [1, 2, 10, 25, 40, 41, 60])
        same(new Set(idsOf(await ask({ ...query, limit }, `${limit}`))).size, Math.min(limit, 41), `documents of ${limit}`);
  },

  'gives what the reference gives for passages, words, vectors and filters drawn at random': async (start, filters) => {
    const random = randomFrom(21);
    const wordsFor = () => drawOne(random, ['red', 'red fox', 'blue whale', 'red red sea', '', 'sea']);
    const entries = Array.from({ length: 250 }, (_, i) => {
      const count = i % 5 === 0 ? random.below(30) : 0;
      const further = passages(random.below(150), ...Array.from({ length: count }, wordsFor));
      const place = count === 0 ? undefined : placeOf(0);
      return entryFor(`d${i}`, random.below(150), wordsFor(), {
        document: drawDocument(random, i),
        place,
        further: count === 0 ? undefined : further,
      });
    });
    const ask = await besideReference(start, { ...manifest, filterable: typedFields }, entries);
    for (let round = 0; round < filters / 2; round++) {
      const filter = round % 3 === 0 ? undefined : drawFilter(random, 3);
      const limit = 1 + random.below(round % 5 === 0 ? 300 : 20);
      const query = round % 2 === 0 ? { vector: unit(random.below(300)) } : { terms: ['red', 'sea'] };
      await ask({ ...query, limit, filter }, `the best ${limit} that fit ${JSON.stringify(filter)}`);
    }
  },
};

/** What a store promises that keeps several passages of a document. One that says that it does not is held to none of it. */
export const passagePromises: Promises = Object.fromEntries(
  Object.entries(promises).map(([name, check]) => [
    name,
    async (start, filters) => {
      if ((await start(null)).capabilities.passages) await check(start, filters);
    },
  ]),
);

const manifest: Partial<Manifest> = { splitter: 'passages-1' };

const placeOf = (at: number) => ({ span: [at * 10, at * 10 + 9] as const, line: undefined });

/** One for each text, with vectors of seeds that follow. */
function passages(seed: number, ...terms: readonly string[]): Passage[] {
  return terms.map((words, i) => ({ vector: unit(seed + i), terms: words, place: placeOf(i + 1) }));
}
