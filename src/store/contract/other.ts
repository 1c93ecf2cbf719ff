import { randomFrom } from '../../math/random.ts';
import type { Entry, Store } from '../store.ts';
import { besideReference, near, type Start, same } from './checks.ts';
import { entryFor, unit } from './entries.ts';
import { drawDocument, drawFilter, typedFields } from './filters.ts';

type Promises = Readonly<Record<string, (start: Start, filters: number) => Promise<void>>>;

/** Word lists of the two cases that are counted out: 4 documents of 3, 1, 6 and 0 words, mean 2.5. */
const counted = [
  entryFor('a', 1, 'red fox red'),
  entryFor('b', 2, 'red'),
  entryFor('c', 3, 'blue whale in a wide sea'),
  entryFor('d', 4, ''),
];
/** k1 = 1.2, b = .75. */
const idf = (having: number): number => Math.log(1 + (4 - having + 0.5) / (having + 0.5));
const gain = (count: number, length: number): number => (count * 2.2) / (count + 1.2 * (0.25 + (0.75 * length) / 2.5));

export const otherPromises: Promises = {
  'scores what it finds by a vector by words too, and says what no document can exceed': async (start) => {
    const store = await start({}, counted);
    await store.optimize();
    const of = async (...terms: readonly string[]) => {
      const found = await store.search({ vector: unit(3), other: { terms }, limit: 9 });
      same(found.length, 4, 'documents, whether they share a word or not');
      return new Map(found.map(({ id, other }) => [id, other]));
    };
    const two = await of('red', 'fox');
    near(two.get('a')?.score, idf(2) * gain(2, 3) + idf(1) * gain(1, 3), 1e-5, 'BM25 of a');
    near(two.get('b')?.score, idf(2) * gain(1, 1), 1e-5, 'BM25 of b');
    same([two.get('c')?.score, two.get('d')?.score], [0, 0], 'BM25 of what shares no word');
    for (const [id, other] of two) near(other?.most, 2.2 * (idf(2) + idf(1)), 1e-5, `the upper bound beside ${id}`);
    const thrice = await of('red', 'absent', 'red', 'red');
    near(thrice.get('b')?.score, 3 * idf(2) * gain(1, 1), 1e-5, 'BM25 of b for a word that is asked three times');
    near(thrice.get('c')?.most, 3 * 2.2 * idf(2), 1e-5, 'the upper bound of a word that is asked three times, beside one that is nowhere');
    for (const terms of [['absent'], []])
      same([...(await of(...terms)).values()], Array(4).fill({ score: 0, most: 0 }), `what ${terms.length} unknown words give`);
  },

  'scores what it finds by words by a vector too': async (start) => {
    const store = await start({}, counted);
    for (const { id, other } of await store.search({ terms: ['red', 'sea'], other: { vector: unit(9) }, limit: 9 })) {
      const { vector } = counted.find((entry) => entry.id === id) as Entry;
      const cosine = vector.reduce((sum, value, i) => sum + value * (unit(9)[i] as number), 0);
      near(other?.score, cosine, 1e-6, `cosine of ${id}`);
      same(other?.most, 1, 'what no cosine exceeds');
    }
    const [plain] = await store.search({ terms: ['red'], limit: 1 });
    same(plain !== undefined && 'other' in plain && plain.other !== undefined, false, 'a score by the other that was not asked for');
  },

  'scores by words that were written after it was optimized': async (start) => {
    const store = await start({}, counted);
    await store.optimize();
    await store.upsert([entryFor('e', 5, 'green red'), entryFor('b', 2, 'red')]);
    const found = await store.search({ vector: unit(5), other: { terms: ['green', 'red'] }, limit: 9 });
    const byWords = await store.search({ terms: ['green', 'red'], limit: 9 });
    for (const { id, other } of found) {
      const score = byWords.find((hit) => hit.id === id)?.score ?? 0;
      near(other?.score, score, 2e-6 * Math.max(1, score), `BM25 of ${id}`);
      same((other?.most ?? 0) > score, true, `whether the upper bound is above the score of ${id}`);
    }
  },

  'scores by the other as the reference does, of whole texts and of passages, under filters drawn at random': async (start, filters) => {
    const hasPassages = await keepsPassages(start);
    const random = randomFrom(33);
    const word = (): string => `w${Math.floor(40 ** (random.word() / 2 ** 32))}`;
    const text = (most: number): string => Array.from({ length: random.below(most) }, word).join(' ');
    const entries = Array.from({ length: 250 }, (_, i): Entry => {
      const entry = entryFor(`d${i}`, random.below(150), text(9), { document: drawDocument(random, i) });
      if (!hasPassages || i % 5 > 0) return entry;
      const placeOf = (at: number) => ({ span: [at * 9, at * 9 + 8] as const, line: undefined });
      const further = Array.from({ length: 1 + random.below(6) }, (_, at) => ({
        vector: unit(random.below(150)),
        terms: text(9),
        place: placeOf(at + 1),
      }));
      return { ...entry, place: placeOf(0), further };
    });
    const ask = await besideReference(start, { filterable: typedFields, splitter: hasPassages ? 'passages-1' : undefined }, entries);
    for (let round = 0; round < filters / 4; round++) {
      const [terms, vector] = [text(12).split(' ').filter(Boolean), unit(random.below(300))];
      const [by, other] = round % 2 === 0 ? [{ vector }, { terms }] : [{ terms }, { vector }];
      const filter = round % 3 === 0 ? undefined : drawFilter(random, 2);
      await ask({ ...by, other, filter, limit: 1 + random.below(60) }, `round ${round}, ${JSON.stringify({ terms, filter })}`);
    }
  },
};

const keepsPassages = async (start: Start): Promise<boolean> => ((await start(null)) satisfies Store).capabilities.passages === true;
