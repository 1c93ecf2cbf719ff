import { describe, expect, it } from 'vitest';
import { rerank } from '../assemble/rerank.ts';
import { randomFrom } from '../math/random.ts';
import type { Scores } from '../rerank/reranker.ts';
import { cascade } from '../rerank/wrappers/cascade.ts';
import { orderCandidates, orderFirstStage } from './order.ts';
import { rankCandidates } from './rank.ts';

/** Few values, so that most lists have ties; ids that UTF-16 and UTF-8 order differently. */
const SCORES = [-1, -0, 0, 0.5, 1];
const LETTERS = ['a', 'Z', '9', '10', 'é', '\ue000', '\u{1f600}'];

interface Candidate {
  readonly id: string;
  readonly score: number;
  readonly own: number;
  readonly stage: number;
}

const draw = (seed: number): readonly Candidate[] => {
  const random = randomFrom(seed);
  const one = <Value>(values: readonly Value[]): Value => values[random.below(values.length)] as Value;
  const ids = new Set(Array.from({ length: 1 + random.below(24) }, () => one(LETTERS) + one(LETTERS)));
  return [...ids].map((id) => ({ id, score: one(SCORES), own: one(SCORES), stage: one([-1, 0, 0, 1, 2]) }));
};
const shuffle = <Item>(items: readonly Item[], seed: number): Item[] => {
  const random = randomFrom(seed);
  return items
    .map((item) => ({ item, key: random.word() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
};
const scoresOf = (candidates: readonly Candidate[]): Scores => ({
  scores: Float32Array.from(candidates, ({ own, stage }) => (stage < 0 ? Number.NaN : own)),
  stages: [0, 1, 2].map((at) => ({
    name: `stage ${at}`,
    scores: Float32Array.from(candidates, ({ stage }) => (stage < at ? Number.NaN : at)),
  })),
  complete: false,
});
const idsOf = (candidates: readonly Candidate[]): string[] =>
  orderCandidates(candidates, scoresOf(candidates), 'some@1').map(({ id }) => id);

/** Whether `a` stands above `b`, said the long way. */
const isAbove = (a: Candidate, b: Candidate): boolean => {
  if (a.stage !== b.stage) return a.stage > b.stage;
  if (a.own !== b.own) return a.own > b.own;
  return Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)) > 0;
};

describe('orderCandidates', () => {
  it('equals a naive sort, in any order of the candidates', () => {
    for (let seed = 0; seed < 200; seed++) {
      const candidates = draw(seed);
      const scored = candidates.filter(({ stage }) => stage >= 0);
      // Selection sort: the best of what is left, again and again.
      const naive: string[] = [];
      for (const left = [...scored]; left.length > 0; ) {
        const best = left.reduce((one, other) => (isAbove(other, one) ? other : one));
        naive.push(best.id);
        left.splice(left.indexOf(best), 1);
      }
      for (const list of [candidates, shuffle(candidates, seed), candidates.toReversed()]) {
        const waiting = list.filter(({ stage }) => stage < 0).map(({ id }) => id);
        expect(idsOf(list)).toEqual([...naive, ...waiting]);
      }
    }
  });

  it('says of each where it was, and never that it is more relevant than the one above it', () => {
    for (let seed = 0; seed < 100; seed++) {
      const candidates = draw(seed);
      const order = orderCandidates(candidates, scoresOf(candidates), 'some@1');
      expect(order.map(({ index }) => candidates[index]?.id)).toEqual(order.map(({ id }) => id));
      for (const [at, { relevance }] of order.entries()) expect(relevance).toBeLessThanOrEqual(order[at - 1]?.relevance ?? 1);
    }
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'it gave none'],
    ['a plain list', { scores: [1, 2] }, 'it gave a list; "scores" is a Float32Array'],
    ['too few', { scores: new Float32Array(1) }, 'asked for 2 scores, it gave 1'],
    ['what is not a number', { scores: Float32Array.of(0, Number.NaN) }, 'score 1 is NaN'],
    ['what is not finite', { scores: Float32Array.of(Number.POSITIVE_INFINITY, 0) }, 'score 0 is Infinity'],
    ['too few stages', { scores: new Float32Array(2), stages: [{ name: 'a', scores: new Float32Array(1) }] }, 'it gave 1 of "stages"'],
    ['too many spans', { scores: new Float32Array(2), spans: [undefined, undefined, undefined] }, 'it gave 3 of "spans"'],
    ['a relevance that is none', { scores: new Float32Array(2), relevance: Float32Array.of(0.5, Number.NaN) }, 'relevance 1 is NaN'],
    ['a relevance above 1', { scores: new Float32Array(2), relevance: Float32Array.of(2, 0) }, 'relevance 0 is 2'],
  ])('refuses a reranker that gives %s, at every door', async (_, given, words) => {
    const two = [
      { id: 'a', document: { text: 'a' } },
      { id: 'b', document: { text: 'b' } },
    ];
    const refusal = { code: 'E_CONTRACT', message: expect.stringContaining(words) };
    expect(() => orderCandidates(two, given as Scores, 'mine@1')).toThrow(expect.objectContaining(refusal));
    const mine = { fingerprint: 'mine@1', score: async () => given as Scores };
    await expect(rerank('q', two, { model: mine })).rejects.toMatchObject(refusal);
    await expect(rerank('q', two, { model: mine, deadlineMs: 10_000 })).rejects.toMatchObject(refusal);
    await expect(cascade([mine]).score('q', [{ text: 'a' }, { text: 'b' }])).rejects.toMatchObject(refusal);
  });

  it('takes a relevance that is none where time was up', () => {
    const given = { scores: Float32Array.of(0, Number.NaN), complete: false, relevance: Float32Array.of(0.5, Number.NaN) };
    const order = orderCandidates([{ id: 'a' }, { id: 'b', score: 0.25 }], given, 'mine@1');
    expect(order.map(({ id, relevance }) => [id, relevance])).toEqual([
      ['a', 0.5],
      ['b', 0.25],
    ]);
  });
});

describe('orderFirstStage', () => {
  it('leaves the list as the store gave it', () => {
    const hits = [
      { id: 'a', score: 2 },
      { id: 'b', score: 1 },
    ];
    expect(orderFirstStage(hits).map(({ id, relevance }) => [id, relevance])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });
});

describe('every ranking', () => {
  const first = {
    fingerprint: 'first@1',
    score: async (_: string, list: readonly { readonly text: string }[]) => ({
      scores: Float32Array.from(list, ({ text }) => Number(text)),
    }),
  };
  const second = { ...first, fingerprint: 'second@1' };
  const documentsOf = (seed: number) => draw(seed).map(({ id, own }) => ({ id, document: { text: String(own) } }));

  it.each([
    ['one reranker', first],
    ['a cascade', cascade([first, second], { keep: [20, 3] })],
    ['a cascade of a cascade', cascade([cascade([first, second], { keep: [10, 4] }), second], { keep: [9, 2] })],
  ])('of %s: candidates in another order change nothing', async (_, reranker) => {
    for (let seed = 0; seed < 40; seed++) {
      const documents = documentsOf(seed);
      // A cascade leaves what it does not rank where it was, so all are ranked here by the first stage.
      if (documents.length > 9) continue;
      const [one, other] = await Promise.all([
        rankCandidates(reranker, 'q', documents, ['text']),
        rankCandidates(reranker, 'q', shuffle(documents, seed), ['text']),
      ]);
      expect(other.order.map(({ id, score, stage }) => [id, score, stage])).toEqual(
        one.order.map(({ id, score, stage }) => [id, score, stage]),
      );
    }
  });

  it('begins with the shorter one, whatever `top` is', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const documents = documentsOf(seed);
      const all = (await rerank('q', documents, { model: first, fields: ['text'] })).results.map(({ id }) => id);
      for (let top = 1; top <= documents.length; top++) {
        const some = (await rerank('q', documents, { model: first, fields: ['text'], top })).results.map(({ id }) => id);
        expect(some).toEqual(all.slice(0, top));
      }
    }
  });
});
