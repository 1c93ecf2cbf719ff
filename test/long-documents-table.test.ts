import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelSessions } from '../src/embedders.ts';
import { openIndex, type RankedResult, rerank, type SearchAnswer, type SearchIndex, type SearchOptions, search } from '../src/index.ts';
import { memoryStore } from '../src/stores.ts';
import { isLong } from './support/is-long.ts';

const filler = 'The committee met on a Tuesday to talk about the budget of the harbour and adjourned without a vote. ';
const answer = 'Berlin has a population of three and a half million registered inhabitants.';
/** The answer stands behind every window, which is 512 tokens. */
const long = `${filler.repeat(45)}${answer}`;
const query = 'how many people live in Berlin';
const fillers = Array.from({ length: 6 }, (_, i) => ({
  id: `other-${i}`,
  year: 1996 + i,
  title: `Minutes ${i}`,
  text: filler.slice(3 * i),
}));
const documents = [
  { id: 'long', year: 2001, title: 'Berlin', text: long },
  { id: 'short', year: 2002, title: 'People', text: 'Berlin is well known for its museums and its parks.' },
  ...fillers,
];

/** What an index of whole texts may keep of token vectors. */
const kinds = { 'with token vectors': { passages: 'off' }, 'without token vectors': { passages: 'off', tokens: null } } as const;
/** Indexes of passages have one way: no passage is longer than the window. */
const allKinds = { ...kinds, 'of passages': {}, 'of passages, without token vectors': { tokens: null } } as const;
type Kind = keyof typeof allKinds;
const rerankers = ['default', 'ms-marco-minilm-l-12-v2', 'late-interaction'] as const;
const ways = ['truncate', 'chunk'] as const;

const sessions = createModelSessions();
const indexes = new Map<string, SearchIndex>();
const indexFor = (kind: Kind, longDocuments: (typeof ways)[number]): SearchIndex => indexes.get(`${kind} ${longDocuments}`) as SearchIndex;

beforeAll(async () => {
  for (const [kind, form] of Object.entries(allKinds))
    for (const longDocuments of ways) {
      const create = { fields: ['text'], idField: 'id', ...form };
      const index = await openIndex(memoryStore(), { create, models: { sessions }, longDocuments });
      await index.add(documents);
      indexes.set(`${kind} ${longDocuments}`, index);
    }
});
afterAll(async () => {
  for (const index of indexes.values()) await index.close();
});

interface Answer {
  readonly results: readonly RankedResult[];
  readonly cut: number;
  readonly calibrated: boolean;
}
const longOf = ({ results }: Pick<Answer, 'results'>) => results.find(({ id }) => id === 'long');
const scoreOf = ({ results }: Pick<Answer, 'results'>, id: string): number | undefined =>
  results.find((one) => one.id === id)?.relevanceScore;
/** The three ways that somebody may ask: over each kind of index, and over documents at hand. */
const asks: Readonly<Record<string, (name: string, way: (typeof ways)[number], minScore?: number) => Promise<Answer>>> = {
  ...Object.fromEntries(
    Object.keys(kinds).map((kind) => [
      `search, ${kind}`,
      async (name: string, way: (typeof ways)[number], minScore?: number) => {
        const index = indexFor(kind as Kind, way);
        const reranker = await index.rerankerNamed([name]);
        return search(index, query, { reranker, top: 100, firstStage: 'hybrid', ...(minScore === undefined ? {} : { minScore }) });
      },
    ]),
  ),
  rerank: async (name, way, minScore) => {
    const reranker = await indexFor('with token vectors', way).rerankerNamed([name]);
    const list = documents.map((document) => ({ id: document.id, document }));
    return rerank(query, list, { model: reranker, fields: ['text'], ...(minScore === undefined ? {} : { minScore }) });
  },
};

/** What was asked once is not asked again. */
const answers = new Map<string, Promise<Answer>>();
const asked = (where: string, name: string, way: (typeof ways)[number]): Promise<Answer> => {
  const key = `${where} ${name} ${way}`;
  const known = answers.get(key) ?? (asks[where] as (typeof asks)[string])(name, way);
  answers.set(key, known);
  return known;
};

describe.each(Object.entries(asks))('%s', (where, ask) => {
  it.each(rerankers)('reads a long text in parts by %s, on the scale that it has without', async (name) => {
    const [truncated, chunked] = [await asked(where, name, 'truncate'), await asked(where, name, 'chunk')];
    for (const { calibrated, results } of [truncated, chunked]) {
      expect(calibrated).toBe(true);
      expect(results.every(({ relevanceScore }) => relevanceScore >= 0 && relevanceScore <= 1)).toBe(true);
    }
    const found = longOf(chunked);
    expect(found?.relevanceScore).toBeGreaterThan(longOf(truncated)?.relevanceScore as number);
    expect(chunked.cut).toBe(0);
    expect(found?.cutTokens).toBeUndefined();
    expect(found?.highlight?.text).toContain(answer);
    expect(long.slice(found?.highlight?.start, found?.highlight?.end)).toBe(found?.highlight?.text);
    // Texts that fit the window get the score that they have without, to the last bit, wherever nothing stands between.
    expect(scoreOf(chunked, 'short')).toBeCloseTo(scoreOf(truncated, 'short') as number, 6);
    // A threshold between two results keeps the upper one.
    const [best, next] = chunked.results.map(({ relevanceScore }) => relevanceScore) as [number, number];
    const kept = await ask(name, 'chunk', (best + next) / 2);
    expect(kept.results.map(({ id }) => id)).toEqual([chunked.results[0]?.id]);
  });
});

it.each(rerankers)('a long text in parts has one score by %s, whatever the index keeps', async (name) => {
  const all = await Promise.all(Object.keys(asks).map((where) => asked(where, name, 'chunk')));
  const [first, ...others] = all.map((answered) => [longOf(answered)?.relevanceScore, longOf(answered)?.highlight?.start]);
  for (const other of others) expect(other).toEqual(first);
});

const years = documents.map(({ year }) => year).sort((a, b) => b - a);
/** Every option of a search; what each must do, of both kinds of index. */
const options: Readonly<Record<keyof SearchOptions, readonly [SearchOptions, (answered: SearchAnswer, plain: SearchAnswer) => void]>> = {
  candidates: [{ candidates: 3 }, ({ candidates }) => expect(candidates).toHaveLength(3)],
  top: [{ top: 2 }, ({ results }) => expect(results).toHaveLength(2)],
  offset: [{ offset: 1, candidates: 25, top: 2 }, ({ results }, plain) => expect(results[0]?.id).toBe(plain.results[1]?.id)],
  firstStage: [{ firstStage: 'bm25' }, ({ firstStage }) => expect(firstStage).toBe('bm25')],
  rankFields: [{ rankFields: ['title'] }, (answered) => expect(longOf(answered)).toMatchObject({ rank: 1 })],
  fieldLabels: [
    { fieldLabels: true },
    // The label stands in the first part of a long text, which is not its best.
    (answered, plain) => expect(scoreOf(answered, 'short')).not.toBe(scoreOf(plain, 'short')),
  ],
  linearWeight: [{ linearWeight: 1 }, ({ candidates }, plain) => expect(candidates).not.toEqual(plain.candidates)],
  wordsWeight: [
    { wordsWeight: 1, candidates: 25 },
    ({ candidates, results }, plain) => {
      expect(candidates.every(({ bm25 = -1 }) => bm25 >= 0)).toBe(true);
      expect(new Set(results.map(({ id }) => id))).toEqual(new Set(plain.results.map(({ id }) => id)));
    },
  ],
  denseWeight: [{ fusion: 'rrf', denseWeight: 1 }, ({ candidates }, plain) => expect(candidates).not.toEqual(plain.candidates)],
  // Of a first stage with a sparse list, for which test/sparse-search.test.ts has an index.
  sparseWeight: [{ firstStage: 'dense', sparseWeight: 0.4 }, ({ firstStage }) => expect(firstStage).toBe('dense')],
  fusion: [{ fusion: 'scores' }, ({ candidates }, plain) => expect(candidates).not.toEqual(plain.candidates)],
  rrfK: [{ fusion: 'rrf', rrfK: 1 }, ({ candidates }, plain) => expect(candidates).not.toEqual(plain.candidates)],
  reranker: [{ reranker: null }, ({ rankedBy }) => expect(rankedBy).toBeNull()],
  effort: [
    { effort: 1, stages: true },
    ({ results }) => expect(results.filter(({ stages }) => stages?.[1] !== null).map(({ rank }) => rank)).toEqual([1]),
  ],
  instruction: [
    {
      instruction: 'the longest text',
      reranker: {
        fingerprint: 'by length',
        takesInstruction: true,
        score: async (_, candidates, { instruction } = {}) => ({
          scores: Float32Array.from(candidates, ({ text }) => (instruction === 'the longest text' ? text.length : 0)),
        }),
      },
    },
    (answered) => expect(longOf(answered)).toMatchObject({ rank: 1, relevanceScore: expect.any(Number) }),
  ],
  filter: [{ filter: { fields: { year: { gte: 2001 } } } }, ({ results }) => expect(results.map(({ id }) => id)).toContain('long')],
  minScore: [{ minScore: 0.99 }, ({ results }) => expect(results).toEqual([])],
  diversity: [{ diversity: 1 }, ({ results }, plain) => expect(results.map(({ id }) => id)).not.toEqual(plain.results.map(({ id }) => id))],
  collapse: [{ collapse: 'off' }, ({ results }, plain) => expect(results).toEqual(plain.results)],
  cursor: [{ cursor: '*', top: 7 }, ({ nextCursor }) => expect(nextCursor).toMatch(/^[\w-]+\.[\w-]+$/)],
  groupBy: [{ groupBy: 'title' }, ({ results }) => expect(results.find(({ id }) => id === 'long')?.group?.value).toBe('Berlin')],
  perGroup: [
    { groupBy: 'year', perGroup: 2 },
    ({ results }) => expect(results.find(({ group }) => group?.value === 2001)?.group?.further).toHaveLength(1),
  ],
  sort: [{ sort: '-year', documents: true }, ({ results }) => expect(results.map(({ document }) => document?.year)).toEqual(years)],
  facets: [{ facets: 'year' }, ({ facets }) => expect(facets).toMatchObject([{ field: 'year', min: 1996, max: 2002, missing: 0 }])],
  facetValues: [{ facets: ['year'], facetValues: 1 }, ({ facets }) => expect(facets?.[0]?.values).toEqual([{ value: 2001, count: 2 }])],
  vector: [
    { vector: Array.from({ length: 384 }, (_, at) => at - 190) },
    ({ candidates }, plain) => expect(candidates).not.toEqual(plain.candidates),
  ],
  documents: [{ documents: true }, (answered) => expect(longOf(answered)?.document?.title).toBe('Berlin')],
  stages: [{ stages: true }, (answered) => expect(longOf(answered)?.stages?.every((score) => score !== null)).toBe(true)],
  snippets: [
    { snippets: true },
    (answered) => {
      const { text = '', start, end } = longOf(answered)?.snippet ?? {};
      expect(text).toContain(answer);
      expect(long.slice(start, end)).toBe(text);
    },
  ],
  explain: [
    { explain: true, candidates: 2 },
    (answered) => expect(longOf(answered)?.explanation?.stages[0]?.parts?.length ?? 2).toBeGreaterThan(1),
  ],
  deadlineMs: [{ deadlineMs: 1 }, ({ complete }) => expect(complete).toBe(false)],
  onUpdate: [{ onUpdate: () => {} }, ({ results }, plain) => expect(results).toEqual(plain.results)],
  signal: [{ signal: new AbortController().signal }, ({ results }, plain) => expect(results).toEqual(plain.results)],
};

/** All of them in the long suite. */
const tried = (Object.keys(allKinds) as Kind[]).filter((_, at) => isLong || at % 2 === 0);

describe.each(tried)('an index %s, long texts in parts', (kind) => {
  let plain: SearchAnswer;
  beforeAll(async () => {
    plain = await search(indexFor(kind, 'chunk'), query, { firstStage: 'hybrid', top: 100 });
  });

  it.each(Object.entries(options))('does what %s says', async (name, [given, check]) => {
    const answered = await search(indexFor(kind, 'chunk'), query, { firstStage: 'hybrid', top: 100, ...given });
    check(answered, plain);
    const isRanked = !['offset', 'reranker', 'instruction', 'minScore', 'deadlineMs', 'rankFields'].includes(name);
    if (isRanked) expect(longOf(answered)?.highlight?.text).toContain(answer);
    expect(answered.cut).toBe(0);
  });
});
