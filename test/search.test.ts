import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Embedder, openIndex, type Reranker, rerank, type SearchIndex, search } from '../src/index.ts';
import type { Candidate } from '../src/rerankers.ts';
import { memoryStore } from '../src/stores.ts';
import { hashEmbedder, SIZE } from './hash-embedder.ts';

/** Scores by the length of the text, and keeps what it was given. */
const byLength = (): Reranker & { readonly seen: Candidate[][] } => {
  const seen: Candidate[][] = [];
  return {
    seen,
    fingerprint: 'by-length',
    score: async (_, candidates) => {
      seen.push([...candidates]);
      return { scores: Float32Array.from(candidates, ({ text }) => text.length) };
    },
  };
};

const films = [
  { id: 'a', title: 'Alien', overview: 'A crew meets it.', year: 1979, tagline: null },
  { id: 'b', title: 'Jaws', overview: 'A shark eats swimmers near an island in summer.', year: 1975, tagline: 'Swim' },
  { id: 'c', title: 'Heat', overview: 'A thief and a detective in a city.', year: 1995, tagline: '' },
  { id: 'd', title: 'Up', overview: 'A house and balloons.', year: 2009, tagline: 'Up' },
];

let index: SearchIndex;
let reranker: ReturnType<typeof byLength>;
beforeEach(async () => {
  reranker = byLength();
  index = await openIndex(memoryStore(), { create: { fields: ['title', 'overview'] }, embedder: hashEmbedder(), reranker });
  await index.add(films);
});
afterEach(() => index.close());

describe('search', () => {
  it('reranks the first stage and says where everything came from', async () => {
    const answer = await search(index, 'a film', { candidates: 3, top: 2 });
    expect(answer.candidates).toHaveLength(3);
    expect(answer.results).toHaveLength(2);
    expect(answer.rankedBy).toBe('by-length');
    for (const [place, result] of answer.results.entries()) {
      expect(result.rank).toBe(place + 1);
      expect(result.firstStageRank).toBe(result.index + 1);
      expect(answer.candidates[result.index]?.id).toBe(result.id);
      expect(result.firstStageScore).toBe(answer.candidates[result.index]?.score);
      expect(result.document).toBeUndefined();
    }
    expect(answer.results[0]?.relevanceScore).toBeGreaterThanOrEqual(answer.results[1]?.relevanceScore as number);
    const { embed, retrieve, rerank: reranked, total } = answer.timings;
    expect(embed + retrieve + reranked).toBeLessThanOrEqual(total + 1e-6);
    expect(answer.rerankStages).toEqual([{ name: 'by-length', fingerprint: 'by-length', took: reranked }]);
  });

  it('tells the last order before it is described, and then with the sentences that the words choose', async () => {
    const told: string[][] = [];
    const described: boolean[] = [];
    const onUpdate = (results: readonly { readonly id: string; readonly snippet?: object }[]): void => {
      told.push(results.map(({ id }) => id));
      described.push(results.every(({ snippet }) => snippet !== undefined));
    };
    const answer = await search(index, 'a film', { snippets: true, onUpdate });
    expect(told.at(-1)).toEqual(answer.results.map(({ id }) => id));
    expect(told.at(-2)).toEqual(told.at(-1));
    expect(described.slice(-2)).toEqual([false, true]);
    expect(told[0]).not.toEqual(told.at(-1));
  });

  it('gives the documents back whole when asked', async () => {
    const answer = await search(index, 'a film', { documents: true });
    for (const { id, document } of answer.results) expect(document).toEqual(films.find((film) => film.id === id));
  });

  it('lets the reranker read the named fields in their order, nulls left out', async () => {
    await search(index, 'a film', { rankFields: ['tagline', 'year', 'title'] });
    expect(new Map(reranker.seen[0]?.map(({ id, text }) => [id, text]))).toEqual(
      new Map([
        ['a', '1979 Alien'],
        ['b', 'Swim 1975 Jaws'],
        ['c', '1995 Heat'],
        ['d', 'Up 2009 Up'],
      ]),
    );
    await search(index, 'a film');
    expect(reranker.seen[1]?.find(({ id }) => id === 'a')?.text).toBe('Alien A crew meets it.');
  });

  it('keeps the first stage as it is without a reranker', async () => {
    const answer = await search(index, 'a film', { reranker: null, top: 4 });
    expect(answer.rankedBy).toBeNull();
    expect(answer.results.map(({ id, relevanceScore }) => ({ id, score: relevanceScore }))).toEqual(
      answer.candidates.map(({ id, score }) => ({ id, score })),
    );
    expect([answer.timings.rerank, answer.rerankStages]).toEqual([0, undefined]);
  });

  it('finds by words, and fuses', async () => {
    const bm25 = await search(index, 'the SHARKS', { firstStage: 'bm25', reranker: null });
    expect(bm25.results.map(({ id }) => id)).toEqual(['b']);
    expect(bm25.timings.embed).toBe(0);
    const hybrid = await search(index, 'the SHARKS', { firstStage: 'hybrid', reranker: null });
    expect(hybrid.results[0]?.id).toBe('b');
    expect(hybrid.results).toHaveLength(4);
    expect((await search(index, 'zebra', { firstStage: 'bm25' })).results).toEqual([]);
  });

  it('breaks ties by id, descending', async () => {
    const flat: Reranker = { fingerprint: 'flat', score: async (_, candidates) => ({ scores: new Float32Array(candidates.length) }) };
    expect((await search(index, 'x', { reranker: flat })).results.map(({ id }) => id)).toEqual(['d', 'c', 'b', 'a']);
  });

  it('refuses what cannot be asked', async () => {
    await expect(search(index, ' \n')).rejects.toMatchObject({ code: 'E_QUERY' });
    await expect(search(index, 'x', { candidates: 0 })).rejects.toMatchObject({
      code: 'E_USAGE',
      message: 'candidates must be a whole number from 1 to 10000; got 0.',
    });
    await expect(search(index, 'x', { top: 1.5 })).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(search(index, 'x', { firstStage: 'sparse' as 'dense' })).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(search(index, 'x', { rankFields: ['plot'] })).rejects.toMatchObject({ code: 'E_FIELD' });
    await expect(search(index, 'x', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'E_STOPPED' });
  });

  it('answers with nothing on an empty index', async () => {
    await index.delete(['a', 'b', 'c', 'd']);
    const answer = await search(index, 'x');
    expect([answer.results, answer.candidates]).toEqual([[], []]);
  });
});

describe('parts that break their contract', () => {
  const broken: readonly (readonly [string, Float32Array])[] = [
    ['asked for 4 scores, it gave 2', new Float32Array(2)],
    ['score 1 is NaN, which is not finite', Float32Array.of(1, Number.NaN, 2, 3)],
    ['score 3 is Infinity', Float32Array.of(1, 2, 3, Number.POSITIVE_INFINITY)],
  ];
  it.each(broken)('a reranker: %s', async (sentence, scores) => {
    await expect(search(index, 'x', { reranker: { fingerprint: 'bad', score: async () => ({ scores }) } })).rejects.toMatchObject({
      code: 'E_CONTRACT',
      message: expect.stringContaining(sentence),
    });
  });

  it.each([
    ['length 2.0000', 1, (data: Float32Array) => data.fill(2 / Math.sqrt(SIZE))],
    ['not finite', 1, (data: Float32Array) => data.fill(Number.NaN)],
    ['it gave 2 × 16', 2, (data: Float32Array) => data],
  ] as const)('an embedder: %s', async (sentence, extra, spoil) => {
    const bad: Embedder = {
      ...hashEmbedder(),
      embed: async (texts) => ({
        data: spoil(new Float32Array(texts.length * extra * SIZE)),
        dimensions: SIZE,
        count: texts.length * extra,
      }),
    };
    await using other = await openIndex(memoryStore(), { create: true, embedder: bad });
    await expect(other.add([{ text: 'x' }])).rejects.toMatchObject({ code: 'E_CONTRACT', message: expect.stringContaining(sentence) });
  });
});

describe('rerank', () => {
  it('orders documents without an index; index is the place in the input', async () => {
    const documents = films.map((document) => ({ id: document.id, document }));
    const answer = await rerank('x', documents, { model: reranker, fields: ['title'], top: 2 });
    expect(answer.results).toEqual([
      { id: 'a', index: 0, relevanceScore: 5, rank: 1, document: documents[0] },
      { id: 'c', index: 2, relevanceScore: 4, rank: 2, document: documents[2] },
    ]);
    expect((await rerank('x', [], { model: reranker, fields: ['title'] })).results).toEqual([]);
  });
});
