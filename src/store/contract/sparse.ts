import { type Random, randomFrom } from '../../math/random.ts';
import { packSparse, unpackSparse } from '../../math/sparse.ts';
import type { SparseVector } from '../../types.ts';
import type { Entry, Manifest, Passage } from '../store.ts';
import { besideReference, collect, idsOf, near, type Start, same } from './checks.ts';
import { entryFor, unit } from './entries.ts';
import { drawDocument, drawFilter, typedFields } from './filters.ts';

type Promises = Readonly<Record<string, (start: Start, filters: number) => Promise<void>>>;

const promises: Promises = {
  'gives back sparse vectors as they were written, those of passages too': async (start) => {
    const further = [
      { vector: unit(2), terms: 'sea', sparse: weighed({ 3: 0.1, 9: 2 }), place: { span: [10, 19] as const, line: undefined } },
    ];
    const long = { sparse: weighed({ 1: 0.5, 30521: 1 / 3 }), place: { span: [0, 9] as const } };
    const none = packSparse(sparse({}));
    const hasPassages = (await start(null)).capabilities.passages === true;
    const store = await start(hasPassages ? split : manifest, [
      entryFor('a', 1, 'red', { ...long, further: hasPassages ? further : undefined }),
      entryFor('b', 2, 'red', { sparse: none }),
    ]);
    const plain = ({ sparse: bytes }: Pick<Passage, 'sparse'>) => [...(bytes ?? [])];
    for (const ids of [['a', 'b'], 'all'] as const) {
      const [a, b] = await collect(store, ids, ['sparse', 'further']);
      same(plain(a as Entry), [...long.sparse], 'the vector of a document');
      same(a?.further?.map(plain), hasPassages ? further.map(plain) : undefined, 'those of its passages');
      same(plain(b as Entry), [], 'that of a document without a token');
    }
    await store.upsert([entryFor('a', 3, 'blue', { sparse: weighed({ 7: 1 }) })]);
    same(
      plain((await collect(store, ['a'], ['sparse']))[0] as Entry),
      [...weighed({ 7: 1 })],
      'the vector of a document that was replaced',
    );
  },

  'sums the products of shared weights, best first, ties by id descending': async (start) => {
    const entries = [
      entryFor('a', 1, 'red', { sparse: weighed({ 1: 0.5, 2: 1.25 }) }),
      entryFor('b', 2, 'red', { sparse: weighed({ 2: 1.25, 9: 7 }) }),
      entryFor('c', 3, 'red', { sparse: weighed({ 2: 1.25 }) }),
      entryFor('d', 4, 'red', { sparse: weighed({ 9: 1 }) }),
      entryFor('e', 5, 'red', { sparse: weighed({}) }),
    ];
    const ask = await besideReference(start, manifest, entries);
    const found = await ask({ sparse: sparse({ 1: 2, 2: 4, 5: 1 }), limit: 9 }, 'two of three tokens');
    same(
      found.map(({ id, score }) => [id, score]),
      [
        ['a', 6],
        ['c', 5],
        ['b', 5],
      ],
      'ids and scores',
    );
    for (const limit of [0, 1, 2])
      same(idsOf(await ask({ sparse: sparse({ 1: 2, 2: 4 }), limit }, `${limit}`)), ['a', 'c', 'b'].slice(0, limit), `the best ${limit}`);
    same(await ask({ sparse: sparse({ 4: 1 }), limit: 9 }, 'a token that is nowhere'), [], 'hits for a token that is nowhere');
    same(await ask({ sparse: sparse({}), limit: 9 }, 'no token'), [], 'hits for no token');
  },

  'finds by sparse vectors what was written since it was optimized, and not what went': async (start) => {
    const store = await start(manifest, [
      entryFor('a', 1, 'red', { sparse: weighed({ 1: 1 }) }),
      entryFor('b', 2, 'red', { sparse: weighed({ 1: 2 }) }),
    ]);
    const find = async (id: number) => idsOf(await store.search({ sparse: sparse({ [id]: 1 }), limit: 9 }));
    same(await find(1), ['b', 'a'], 'hits before it was optimized');
    await store.optimize();
    await store.upsert([
      entryFor('b', 3, 'red', { sparse: weighed({ 2: 1 }) }),
      entryFor('c', 4, 'red', { sparse: weighed({ 1: 3, 2: 3 }) }),
    ]);
    same(
      [await find(1), await find(2)],
      [
        ['c', 'a'],
        ['c', 'b'],
      ],
      'hits after a replacement',
    );
    await store.delete(['c']);
    await store.optimize();
    same([await find(1), await find(2)], [['a'], ['b']], 'hits after a deletion');
  },

  'gives what the reference gives for sparse vectors and filters drawn at random, to the last bit': async (start, filters) => {
    const random = randomFrom(17);
    const hasPassages = (await start(null)).capabilities.passages === true;
    const passage = (at: number): Passage => ({
      vector: unit(random.below(99)),
      terms: 'word',
      sparse: packSparse(draw(random, 30)),
      place: { span: [10 * at, 10 * at + 9], line: undefined },
    });
    const entries = Array.from({ length: 300 }, (_, i) => {
      const further = hasPassages && i % 5 === 0 ? [passage(1), passage(2)] : undefined;
      const place = further && { span: [0, 9] as const, line: undefined };
      return entryFor(`${random.below(9)}-${i}`, i, 'red', {
        document: drawDocument(random, i),
        sparse: packSparse(draw(random, 30)),
        further,
        place,
      });
    });
    const ask = await besideReference(start, { ...(hasPassages ? split : manifest), filterable: typedFields }, entries);
    for (let round = 0; round < 40 + filters / 10; round++) {
      const filter = round % 2 === 0 ? undefined : drawFilter(random, 3);
      const limit = 1 + random.below(round % 5 === 0 ? 400 : 20);
      const vector = draw(random, 1 + random.below(12));
      const other = round % 3 === 0 ? { terms: ['red'] } : undefined;
      const found = await ask(
        { sparse: vector, limit, filter, other },
        `the best ${limit} of ${JSON.stringify([...vector.ids])} that fit ${JSON.stringify(filter)}`,
      );
      const byId = new Map(entries.map((entry) => [entry.id, entry]));
      for (const { id, score } of found.slice(0, 3)) near(score, bestOf(byId.get(id) as Entry, vector), 0, `score of ${id}`);
    }
  },

  'brings token vectors with what sparse vectors find, and stops for a signal': async (start) => {
    const tokens = { size: 8, bits: 4, pool: 2 } as const;
    const store = await start({ ...manifest, tokens }, [
      entryFor('a', 1, 'red', { sparse: weighed({ 1: 1 }), tokens: new Uint8Array(4).fill(7) }),
    ]);
    const query = { sparse: sparse({ 1: 1 }), limit: 1 };
    const [hit] = await store.search({ ...query, fields: ['document', 'tokens'] });
    same([hit?.tokens?.form, [...(hit?.tokens?.data ?? [])]], [tokens, [7, 7, 7, 7]], 'tokens of a hit');
    const signal = AbortSignal.abort();
    const stopped = await store.search({ ...query, signal }).catch((error: unknown) => (error as { readonly code: string }).code);
    same(stopped, 'E_STOPPED', 'a search that is stopped');
  },
};

/** What a store promises that keeps sparse vectors. One that says that it does not is held to none of it. */
export const sparsePromises: Promises = Object.fromEntries(
  Object.entries(promises).map(([name, check]) => [
    name,
    async (start, filters) => {
      if ((await start(null)).capabilities.sparse) await check(start, filters);
    },
  ]),
);

const manifest: Partial<Manifest> = { sparse: { embedder: 'sparse@fp32:0' } };
const split: Partial<Manifest> = { ...manifest, splitter: 'passages-1' };

const sparse = (weights: Readonly<Record<number, number>>): SparseVector => ({
  ids: Uint32Array.from(Object.keys(weights), Number),
  weights: Float32Array.from(Object.values(weights)),
});
const weighed = (weights: Readonly<Record<number, number>>): Uint8Array => packSparse(sparse(weights));

/** Of a few tokens that are everywhere and some that are rare, with weights of which many are equal: ties, and sums that round. */
function draw({ below, word }: Random, most: number): SparseVector {
  const ids = [...new Set(Array.from({ length: below(most + 1) }, () => Math.floor(200 ** (word() / 2 ** 32))))].sort((a, b) => a - b);
  return { ids: Uint32Array.from(ids), weights: Float32Array.from(ids, () => (below(3) === 0 ? 0.5 : (1 + below(1000)) / 333)) };
}

/** As a naive sum over all pairs has it. */
function bestOf(entry: Entry, query: SparseVector): number {
  const sums = [entry, ...(entry.further ?? [])].map((passage) => {
    const { ids, weights } = unpackSparse(passage.sparse as Uint8Array);
    return [...query.ids].reduce((sum, id, at) => {
      const there = ids.indexOf(id);
      return there < 0 ? sum : sum + (query.weights[at] as number) * (weights[there] as number);
    }, 0);
  });
  return Math.max(...sums);
}
