import { describe, expect, it } from 'vitest';
import { indexSystem } from '../src/eval/systems/system.ts';
import { type Embedder, openIndex, type Reranker, rerank, type SearchAnswer, type SearchOptions, search } from '../src/index.ts';
import { parsePipelines } from '../src/plan.ts';
import { memoryStore } from '../src/stores.ts';
import { hashEmbedder } from './hash-embedder.ts';

const QUERY = 'bats by the sea';
const SAME = 'bats hunt by echo at night in the caves of an island by the sea';
/** Thirty times one text, in three spellings, and twenty that are like no other. */
const documents = [
  ...Array.from({ length: 30 }, (_, at) => ({
    id: `same${at}`,
    author: ['Ann', 'Bo'][at % 2],
    text: [SAME, ` ${SAME}\n`, SAME.toUpperCase()][at % 3],
  })),
  ...Array.from({ length: 20 }, (_, at) => ({ id: `other${at}`, author: 'Cy', text: `the sea ${'and a bat '.repeat(at + 1)}` })),
];

const opened = async () => {
  const counts = { embedded: 0, scored: [] as number[] };
  const hash = hashEmbedder();
  const embedder: Embedder = {
    ...hash,
    embed: async (texts, role, options) => {
      if (role === 'query') counts.embedded += texts.length;
      return hash.embed(texts, role, options);
    },
  };
  const reranker: Reranker = {
    fingerprint: 'bats@1',
    score: async (_, candidates) => {
      counts.scored.push(candidates.length);
      return { scores: Float32Array.from(candidates, ({ text }) => (text.trim().toLowerCase() === SAME ? 999 : text.length)) };
    },
  };
  const index = await openIndex(memoryStore(), {
    create: { fields: ['text'], idField: 'id', types: { author: 'keyword' } },
    embedder,
    reranker,
  });
  await index.add(documents);
  return { index, counts, reranker };
};

const bm25 = { firstStage: 'bm25', candidates: 10 } as const satisfies SearchOptions;

describe('equal texts', () => {
  it('stand once among results, which are filled up, and are neither embedded nor scored a second time', async () => {
    const { index, counts } = await opened();
    for (const firstStage of ['bm25', 'dense', 'hybrid'] as const) {
      counts.embedded = 0;
      counts.scored = [];
      const { results, candidates } = await search(index, QUERY, { firstStage, candidates: 10, top: 10, documents: true });
      const texts = results.map(({ document }) => String(document?.text).trim().toLowerCase());
      expect([firstStage, results.length, new Set(texts).size, candidates.length]).toEqual([firstStage, 10, 10, 10]);
      expect([counts.embedded, counts.scored]).toEqual([firstStage === 'bm25' ? 0 : 1, [10]]);
      for (const { collapsed, duplicates, index: place } of results) {
        expect(duplicates?.length).toBe(collapsed);
        expect(place).toBeLessThan(10);
      }
    }
    const { results } = await search(index, QUERY, { firstStage: 'bm25', candidates: 40, top: 40 });
    expect(results).toHaveLength(21);
    expect(results[0]).toMatchObject({ collapsed: 29, relevanceScore: 999 });
    expect(new Set([results[0]?.id, ...(results[0]?.duplicates ?? [])]).size).toBe(30);
    await index.close();
  });

  it('says so where one text fills all that was looked at', async () => {
    const index = await openIndex(memoryStore(), { create: { fields: ['text'], idField: 'id' }, embedder: hashEmbedder(), reranker: null });
    await index.add([
      ...Array.from({ length: 40 }, (_, at) => ({ id: `same${at}`, text: 'bats bats bats' })),
      ...Array.from({ length: 60 }, (_, at) => ({ id: `other${at}`, text: `grass ${'and rock '.repeat(40 + at)} bats` })),
    ]);
    const { results, notes } = await search(index, 'bats', { firstStage: 'bm25', candidates: 2, top: 2 });
    expect([results.length, results[0]?.collapsed]).toEqual([1, 31]);
    expect(notes).toEqual([
      expect.stringMatching(/^the first 32 documents that were found have 1 text between them, and 2 were asked for/),
    ]);
    expect((await search(index, 'bats', { firstStage: 'bm25', candidates: 4, top: 2 })).notes).toBeUndefined();
    await index.close();
  });

  it('all stand there with off', async () => {
    const { index } = await opened();
    const { results } = await search(index, QUERY, { ...bm25, top: 10, collapse: 'off' });
    expect(results.every(({ collapsed, duplicates }) => collapsed === undefined && duplicates === undefined)).toBe(true);
    expect((await search(index, QUERY, { firstStage: 'bm25', candidates: 50, top: 50, collapse: 'off' })).results).toHaveLength(50);
    await index.close();
  });

  it.each(['equal', 'near'] as const)('collapsed by %s, pages by offset and by cursor are those of one list', async (collapse) => {
    const { index } = await opened();
    const options = { firstStage: 'hybrid', fusion: 'scores', candidates: 12, collapse } as const;
    const places = (await search(index, QUERY, { ...options, top: 12 })).results.map(({ id, rank, collapsed }) => [id, rank, collapsed]);
    const paged: unknown[] = [];
    const frozen: unknown[] = [];
    for (let offset = 0; offset < 12; offset += 4) {
      const { results } = await search(index, QUERY, { ...options, top: 4, offset });
      paged.push(...results.map(({ id, rank, collapsed }) => [id, rank, collapsed]));
    }
    for (let cursor: string | undefined = '*'; cursor !== undefined; ) {
      const answer: SearchAnswer = await search(index, QUERY, { ...options, top: 5, cursor });
      frozen.push(...answer.results.map(({ id, rank, collapsed }) => [id, rank, collapsed]));
      cursor = answer.nextCursor;
    }
    expect(paged).toEqual(places);
    expect(frozen.slice(0, places.length)).toEqual(places);
    await index.close();
  });

  it('of several groups stand in each', async () => {
    const { index } = await opened();
    const { results } = await search(index, QUERY, { firstStage: 'bm25', candidates: 50, top: 10, groupBy: 'author', perGroup: 100 });
    const groups = results.map(({ group, collapsed }) => [group?.value, group?.candidates, collapsed]);
    expect(groups.sort()).toEqual([
      ['Ann', 1, 14],
      ['Bo', 1, 14],
      ['Cy', 20, undefined],
    ]);
    await index.close();
  });

  it('that differ in what results are sorted by stand each in its place', async () => {
    const index = await openIndex(memoryStore(), { create: { fields: ['text'], idField: 'id' }, embedder: hashEmbedder(), reranker: null });
    await index.add([2003, 2001, 2003, 2002].map((year, at) => ({ id: `d${at}`, text: SAME, year })));
    const { results } = await search(index, QUERY, { sort: '-year', documents: true });
    expect(results.map(({ document, collapsed }) => [document?.year, collapsed])).toEqual([
      [2003, 1],
      [2002, undefined],
      [2001, undefined],
    ]);
    await index.close();
  });

  it('near ones are ranked all, and the best stands for them; places are filled up', async () => {
    const reranker: Reranker = {
      fingerprint: 'last@1',
      score: async (_, candidates) => ({ scores: Float32Array.from(candidates, ({ text }) => text.length) }),
    };
    const index = await openIndex(memoryStore(), { create: { fields: ['text'], idField: 'id' }, embedder: hashEmbedder(), reranker });
    const near = (at: number) => `bats sea ${Array.from({ length: 40 }, (_, word) => `w${word}`).join(' ')} end${'x'.repeat(at)}`;
    await index.add([
      ...Array.from({ length: 7 }, (_, at) => ({ id: `near${at}`, text: near(at) })),
      ...Array.from({ length: 9 }, (_, at) => ({ id: `far${at}`, text: `sea of ${'grass '.repeat(60)}${at} ${'rock '.repeat(at * 3)}` })),
    ]);
    const { results } = await search(index, QUERY, { firstStage: 'bm25', candidates: 6, top: 6, collapse: 'near' });
    const standing = results.find(({ id }) => id.startsWith('near'));
    expect([standing?.id, standing?.collapsed]).toEqual(['near6', 6]);
    expect(results.length).toBeGreaterThanOrEqual(5);
    await index.close();
  });

  it('come back from rerank, all of them, unless it is asked to collapse', async () => {
    const texts = [SAME, 'the sea', ` ${SAME.toUpperCase()}`, 'the sea'];
    const { index, reranker } = await opened();
    expect((await rerank(QUERY, texts, { model: reranker })).results).toHaveLength(4);
    const { results } = await rerank(QUERY, texts, { model: reranker, collapse: 'equal' });
    expect(results.map(({ id, collapsed, duplicates }) => [id, collapsed, duplicates])).toEqual([
      ['2', 1, ['0']],
      ['3', 1, ['1']],
    ]);
    await index.close();
  });

  it('count each in an evaluation, unless its pipeline says otherwise', async () => {
    const { index } = await opened();
    const ranked = async (more: object): Promise<number> => {
      const [pipeline] = parsePipelines({ name: 'p', ...bm25, reranker: 'none', candidates: 50, ...more }, 'p.json');
      const system = indexSystem(index, pipeline as NonNullable<typeof pipeline>, { reranker: null, cutOffs: [] });
      return (await system.answer('q', QUERY, {})).ranking.length;
    };
    expect([await ranked({}), await ranked({ collapse: 'off' }), await ranked({ collapse: 'equal' })]).toEqual([50, 50, 21]);
    await index.close();
  });
});
