import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openIndex, search } from '../../src/index.ts';
import { embeddingModel } from '../../src/integrations/mastra/embedding-model.ts';
import { translateFilter } from '../../src/integrations/mastra/filter.ts';
import { type QueryResult, relevanceScorer } from '../../src/integrations/mastra/relevance.ts';
import { createVectorIndexes, type VectorIndexesOptions } from '../../src/integrations/mastra/vector-indexes.ts';
import { documentTest, memoryStore } from '../../src/stores.ts';
import { hashEmbedder } from '../hash-embedder.ts';
import { countedReranker } from '../support/counted-reranker.ts';

const query = 'bats at night';
const texts = ['a quiet lake', 'a bat guards the city at night', 'bats at night in a cave'];
const results: QueryResult[] = texts.map((text, at) => ({ id: `r${at}`, score: 1 - at / 10, metadata: { text, page: at } }));
const failure = (work: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(work).then(
    () => 'it did not fail',
    (error: unknown) => error,
  );

describe('relevanceScorer', () => {
  it('scores a list that is asked for in one turn in one call, each query by itself', async () => {
    const reranker = countedReranker();
    const scorer = relevanceScorer({ reranker });
    const asked = ['bats cave', 'lake', 'bats cave'].flatMap((one) => texts.map((text) => scorer.getRelevanceScore(one, text)));
    expect(await Promise.all(asked)).toEqual([0, 0, 2, 1, 0, 0, 0, 0, 2]);
    expect(reranker.calls.map(({ query, texts }) => [query, texts.length])).toEqual([
      ['bats cave', 6],
      ['lake', 3],
    ]);
    expect(await scorer.getRelevanceScore('lake', texts[0] as string)).toBe(1);
    expect(reranker.calls).toHaveLength(3);
  });

  it('tells everyone who asked what went wrong, and no one else', async () => {
    const scorer = relevanceScorer({ reranker: countedReranker() });
    const [good, empty, none] = [
      scorer.getRelevanceScore('bats', 'bats'),
      scorer.getRelevanceScore(' ', 'bats'),
      scorer.getRelevanceScore('bats', 5 as never),
    ];
    expect(await failure(none)).toMatchObject({ code: 'E_USAGE' });
    expect(await failure(empty)).toMatchObject({ code: 'E_QUERY' });
    expect(await good).toBe(1);
    expect(await scorer.getRelevanceScore('bats', '')).toBe(0);
    await scorer.close();
    expect(await failure(scorer.getRelevanceScore('bats', 'bats'))).toMatchObject({ code: 'E_STOPPED' });
  });

  it('reranks results by their relevance alone, and leaves them as they are', async () => {
    const reranker = countedReranker();
    const scorer = relevanceScorer({ reranker });
    const before = structuredClone(results);
    const given = [...results, { id: 'd', score: 0.1, document: 'night' }];
    const ranked = await scorer.rerank(given, query, { topK: 3 });
    expect(ranked.map(({ result, score }) => [result.id, score])).toEqual([
      ['r2', 3],
      ['r1', 2],
      ['d', 1],
    ]);
    expect(ranked[0]?.result).toBe(results[2]);
    expect(ranked[0]?.details).toEqual({ semantic: 3, vector: 0.8, position: 0.5 });
    expect([results, reranker.calls.length]).toEqual([before, 1]);
    expect(await scorer.rerank([], query)).toEqual([]);
    const other = relevanceScorer({ reranker, textField: 'body' });
    expect(await other.rerank([{ id: 'a', score: 1, metadata: { body: 'bats' } }], query)).toHaveLength(1);
  });

  it('has scores exact where it is told to, by either way to ask', async () => {
    const reranker = countedReranker();
    for (const exact of [undefined, true]) {
      const scorer = relevanceScorer({ reranker, exact });
      await scorer.rerank(results, query);
      await scorer.getRelevanceScore(query, 'bats');
    }
    expect(reranker.calls.map(({ exact }) => exact)).toEqual([undefined, undefined, true, true]);
  });

  it('refuses results without a text and options that it does not have; keeps deadlines and signals', async () => {
    const scorer = relevanceScorer({ reranker: countedReranker() });
    for (const wrong of [[{ id: 'a', score: 1 }], [undefined], ['bats'], [{ id: 'a', score: 1, metadata: { text: 5 } }]])
      expect(await failure(scorer.rerank(wrong as never, query))).toMatchObject({ code: 'E_USAGE' });
    expect(await failure(scorer.rerank(results, query, { topk: 2 } as never))).toMatchObject({
      message: expect.stringMatching(/did you mean "topK"/),
    });
    for (const wrong of [{ scorer: 1 }, { reranker: null }, { textField: '' }])
      expect(() => relevanceScorer(wrong as never)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
    const never = relevanceScorer({ reranker: countedReranker({ score: () => new Promise(() => {}) }) });
    expect((await never.rerank(results, query, { deadlineMs: 20 })).map(({ result }) => result.id)).toEqual(['r0', 'r1', 'r2']);
    expect(await failure(never.rerank(results, query, { signal: AbortSignal.timeout(20) }))).toMatchObject({ code: 'E_STOPPED' });
  });
});

describe('filters of Mastra', () => {
  const films = [
    { title: 'a', year: 1990, tags: ['sea', 'night'], seen: true },
    { title: 'b', year: 2005, tags: ['night'], at: '2020-01-02T00:00:00.000Z' },
    { title: 'c', year: null, seen: false },
  ];
  const fitting = (filter: unknown): string => {
    const wanted = translateFilter(filter);
    return films
      .filter(wanted === undefined ? () => true : documentTest(wanted))
      .map(({ title }) => title)
      .join('');
  };

  it.each<[unknown, string]>([
    [undefined, 'abc'],
    [null, 'abc'],
    [{}, 'abc'],
    [{ year: 1990 }, 'a'],
    [{ year: null }, 'c'],
    [{ tags: 'night' }, 'ab'],
    [{ seen: false }, 'c'],
    [{ year: [1990, 2005] }, 'ab'],
    [{ year: { $in: [2005, null] } }, 'bc'],
    [{ year: { $nin: [2005] } }, 'ac'],
    [{ year: { $eq: 2005 } }, 'b'],
    [{ year: { $ne: 2005 } }, 'ac'],
    [{ year: { $gt: 1990 } }, 'b'],
    [{ year: { $gte: 1990, $lt: 2005 } }, 'a'],
    [{ year: { $lte: 2005 } }, 'ab'],
    [{ at: { $gt: new Date('2020-01-01') } }, 'b'],
    [{ at: new Date('2020-01-02') }, 'b'],
    [{ seen: { $exists: true } }, 'ac'],
    [{ seen: { $exists: false } }, 'b'],
    [{ tags: { $all: ['sea', 'night'] } }, 'a'],
    [{ tags: { $all: [] } }, 'abc'],
    [{ tags: { $in: [] } }, ''],
    [{ year: { $not: { $gt: 1990 } } }, 'ac'],
    [{ $not: { year: 1990 } }, 'bc'],
    [{ $and: [{ year: { $gt: 1980 } }, { tags: 'sea' }] }, 'a'],
    [{ $or: [{ year: 1990 }, { title: 'c' }] }, 'ac'],
    [{ $nor: [{ year: 1990 }, { title: 'c' }] }, 'b'],
    [{ year: 2005, tags: 'night' }, 'b'],
    [{ $or: [{ $and: [{ year: 1990 }, { seen: true }] }, { $not: { $or: [{ year: 1990 }, { year: 2005 }] } }] }, 'ac'],
    [{ and: 5 }, ''],
    [{ $or: [] }, ''],
    [{ $and: [] }, 'abc'],
  ])('%j fits %j', (filter, expected) => expect(fitting(filter)).toBe(expected));

  it.each<[unknown, RegExp]>([
    [{ title: { $regex: '^a' } }, /no operator \$regex of "title"/],
    [{ title: { $gtee: 1 } }, /did you mean \$gte/],
    [{ $xor: [] }, /no operator \$xor at the top/],
    [{ tags: { $elemMatch: { $eq: 'a' } } }, /\$elemMatch/],
    [{ 'meta.year': 5 }, /"meta.year" leads into a nested field/],
    [{ meta: { year: 5 } }, /"meta" is compared with an object/],
    [{ year: { $gt: null } }, /\$gt of "year" compares with/],
    [{ year: Number.NaN }, /"year" must be/],
    [{ year: undefined }, /"year" must be/],
    [{ year: { $in: 5 } }, /takes a list/],
    [{ year: {} }, /empty object/],
    [{ year: { $exists: 1 } }, /true or false/],
    [{ $not: {} }, /\$not takes/],
    [{ $and: {} }, /\$and takes a list/],
    ['year = 5', /must be an object/],
    [{ title: /a/ }, /"title" must be/],
    [{ at: new Date('x') }, /without a time/],
    [{ toString: { toString: 1 } }, /compared with an object/],
  ])('%j is refused by name', (filter, message) =>
    expect(() => translateFilter(filter)).toThrow(expect.objectContaining({ code: 'E_USAGE', message: expect.stringMatching(message) })));
});

const folder = mkdtempSync(join(tmpdir(), 'finetooth-mastra-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const kinds: Readonly<Record<string, () => VectorIndexesOptions>> = {
  memory: () => ({ at: 'memory:' }),
  'a folder': () => ({ at: join(folder, 'vectors') }),
  'places by name': () => ({ at: { films: join(folder, 'named'), notes: memoryStore(), rest: 'memory:' }, types: { year: 'number' } }),
};

describe.each(Object.entries(kinds))('a vector store in %s', async (kind, options) => {
  const vectors = createVectorIndexes(options());
  afterAll(() => vectors.close());
  const ask = async (more: object = {}) => (await vectors.query({ indexName: 'films', queryVector: [0, 2], ...more })).map(({ id }) => id);

  it('makes an index, and says so when it is another', async () => {
    expect(await vectors.list()).toEqual([]);
    expect(await failure(vectors.query({ indexName: 'films', queryVector: [1, 0] }))).toMatchObject({ code: 'E_INDEX_MISSING' });
    await vectors.create('films', 2);
    await vectors.create('films', 2, 'cosine');
    expect(await failure(vectors.create('films', 3))).toMatchObject({ code: 'E_USAGE' });
    expect(await failure(vectors.create('films', 2, 'euclidean'))).toMatchObject({ code: 'E_USAGE' });
    expect(await failure(vectors.create('films', 0))).toMatchObject({ code: 'E_USAGE' });
    expect(await vectors.list()).toEqual(['films']);
    expect(await vectors.describe('films')).toEqual({ dimension: 2, count: 0, metric: 'cosine' });
    expect(await ask()).toEqual([]);
  });

  it('takes vectors and finds them, with metadata and filters', async () => {
    const ids = await vectors.upsert({
      indexName: 'films',
      vectors: [
        [3, 0],
        [0, 1],
        [1, 1],
      ],
      metadata: [
        { text: 'a quiet lake', year: 1990 },
        { text: 'bats', year: 2005, at: new Date(5) },
        { year: 2010, gone: undefined },
      ],
      ids: ['a', 'b', 'c'],
    });
    expect(ids).toEqual(['a', 'b', 'c']);
    const [best] = await vectors.query({ indexName: 'films', queryVector: [0, 2], topK: 1, includeVector: true });
    expect(best).toEqual({
      id: 'b',
      score: expect.closeTo(1, 5),
      metadata: { text: 'bats', year: 2005, at: '1970-01-01T00:00:00.005Z' },
      vector: [0, 1],
    });
    expect(await ask()).toEqual(['b', 'c', 'a']);
    expect(await ask({ filter: { year: { $gt: 2000 } } })).toEqual(['b', 'c']);
    expect(await ask({ filter: { $or: [{ year: 1990 }, { text: 'bats' }] } })).toEqual(['b', 'a']);
    expect((await ask({ queryVector: undefined, filter: { year: { $gt: 2000 } } })).sort()).toEqual(['b', 'c']);
    expect(await ask({ queryVector: undefined, filter: { year: { $gt: 2000 } }, topK: 1 })).toHaveLength(1);
    expect(await vectors.describe('films')).toMatchObject({ count: 3 });
  });

  it('replaces, updates and removes by ids and by filters', async () => {
    await vectors.upsert({
      indexName: 'films',
      vectors: [
        [1, 0],
        [0, 1],
      ],
      ids: ['b', 'b'],
      metadata: [{}, { text: 'the second one', year: 2005 }],
    });
    expect((await vectors.query({ indexName: 'films', queryVector: [0, 1], topK: 1 }))[0]).toMatchObject({
      id: 'b',
      metadata: { text: 'the second one', year: 2005 },
    });
    await vectors.update({ indexName: 'films', id: 'b', update: { vector: [-1, 0] } });
    expect(await ask({ queryVector: [-1, 0], topK: 1, filter: { text: 'the second one' } })).toEqual(['b']);
    await Promise.all([
      vectors.update({ indexName: 'films', id: 'b', update: { metadata: { year: 2006 } } }),
      vectors.update({ indexName: 'films', filter: { year: { $lt: 2000 } }, update: { metadata: { year: 1991 } } }),
    ]);
    expect((await ask({ queryVector: undefined, filter: { year: [1991, 2006] } })).sort()).toEqual(['a', 'b']);
    await vectors.upsert({ indexName: 'films', vectors: [[0, 1]], ids: ['d'], metadata: [{ year: 1991 }], deleteFilter: { year: 1991 } });
    expect((await ask()).sort()).toEqual(['b', 'c', 'd']);
    await vectors.delete({ indexName: 'films', ids: ['d', 'absent'] });
    await vectors.delete({ indexName: 'films', filter: { year: 2006 } });
    expect(await ask()).toEqual(['c']);
  });

  it('refuses what is wrong, with a code, and keeps what there was', async () => {
    const wrong: readonly (() => Promise<unknown>)[] = [
      () => vectors.query({ indexName: 'films', queryVector: [1, 0, 0] }),
      () => vectors.query({ indexName: 'films', queryVector: [0, 0] }),
      () => vectors.query({ indexName: 'films', queryVector: [Number.NaN, 1] }),
      () => vectors.query({ indexName: 'films' }),
      () => vectors.query({ indexName: 'films', queryVector: [1, 0], topK: 0 }),
      () => vectors.query({ indexName: 'films', queryVector: [1, 0], sparseVector: { indices: [], values: [] } }),
      () => vectors.query({ indexName: 'films', queryVector: [1, 0], filter: { text: { $regex: 'a' } } }),
      () => vectors.query({ indexName: '', queryVector: [1, 0] }),
      () => vectors.query({ indexName: '../films', queryVector: [1, 0] }),
      () => vectors.upsert({ indexName: 'films', vectors: [[1, 0, 0]] }),
      () => vectors.upsert({ indexName: 'films', vectors: [['1', '0']] as never }),
      () => vectors.upsert({ indexName: 'films', vectors: [[1, 0]], metadata: [] }),
      () => vectors.upsert({ indexName: 'films', vectors: [[1, 0]], ids: ['x', 'y'] }),
      () => vectors.upsert({ indexName: 'films', vectors: [[1, 0]], ids: [''] }),
      () => vectors.upsert({ indexName: 'films', vectors: [[1, 0]], metadata: [{ big: 1n }] }),
      () => vectors.upsert({ indexName: 'films', vectors: [[1, 0]], metadata: [{ __id: 'x' }] }),
      () => vectors.upsert({ indexName: 'films', vectors: 5 as never }),
      () => vectors.upsert({ indexName: 'films', vectors: [[1, 0]], deleteFilter: {} }),
      () => vectors.update({ indexName: 'films', id: 'c', update: {} }),
      () => vectors.update({ indexName: 'films', id: 'absent', update: { metadata: {} } }),
      () => vectors.update({ indexName: 'films', update: { metadata: {} } }),
      () => vectors.delete({ indexName: 'films', filter: {} }),
      () => vectors.delete({ indexName: 'films' }),
      () => vectors.delete({ indexName: 'films', ids: ['c'], filter: { year: 2010 } }),
    ];
    for (const [at, ask] of wrong.entries())
      expect(await failure(ask()), `${at}`).toMatchObject({ code: expect.stringMatching(/^E_(USAGE|INPUT_FORMAT|INDEX_MISSING)$/) });
    expect(await ask()).toEqual(['c']);
    expect(await vectors.upsert({ indexName: 'films', vectors: [] })).toEqual([]);
  });

  it('removes an index, and is closed', async () => {
    await vectors.remove('films');
    expect(await vectors.list()).toEqual([]);
    expect(await failure(vectors.remove('films'))).toMatchObject({ code: 'E_INDEX_MISSING' });
    await vectors.create('films', 3);
    expect(await vectors.describe('films')).toMatchObject({ dimension: 3, count: 0 });
    if (kind === 'places by name') {
      expect(await failure(vectors.query({ indexName: 'other', queryVector: [1] }))).toMatchObject({
        code: 'E_USAGE',
        message: expect.stringMatching(/there are films, notes, rest/),
      });
      await vectors.create('notes', 2);
      expect((await vectors.list()).sort()).toEqual(['films', 'notes']);
      expect(await failure(vectors.remove('notes'))).toMatchObject({ code: 'E_USAGE', message: expect.stringMatching(/a store of yours/) });
    }
    await vectors.close();
    expect(await failure(vectors.query({ indexName: 'films', queryVector: [1, 0, 0] }))).toMatchObject({ code: 'E_STOPPED' });
  });
});

it('an embedding model has the specification that Mastra takes, and a role', async () => {
  const inner = hashEmbedder();
  const roles: string[] = [];
  const embed: typeof inner.embed = (texts, role, options) => {
    roles.push(role);
    return inner.embed(texts, role, options);
  };
  const model = embeddingModel({ ...inner, embed }, { role: 'query' });
  expect([model.specificationVersion, model.modelId]).toEqual(['v3', 'hash@1']);
  expect((await model.doEmbed({ values: ['a', 'b'] })).embeddings).toHaveLength(2);
  await model.doEmbed({ values: ['a'], providerOptions: { finetooth: { role: 'document' } } });
  expect(roles).toEqual(['query', 'document']);
  expect(await failure(model.doEmbed({ values: ['a'], abortSignal: AbortSignal.abort('gone') }))).toBe('gone');
  await model.close();
  expect(await failure(model.doEmbed({ values: ['a'] }))).toMatchObject({ code: 'E_STOPPED' });
  for (const wrong of [{ rol: 'query' }, { role: 'both' }])
    expect(() => embeddingModel('default', wrong as never)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
  expect(() => embeddingModel(5 as never)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
});

it('an index that Mastra filled is searched by words, and one of a user is queried', async () => {
  const store = memoryStore();
  const vectors = createVectorIndexes({ at: { films: store } });
  await vectors.create('films', 2);
  await vectors.upsert({
    indexName: 'films',
    vectors: [
      [1, 0],
      [0, 1],
    ],
    metadata: [{ text: 'a quiet lake' }, { text: 'bats at night' }],
    ids: ['a', 'b'],
  });
  const index = await openIndex(store, { embedder: null, reranker: null });
  expect((await search(index, 'bats', { firstStage: 'bm25' })).results.map(({ id }) => id)).toEqual(['b']);
  expect(() => createVectorIndexes({ at: 'qdrant://localhost:6333/films' })).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
});
