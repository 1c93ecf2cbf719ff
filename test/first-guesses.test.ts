import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cachedEmbedder, openModel } from '../src/embedders.ts';
import { hosted, hostedEmbedder } from '../src/hosted.ts';
import {
  createEmbedder,
  createReranker,
  FinetoothError,
  openIndex,
  type Reranker,
  readPipelines,
  rerank,
  type SearchIndex,
  search,
  searchOptionsOf,
} from '../src/index.ts';
import { cached, cascade, fallback, fuse, titled, withCalibration } from '../src/rerankers.ts';
import { serve } from '../src/server/index.ts';
import { memoryStore } from '../src/stores.ts';
import * as tasks from '../src/tasks/index.ts';
import { hashEmbedder } from './hash-embedder.ts';

/** Calls as somebody makes them who has read no page: no compiler looks at them. */
type Anything = (...given: readonly unknown[]) => Promise<unknown>;
const [anyRerank, anySearch, anyOpen] = [rerank, search, openIndex] as unknown as [Anything, Anything, Anything];
const [anyModel, anyReranker, anyFuse] = [openModel, createReranker, fuse] as unknown as [Anything, Anything, Anything];
const [anyHosted, anyHostedEmbedder, anyEmbedder] = [hosted, hostedEmbedder, createEmbedder] as unknown as [Anything, Anything, Anything];
const [anyCached, anyCascade, anyFallback, anyCachedEmbedder] = [cached, cascade, fallback, cachedEmbedder] as unknown as Anything[] as [
  Anything,
  Anything,
  Anything,
  Anything,
];
const [anyTitled, anyWithCalibration] = [titled, withCalibration] as unknown as [Anything, Anything];
const [anyReadPipelines, anySearchOptionsOf] = [readPipelines, searchOptionsOf] as unknown as [Anything, Anything];
const anyServe = serve as unknown as Anything;
const {
  evaluate: anyEvaluate,
  tune: anyTune,
  calibrate: anyCalibrate,
  label: anyLabel,
  ...anyTask
} = tasks as unknown as Record<
  'evaluate' | 'tune' | 'calibrate' | 'label' | 'backupIndex' | 'compactIndex' | 'exportIndex' | 'restoreIndex' | 'verifyIndex',
  Anything
>;
const upkeep = ['backupIndex', 'compactIndex', 'exportIndex', 'restoreIndex', 'verifyIndex'] as const;

const lengths: Reranker = {
  fingerprint: 'lengths@1',
  score: async (_, candidates) => ({ scores: Float32Array.from(candidates, ({ text }) => text.length) }),
};
const documents = [
  { id: 'a', document: { text: 'Bats hunt by echo.' } },
  { id: 'b', document: { text: 'Wheat rose.' } },
];
const openFilled = async (): Promise<SearchIndex> => {
  const index = await openIndex(memoryStore(), { create: { fields: ['text'] }, embedder: hashEmbedder(), reranker: lengths });
  await index.add([{ text: 'Bats hunt by echo.' }, { text: 'Wheat rose.' }]);
  return index;
};
let index: SearchIndex;
beforeAll(async () => {
  index = await openFilled();
});
afterAll(() => index.close());
const add: Anything = async (...given) => (index.add as unknown as Anything)(...given);
const addRead: Anything = async (...given) => (index.addRead as unknown as Anything)(...given);
const remove: Anything = async (...given) => (index.delete as unknown as Anything)(...given);

const callOfRerank = "Call it as rerank('how do bats find their way', documents, { top: 5 }).";
const callOfSearch = "Call it as search(index, 'how do bats find their way', { top: 5 }).";

/** What is guessed, and what the sentence must say. */
type Guess = readonly [string, () => Promise<unknown>, ...string[]];
const guesses: readonly Guess[] = [
  ['rerank()', () => anyRerank(), 'the query of rerank must be a text; got undefined', callOfRerank],
  ['rerank(documents)', () => anyRerank(documents), 'must be a text; got a list', callOfRerank],
  ['rerank(reranker, query, documents)', () => anyRerank(lengths, 'q', documents), 'must be a text; got an object', callOfRerank],
  ['rerank(documents, query)', () => anyRerank(documents, 'q'), 'must be a text; got a list', callOfRerank],
  ["rerank('q')", () => anyRerank('q'), 'must be a list of texts or objects; got undefined', callOfRerank],
  ["rerank('q', 'text')", () => anyRerank('q', 'text'), 'must be a list of texts or objects; got "text"'],
  ["rerank('q', new Set())", () => anyRerank('q', new Set(['a'])), 'must be a list of texts or objects; got an object'],
  ["rerank('q', [1])", () => anyRerank('q', [1]), 'document 1 is 1', callOfRerank],
  ["rerank('q', [null])", () => anyRerank('q', ['a', null]), 'document 2 is null'],
  ["rerank('q', [['a']])", () => anyRerank('q', [['a']]), 'document 1 is a list'],
  ["rerank('q', [() => 'a'])", () => anyRerank('q', [() => 'a']), 'document 1 is a function'],
  ["rerank({ query: 'q', documents })", () => anyRerank({ query: 'q', documents }), 'got an object', callOfRerank],
  ['rerank with null as options', () => anyRerank('q', documents, null), 'the options of rerank must be an object; got null'],
  ['rerank with a number as options', () => anyRerank('q', documents, 5), 'the options of rerank must be an object; got 5'],
  [
    'rerank { topN }',
    () => anyRerank('q', documents, { topN: 1 }),
    'rerank has no option "topN", did you mean "top"; it has top, offset, model, fields',
  ],
  ['rerank { fieds }', () => anyRerank('q', documents, { fieds: ['text'] }), 'did you mean "fields"'],
  ['rerank { colour }', () => anyRerank('q', documents, { colour: 1 }), 'rerank has no option "colour"; it has top'],
  ["rerank { top: '5' }", () => anyRerank('q', documents, { top: '5' }), 'top must be a whole number from 1 to 100000; got "5".'],
  ['rerank { top: 0 }', () => anyRerank('q', documents, { top: 0 }), 'top must be a whole number from 1 to 100000; got 0.'],
  ['rerank { top: null }', () => anyRerank('q', documents, { top: null }), 'got null'],
  ['rerank { top: NaN }', () => anyRerank('q', documents, { top: Number.NaN }), 'got NaN'],
  [
    'rerank { deadlineMs: 0.5 }',
    () => anyRerank('q', documents, { deadlineMs: 0.5 }),
    'deadlineMs must be a whole number from 1 to 600000; got 0.5',
  ],
  ["rerank { deadlineMs: '200' }", () => anyRerank('q', documents, { deadlineMs: '200' }), 'got "200"'],
  ["rerank { fields: 'text' }", () => anyRerank('q', documents, { fields: 'text' }), 'fields must be a list of texts; got "text"'],
  ["rerank { minScore: 'high' }", () => anyRerank('q', documents, { minScore: 'high' }), 'minScore must be a number from 0 to 1'],
  ['rerank { signal: {} }', () => anyRerank('q', documents, { signal: {} }), 'signal must be the signal of an AbortController'],
  ['rerank { model: {} }', () => anyRerank('q', documents, { model: {} }), 'model must be the name of a reranker, a list of names'],
  ['rerank { model: [] }', () => anyRerank('q', documents, { model: [] }), 'got an empty list'],
  ['rerank { model: null }', () => anyRerank('q', documents, { model: null }), 'model must be the name of a reranker'],
  [
    'createReranker({ effort })',
    async () => anyReranker({ effort: 'low' }),
    'the model of createReranker must be the name',
    "createReranker('default')",
  ],
  [
    'createEmbedder(5)',
    () => anyEmbedder(5),
    'the model of createEmbedder must be the name of a model',
    "createEmbedder('bge-small-en-v1.5')",
  ],
  ['search()', () => anySearch(), 'the index of search must be what openIndex gives', callOfSearch],
  ["search('q')", () => anySearch('q'), 'got "q"', callOfSearch],
  ['search(index, undefined)', () => anySearch(index, undefined), 'the query of search must be a text; got undefined', callOfSearch],
  ['search(index, { query })', () => anySearch(index, { query: 'q' }), 'got an object', callOfSearch],
  [
    "search { reranker: 'default' }",
    () => anySearch(index, 'q', { reranker: 'default' }),
    'await index.rerankerNamed(["default"])',
    'openIndex(folder, { reranker: "default" })',
  ],
  ["search { reranker: ['default'] }", () => anySearch(index, 'q', { reranker: ['default'] }), 'await index.rerankerNamed(["default"])'],
  ['search { limit }', () => anySearch(index, 'q', { limit: 3 }), 'search has no option "limit"'],
  ['search { candidats }', () => anySearch(index, 'q', { candidats: 3 }), 'did you mean "candidates"'],
  [
    "search { firstStage: 'vector' }",
    () => anySearch(index, 'q', { firstStage: 'vector' }),
    'firstStage must be one of dense, bm25, hybrid, late-interaction, sparse, sparse+dense, sparse+bm25, sparse+bm25+dense; got "vector"',
  ],
  ["search { top: '3' }", () => anySearch(index, 'q', { top: '3' }), 'top must be a whole number from 1 to 10000; got "3"'],
  ['search { deadlineMs: null }', () => anySearch(index, 'q', { deadlineMs: null }), 'deadlineMs must be'],
  ["search { filter: 'year' }", () => anySearch(index, 'q', { filter: 'year' }), 'expected an operator'],
  ['search { filter: 3 }', () => anySearch(index, 'q', { filter: 3 }), "filter must be a text such as 'year >= 1990', or an object"],
  ['index.add({ … })', () => add({ text: 'one' }), 'index.add takes a list of documents; got an object. Call it as index.add([document]).'],
  ["index.add('text')", () => add('text'), 'index.add takes a list of documents; got "text"'],
  ['index.add()', () => add(), 'index.add takes a list of documents; got undefined'],
  [
    'index.add with an unknown option',
    () => add([{ text: 'x' }], { prunee: true }),
    'index.add has no option "prunee", did you mean "prune"',
  ],
  ['index.addRead of documents', () => addRead([{ text: 'x' }]), 'index.addRead takes what readDocuments gives', 'or index.add(documents)'],
  [
    "index.delete('a')",
    () => remove('a'),
    'the ids of index.delete must be a list of texts; got "a". Call it as index.delete([\'an-id\']).',
  ],
  [
    'openIndex()',
    () => anyOpen(),
    'the index of openIndex must be the path of a folder, or a store; got undefined',
    "openIndex('./movies', { create: true })",
  ],
  ['openIndex({ path })', () => anyOpen({ path: './x' }), 'got an object'],
  ['openIndex { crate }', () => anyOpen('./x', { crate: true }), 'openIndex has no option "crate", did you mean "create"'],
  ["openIndex { create: 'yes' }", () => anyOpen('./x', { create: 'yes' }), 'create must be true, false, or an object'],
  [
    "openIndex { create: { fields: 'text' } }",
    () => anyOpen('./x', { create: { fields: 'text' } }),
    'create.fields must be a list of fields',
  ],
  [
    'openIndex { create: { feilds } }',
    () => anyOpen('./x', { create: { feilds: ['text'] } }),
    'openIndex has no option "create.feilds", did you mean "create.fields"',
  ],
  [
    'openIndex { models: { hosted: { perMinute } } }',
    () => anyOpen('./x', { models: { hosted: { perMinute: 5 } } }),
    'did you mean "models.hosted.requestsPerMinute"',
  ],
  ['createReranker { maxMemroy }', async () => anyReranker(undefined, { maxMemroy: 300 }), 'did you mean "maxMemory"'],
  ['openModel { thread }', () => anyModel(undefined, { thread: 1 }), 'openModel has no option "thread", did you mean "threads"'],
  [
    'createReranker { longDocument }',
    async () => anyReranker(undefined, { longDocument: 'chunk' }),
    'createReranker has no option "longDocument", did you mean "longDocuments"',
  ],
  ['cascade(reranker)', async () => anyCascade(lengths), 'the stages of cascade must be a list; got an object', 'cascade([first, second])'],
  ['cascade()', async () => anyCascade(), 'the stages of cascade must be a list; got undefined'],
  ['fallback(reranker, other)', async () => anyFallback(lengths), 'the rerankers of fallback must be a list; got an object'],
  ['titled()', async () => anyTitled(), 'the reranker of titled must be a reranker', 'got undefined'],
  ['withCalibration(reranker)', async () => anyWithCalibration(lengths), 'what readCalibration gives; got undefined'],
  ['withCalibration(file)', async () => anyWithCalibration({ reranker: 'x' }), 'the reranker of withCalibration must be a reranker'],
  ['readPipelines(path)', () => anyReadPipelines('p.json'), 'must be a list of texts; got "p.json"', "readPipelines(['pipelines.json'])"],
  ['searchOptionsOf(pipeline)', () => anySearchOptionsOf({ name: 'p' }), 'what openIndex gives; got undefined'],
  ['searchOptionsOf(index, pipeline)', () => anySearchOptionsOf(index, { name: 'p' }), 'a pipeline, as readPipelines gives them'],
  ['fuse(list)', async () => anyFuse([{ id: 'a', score: 1 }], 3), 'must be a list of lists of hits'],
  ['fuse()', async () => anyFuse(), 'must be a list of lists of hits, each with an id and a score; got undefined'],
  ['fuse { k }', async () => anyFuse([[]], 3, { k: 60 }), 'fuse has no option "k"'],
  ['fuse { weights: [-1] }', async () => anyFuse([[]], 3, { weights: [-1] }), 'weights must be a list of numbers from 0 on; got a list'],
  ['cached { att }', async () => anyCached(lengths, { att: './scores' }), 'cached has no option "att", did you mean "at"'],
  ['cached { maxEntries: -1 }', async () => anyCached(lengths, { maxEntries: -1 }), 'a whole number from 100 to 100000000; got -1'],
  ['cached(nothing)', async () => anyCached(), 'the reranker of cached must be a reranker', 'got undefined'],
  ['cascade { kep }', async () => anyCascade([lengths], { kep: [3] }), 'cascade has no option "kep", did you mean "keep"'],
  ['cascade { keep: [1.5] }', async () => anyCascade([lengths], { keep: [1.5] }), '1 whole number from 1 on; got 1.5'],
  ['cascade { keep: 3 }', async () => anyCascade([lengths], { keep: 3 }), 'keep must be a list; got 3'],
  ['cascade { concurrency: -2 }', async () => anyCascade([lengths], { concurrency: -2 }), 'a number above 0; got -2'],
  ["cascade(['default'])", async () => anyCascade(['default']), 'each stage of cascade must be a reranker', 'got "default"'],
  ['fallback { strikt }', async () => anyFallback([lengths], { strikt: true }), 'fallback has no option "strikt", did you mean "strict"'],
  ['fallback([null])', async () => anyFallback([null]), 'each reranker of fallback must be a reranker', 'got null'],
  [
    'cachedEmbedder { folder }',
    async () => anyCachedEmbedder(hashEmbedder(), { folder: './vectors' }),
    'cachedEmbedder has no option "folder"; it has at, maxEntries',
  ],
  ['cachedEmbedder(embedder)', async () => anyCachedEmbedder(hashEmbedder()), 'at must be a text; got undefined', "{ at: './vectors' }"],
  ['evaluate { pipeline }', () => anyEvaluate({ data: 'x', pipeline: [] }), 'evaluate has no option "pipeline", did you mean "pipelines"'],
  [
    'evaluate { resamples: 5 }',
    () => anyEvaluate({ data: 'x', resamples: 5 }),
    'resamples must be a whole number from 100 to 1000000; got 5',
  ],
  ['evaluate { strict } without a fallback', () => anyEvaluate({ data: 'x', strict: true }), 'strict forbids fallbacks, and there is none'],
  ['tune { fold }', () => anyTune({ data: 'x', fold: 3 }), 'tune has no option "fold", did you mean "folds"'],
  ["calibrate { reranker: 'default' }", () => anyCalibrate({ reranker: 'default' }), 'a list of names, or a reranker; got "default"'],
  ['calibrate { candidates: 0 }', () => anyCalibrate({ candidates: 0 }), 'candidates must be a whole number from 1 to 10000; got 0'],
  ['label { dept }', () => anyLabel({ in: 'x', judge: () => {}, dept: 3 }), 'label has no option "dept", did you mean "depth"'],
  ['label { depth: 0 }', () => anyLabel({ in: 'x', judge: () => {}, depth: 0 }), 'depth must be a whole number from 1 to 1000; got 0'],
  ...upkeep.map((name): Guess => [`${name} { onProgres }`, () => anyTask[name]({ onProgres: 1 }), `${name} has no option "onProgres"`]),
  ['serve { keyfile }', () => anyServe({ keyfile: 'keys' }), 'serve has no option "keyfile", did you mean "keyFile"'],
  ["serve { port: '80' }", () => anyServe({ port: '80' }), 'port must be a whole number from 0 to 65535; got "80"'],
  ['hosted { tries }', async () => anyHosted('cohere:rerank-v3.5', { tries: 3 }), 'hosted has no option "tries"'],
  ['hosted { concurency }', async () => anyHosted('cohere:rerank-v3.5', { concurency: 3 }), 'did you mean "concurrency"'],
  [
    'hosted { limits: { perMinute } }',
    async () => anyHosted('cohere:rerank-v3.5', { limits: { together: 3 } }),
    'hosted has no option "limits.together"',
  ],
  [
    'hosted { circuitBreaker: { restS } }',
    async () => anyHosted('cohere:rerank-v3.5', { circuitBreaker: { restS: 3 } }),
    'did you mean "circuitBreaker.restMs"',
  ],
  [
    'hosted { retries: 20 }',
    async () => anyHosted('cohere:rerank-v3.5', { retries: 20 }),
    'retries must be a whole number from 0 to 9; got 20',
  ],
  ['hostedEmbedder { dimension }', () => anyHostedEmbedder('cohere:embed-v4.0', { dimension: 3 }), 'did you mean "dimensions"'],
  ['openIndex { models: { maxMemroy } }', () => anyOpen('./x', { models: { maxMemroy: 300 } }), 'did you mean "models.maxMemory"'],
  ['openIndex { embedder: 5 }', () => anyOpen('./x', { embedder: 5 }), 'embedder must be the name of a model, an embedder'],
  ['openIndex { reranker: {} }', () => anyOpen('./x', { reranker: {} }), 'reranker must be the name of a reranker'],
];

describe('a first guess that is wrong', () => {
  it.each(guesses.map(([name, call, ...sentences]) => ({ name, call, sentences })))('$name is refused with the right one', async ({
    call,
    sentences,
  }) => {
    const error = await call().then(
      (value) => value,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(FinetoothError);
    expect(error).toMatchObject({ code: 'E_USAGE' });
    for (const sentence of sentences) expect((error as Error).message).toContain(sentence);
  });

  it('a document that JSON has no form for is named by its place', async () => {
    const circular: Record<string, unknown> = { text: 'x' };
    circular.self = circular;
    for (const document of [{ text: 'x', year: 1990n }, circular]) {
      await expect(add([{ text: 'fine' }, document])).rejects.toMatchObject({
        code: 'E_INPUT_FORMAT',
        message: expect.stringContaining('document 2'),
      });
    }
    const asked = { model: lengths, fields: ['text', 'year'] };
    await expect(anyRerank('q', ['fine', circular], asked)).rejects.toMatchObject({ code: 'E_INPUT_FORMAT' });
    // It is read, and not kept.
    expect(await anyRerank('q', [{ text: 'x', year: 1990n, by: { id: 7n } }], asked)).toMatchObject({ results: [{ relevanceScore: 6 }] });
  });
});

describe('a first guess that is right', () => {
  it.each([
    ['texts', ['Wheat rose.', 'Bats hunt by echo.']],
    ['objects with a text', [{ text: 'Wheat rose.' }, { text: 'Bats hunt by echo.' }]],
    ['objects with other fields', [{ name: 'Wheat rose.' }, { overview: 'Bats hunt by echo.', year: 1 }]],
    ['objects beside their ids', [documents[1], documents[0]]],
    [
      'objects beside numbers as ids',
      [
        { id: 7, document: { text: 'Wheat rose.' } },
        { id: 8, document: { text: 'Bats hunt by echo.' } },
      ],
    ],
    ['texts and objects', ['Wheat rose.', { text: 'Bats hunt by echo.' }]],
  ])('rerank takes %s, with options or without', async (_, list) => {
    for (const options of [{}, { top: undefined }, { fields: undefined }]) {
      const { results } = (await anyRerank('q', list, { model: lengths, ...options })) as Awaited<ReturnType<typeof rerank>>;
      expect(results.map(({ index: place, relevanceScore }) => [place, relevanceScore])).toEqual([
        [1, 18],
        [0, 11],
      ]);
    }
    const { results } = (await anyRerank('q', list, { model: lengths, explain: true })) as Awaited<ReturnType<typeof rerank>>;
    expect(results[0]?.document).toBe(list[1]);
    expect(results[0]?.explanation?.fields).toHaveLength(1);
  });

  it('an id is the place in the list where none is given', async () => {
    expect((await rerank('q', ['a', 'bcd'], { model: lengths })).results.map(({ id }) => id)).toEqual(['1', '0']);
    expect((await rerank('q', documents, { model: lengths })).results.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('an empty list has an empty answer, and one without words is refused', async () => {
    expect((await rerank('q', [], { model: lengths })).results).toEqual([]);
    await expect(rerank('q', [{ year: 1990 }], { model: lengths })).rejects.toMatchObject({ code: 'E_FIELD' });
  });

  it('with the bundled models', async () => {
    const documents = ['Wheat rose.', 'Bats find their way by echolocation.'];
    const [{ results }, beside] = await Promise.all([
      rerank('how do bats find their way', documents),
      rerank('grain', documents, { top: 1 }),
    ]);
    expect(results[0]).toMatchObject({ index: 1, rank: 1, document: documents[1] });
    expect(beside.results).toMatchObject([{ index: 0, document: documents[0] }]);
  });
});

/** Works or is refused with a code: whatever anybody passes. */
const answersOrRefuses = async (call: () => Promise<unknown>): Promise<void> => {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof FinetoothError)) throw error;
  }
};

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withObjectString: true,
  withSparseArray: true,
  withTypedArray: true,
  withBoxedValues: true,
});
/** Mostly what is right, so that what is wrong is reached one at a time. */
const mostly = (...right: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...right) }, { weight: 1, arbitrary: anything });
const optionsOf = (names: readonly string[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.dictionary(fc.constantFrom(...names), anything, { maxKeys: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom(undefined, {}) },
    { weight: 1, arbitrary: anything },
  );
const list = fc.oneof(
  fc.array(fc.oneof(fc.string(), fc.dictionary(fc.constantFrom('text', 'title', 'id', 'document', 'n'), anything), anything)),
  anything,
);
/** Not the bundled models: they are slow. */
const withModel = (options: unknown): unknown =>
  options === undefined || (typeof options === 'object' && options !== null && !('model' in options))
    ? { ...(options as object), model: lengths }
    : options;
const settings = { numRuns: 300, seed: 16 };

describe('whatever is passed, it works or is refused with a code', () => {
  it('rerank', async () => {
    const names = [
      'top',
      'fields',
      'model',
      'fieldLabels',
      'minScore',
      'collapse',
      'snippets',
      'stages',
      'explain',
      'deadlineMs',
      'signal',
      'other',
    ];
    await fc.assert(
      fc.asyncProperty(mostly('q', 'bats'), fc.oneof(fc.constant(documents), list), optionsOf(names), (query, given, options) =>
        answersOrRefuses(() => anyRerank(query, given, withModel(options))),
      ),
      settings,
    );
  });

  it('search', async () => {
    const names = [
      'candidates',
      'top',
      'offset',
      'firstStage',
      'rankFields',
      'fieldLabels',
      'denseWeight',
      'fusion',
      'rrfK',
      'filter',
      'reranker',
      'minScore',
      'diversity',
      'collapse',
      'documents',
      'stages',
      'explain',
      'deadlineMs',
      'onUpdate',
      'signal',
      'other',
    ];
    await fc.assert(
      fc.asyncProperty(mostly(index), mostly('q', 'bats'), optionsOf(names), (...given) => answersOrRefuses(() => anySearch(...given))),
      settings,
    );
  });

  it('add, addRead and delete', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('add', 'addRead', 'delete'),
        list,
        optionsOf(['prune', 'onProgress', 'signal', 'other']),
        async (name, ...given) => {
          const fresh = await openFilled();
          await answersOrRefuses(() => (fresh[name as 'add'] as unknown as Anything)(...given));
        },
      ),
      settings,
    );
  });

  it('openIndex', async () => {
    const names = ['create', 'embedder', 'reranker', 'fallback', 'strict', 'models', 'other'];
    await fc.assert(
      fc.asyncProperty(mostly('./there-is-none', memoryStore()), optionsOf(names), async (...given) => {
        await answersOrRefuses(async () => {
          const opened = (await anyOpen(...given)) as SearchIndex;
          await opened.close();
        });
      }),
      settings,
    );
  });
});
