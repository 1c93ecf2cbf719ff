import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Document, openIndex, type SearchIndex, search } from '../src/index.ts';
import { byScore } from '../src/math/order.ts';
import { randomFrom } from '../src/math/random.ts';
import { fuse } from '../src/rerankers.ts';
import { lanceStore, memoryStore, readIndex } from '../src/stores.ts';
import { hashEmbedder } from './hash-embedder.ts';
import { hashSparse, weigh } from './hash-sparse.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-sparse-'));
/** Texts of more words are split. */
const embedder = hashEmbedder(0, { window: 6 });
const vocabulary = ['bats', 'cave', 'echo', 'nights', 'shark', 'sea', 'whales', 'wing', 'owl', 'fox'];
/** Short and long ones, many of them twice under another id: ties. */
const documents: readonly Document[] = (() => {
  const random = randomFrom(7);
  const textOf = (most: number): string =>
    Array.from({ length: 1 + random.below(most) }, () => vocabulary[Math.floor(vocabulary.length ** (random.word() / 2 ** 32)) - 1]).join(
      ' ',
    );
  const texts = Array.from({ length: 90 }, (_, at) => textOf(at % 6 === 0 ? 40 : 5));
  return [...texts, ...texts.slice(0, 40)].map((text, at) => ({ id: `d${at}`, text, year: random.below(5) }));
})();
const create = { fields: ['text'], idField: 'id' };
const indexes = new Map<string, SearchIndex>();

beforeAll(async () => {
  for (const [name, store] of [
    ['memory', memoryStore()],
    ['LanceDB', lanceStore(join(folder, 'index'), { durability: 'process' })],
  ] as const) {
    const index = await openIndex(store, { create, embedder, sparse: hashSparse(), reranker: null });
    await index.add(documents);
    indexes.set(name, index);
  }
});
afterAll(async () => {
  for (const index of indexes.values()) await index.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Every passage of every document compared with the query, without the machinery. */
async function bruteForce(index: SearchIndex, query: string, fits: (document: Document) => boolean) {
  const asked = weigh(query, 'query');
  const found: { readonly id: string; readonly score: number }[] = [];
  for await (const { id, document, place, further = [] } of index.store.get('all', ['document', 'place', 'further'])) {
    if (!fits(document)) continue;
    const text = document.text as string;
    const spans = [place, ...further.map((passage) => passage.place)].flatMap((one) => (one === undefined ? [] : [one.span]));
    const texts = spans.length === 0 ? [text] : spans.map((span) => text.slice(...span));
    const scores = texts.map((one) => {
      const { ids, weights } = weigh(one, 'document');
      const at = new Map([...ids].map((token, i) => [token, weights[i] as number]));
      return [...asked.ids].reduce((sum, token, i) => sum + (asked.weights[i] as number) * (at.get(token) ?? 0), 0);
    });
    const score = Math.max(...scores);
    if (score > 0) found.push({ id, score });
  }
  return found.sort(byScore);
}

describe.each(['memory', 'LanceDB'])('a first stage by a sparse model in %s', (name) => {
  const opened = (): SearchIndex => indexes.get(name) as SearchIndex;
  const all = { reranker: null, candidates: 200, top: 200, collapse: 'off' } as const;

  it.each(['bat', 'bats echo', 'night whale sea sea', 'owl', 'nothing of it'])('gives for "%s" what brute force gives', async (query) => {
    for (const year of [undefined, 2]) {
      const filter = year === undefined ? undefined : { year };
      const { candidates, firstStage, notes } = await search(opened(), query, { ...all, firstStage: 'sparse', filter });
      const expected = await bruteForce(opened(), query, (document) => year === undefined || document.year === year);
      expect(firstStage).toBe('sparse');
      expect(candidates.map(({ id, score }) => [id, score])).toEqual(expected.map(({ id, score }) => [id, score]));
      expect(notes).toBeUndefined();
      for (const limit of [1, 7]) {
        const few = await search(opened(), query, { ...all, firstStage: 'sparse', filter, candidates: limit, top: 1 });
        expect(few.candidates.map(({ id }) => id)).toEqual(expected.slice(0, limit).map(({ id }) => id));
      }
    }
  });

  it.each<readonly ['sparse+dense' | 'sparse+bm25' | 'sparse+bm25+dense', readonly ('dense' | 'bm25' | 'sparse')[]]>([
    ['sparse+dense', ['dense', 'sparse']],
    ['sparse+bm25', ['bm25', 'sparse']],
    ['sparse+bm25+dense', ['dense', 'bm25', 'sparse']],
  ])('is fused with the others: %s', async (firstStage, parts) => {
    const query = 'bats whale';
    const asked = { ...all, candidates: 30, top: 30 };
    const lists = await Promise.all(parts.map(async (part) => (await search(opened(), query, { ...asked, firstStage: part })).candidates));
    const weights: readonly (readonly [{ denseWeight?: number; sparseWeight?: number }, readonly number[]])[] = [
      [{}, parts.map(() => 1 / parts.length)],
      [{ sparseWeight: 0.7 }, parts.map((part) => (part === 'sparse' ? 0.7 : (1 - 0.7) / (parts.length - 1)))],
      ...(parts.length < 3 ? [] : [[{ sparseWeight: 0.5, denseWeight: 0.4 }, [0.4, 1 - 0.5 - 0.4, 0.5]] as const]),
    ];
    for (const [shares, expected] of weights)
      for (const how of [{}, { fusion: 'rrf', rrfK: 3 }, { fusion: 'scores' }] as const) {
        const { candidates } = await search(opened(), query, { ...asked, ...how, ...shares, firstStage });
        const whole = 'fusion' in how && how.fusion === 'scores' ? 1 : parts.length;
        const fused = fuse(lists, 30, { ...how, weights: expected.map((share) => whole * share) });
        expect(candidates.map(({ id, score }) => [id, +score.toFixed(12)])).toEqual(fused.map(({ id, score }) => [id, +score.toFixed(12)]));
      }
  });

  it('says which tokens met, with their weights, of the passage that was found', async () => {
    const { results } = await search(opened(), 'bat echo owl', { ...all, firstStage: 'sparse', top: 5, explain: true });
    expect(results.length).toBe(5);
    for (const { explanation, firstStageScore } of results) {
      const { weights = [], stages, fields } = explanation ?? {};
      expect([stages, fields]).toEqual([[], []]);
      expect(weights.length).toBeGreaterThan(0);
      expect(weights.map(({ score }) => score)).toEqual(weights.map(({ score }) => score).toSorted((a, b) => b - a));
      for (const { token, query, document, score } of weights)
        expect([token.startsWith('token '), query * document]).toEqual([true, score]);
      expect(weights.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(firstStageScore, 9);
    }
    const plain = await search(opened(), 'bat', { ...all, firstStage: 'dense', explain: true });
    expect(plain.results[0]?.explanation).toBeUndefined();
    const first = await search(opened(), 'bat', { ...all, firstStage: 'sparse', top: 2, cursor: '*' });
    const next = await search(opened(), 'bat', { ...all, firstStage: 'sparse', top: 2, cursor: first.nextCursor, explain: true });
    expect(next.results[0]?.explanation?.weights?.[0]?.token).toMatch(/^token /);
  });

  it('brings the BM25 of what it finds, where words weigh', async () => {
    const reranker = {
      fingerprint: 'lengths@1',
      kind: 'pointwise',
      score: async (_: string, texts: readonly { readonly text: string }[]) => ({
        scores: Float32Array.from(texts, ({ text }) => text.length),
      }),
    } as const;
    const asked = { ...all, firstStage: 'sparse', reranker, wordsWeight: 0.5 } as const;
    const { candidates } = await search(opened(), 'echo owl', asked);
    const words = new Map(
      (await search(opened(), 'echo owl', { ...all, firstStage: 'bm25' })).candidates.map(({ id, score }) => [id, score]),
    );
    expect(candidates.length).toBeGreaterThan(5);
    for (const { id, bm25 } of candidates) expect(bm25).toBeCloseTo(words.get(id) ?? 0, 4);
  });
});

describe('an index that keeps weights', () => {
  it('weighs what is new or changed, and nothing else', async () => {
    const asked: string[] = [];
    const index = await openIndex(memoryStore(), {
      create: { fields: ['text'], idField: 'id', sparseModel: undefined },
      embedder,
      sparse: hashSparse('counting@1', (role, text) => asked.push(`${role} ${text}`)),
      reranker: null,
    });
    await index.add([
      { id: 'a', text: 'bats', kind: 1 },
      { id: 'b', text: 'owl' },
    ]);
    expect(asked.splice(0)).toEqual(['document bats', 'document owl']);
    await index.add([
      { id: 'a', text: 'bats', kind: 2 },
      { id: 'b', text: 'fox' },
    ]);
    expect(asked.splice(0)).toEqual(['document fox']);
    const find = async (query: string) => (await search(index, query, { firstStage: 'sparse' })).results.map(({ id }) => id);
    expect([await find('bat'), await find('owl'), await find('fox')]).toEqual([['a'], [], ['b']]);
    await index.delete(['a']);
    expect(await find('bat')).toEqual([]);
    const { notes, usage } = await search(index, '…', { firstStage: 'sparse' });
    expect(notes).toEqual([expect.stringContaining('no token that the sparse model weighs')]);
    expect(usage.tokens).toBe(1);
    await index.close();
  });

  it('gives its weights to another of the same model, and to none of another', async () => {
    const from = await openIndex(memoryStore(), { create, embedder, sparse: hashSparse(), reranker: null });
    await from.add(documents.slice(0, 20));
    for (const [fingerprint, count] of [
      ['hash-sparse@1', 0],
      ['other@1', 20],
    ] as const) {
      const asked: string[] = [];
      const into = await openIndex(memoryStore(), {
        create,
        embedder,
        sparse: hashSparse(fingerprint, (_, text) => asked.push(text)),
        reranker: null,
      });
      const { reused } = await into.addRead(readIndex(from.store));
      expect([reused, asked.length >= count, count === 0 ? asked.length : 0]).toEqual([20, true, 0]);
      expect(into.manifest()?.sparse?.embedder).toBe(fingerprint);
      const options = { firstStage: 'sparse', candidates: 9 } as const;
      expect((await search(into, 'bat echo', options)).candidates).toEqual((await search(from, 'bat echo', options)).candidates);
      await into.close();
    }
    await from.close();
  });

  it('keeps weights of documents that bring their vectors', async () => {
    const index = await openIndex(memoryStore(), {
      create: { fields: ['text'], vectorField: 'vector' },
      embedder: null,
      sparse: hashSparse(),
      reranker: null,
    });
    await index.add([{ id: 'a', text: 'bats in the cave', vector: [1, 0] }]);
    expect((await search(index, 'bat', { firstStage: 'sparse' })).results.map(({ id }) => id)).toEqual(['a']);
    await index.close();
  });

  it('is opened with the model that made it alone', async () => {
    const at = join(folder, 'kept');
    const options = { create, embedder, reranker: null } as const;
    const made = await openIndex(at, { ...options, sparse: hashSparse() });
    await made.add(documents.slice(0, 3));
    expect(made.manifest()).toMatchObject({ format: 8, sparse: { embedder: 'hash-sparse@1' } });
    await made.close();
    await expect(openIndex(at, { ...options, sparse: hashSparse('other@1') })).rejects.toMatchObject({
      code: 'E_FINGERPRINT',
      message: expect.stringContaining('holds weights of "hash-sparse@1"; the sparse model is "other@1"'),
    });
    await expect(openIndex(at, { ...options, create: { sparseModel: 'none' } })).rejects.toMatchObject({ code: 'E_RECIPE' });
    const without = await openIndex(at, { ...options, create: false });
    expect((await search(without, 'bat', { firstStage: 'dense' })).results.length).toBe(3);
    await expect(search(without, 'bat', { firstStage: 'sparse' })).rejects.toMatchObject({ code: 'E_FINGERPRINT' });
    await expect(without.add([{ id: 'new', text: 'owl' }])).rejects.toMatchObject({ code: 'E_FINGERPRINT' });
    await without.close();
  });

  it('is refused by a search where there is none, by a store that keeps none, and where one would be added to an index', async () => {
    const plain = await openIndex(memoryStore(), { create, embedder, reranker: null });
    await plain.add(documents.slice(0, 3));
    await expect(search(plain, 'bat', { firstStage: 'sparse+dense' })).rejects.toThrow(/keeps none\. Rebuild it with sparseModel/);
    await expect(openIndex(plain.store, { embedder, sparse: hashSparse(), reranker: null })).rejects.toMatchObject({ code: 'E_RECIPE' });
    await plain.close();
    const bare = memoryStore();
    const index = await openIndex(
      { ...bare, capabilities: { ...bare.capabilities, sparse: false } },
      { create, embedder, sparse: hashSparse(), reranker: null },
    );
    await expect(index.add(documents.slice(0, 3))).rejects.toThrow(/keeps no weights of tokens/);
    await index.close();
  });

  it('holds a sparse embedder to its promises', async () => {
    const broken = { ...hashSparse(), embed: async () => ({ vectors: [{ ids: Uint32Array.of(3, 1), weights: Float32Array.of(1, 1) }] }) };
    const index = await openIndex(memoryStore(), { create, embedder, sparse: broken, reranker: null });
    await expect(index.add([{ id: 'a', text: 'owl' }])).rejects.toMatchObject({ code: 'E_CONTRACT' });
    await index.close();
  });
});

describe('options of a fused first stage', () => {
  it.each<readonly [object, RegExp]>([
    [{ firstStage: 'sparse+dense', fusion: 'linear' }, /fusion by linear adds words/],
    [{ firstStage: 'sparse+dense', linearWeight: 0.2 }, /linearWeight belongs to fusion by linear.*Leave it out/],
    [{ firstStage: 'sparse+bm25', denseWeight: 0.2 }, /denseWeight is the share of a list that the first stage sparse\+bm25 has not/],
    [{ firstStage: 'hybrid', fusion: 'rrf', sparseWeight: 0.2 }, /sparseWeight is the share of a list/],
    [{ firstStage: 'sparse+dense', denseWeight: 0.2, sparseWeight: 0.2 }, /got 0\.4 in all, and there is no other list/],
    [{ firstStage: 'sparse+bm25+dense', denseWeight: 0.7, sparseWeight: 0.7 }, /got 1\.4 in all/],
    [{ firstStage: 'sparse+dense', fusion: 'scores', rrfK: 3 }, /rrfK belongs to fusion by rrf/],
    [{ firstStage: 'dense+sparse' }, /firstStage/],
  ])('%o is refused', async (options, message) => {
    await expect(search(indexes.get('memory') as SearchIndex, 'bat', options)).rejects.toThrow(message);
  });
});
