import { describe, expect, it } from 'vitest';
import { excerptOf } from '../../text/excerpt.ts';
import type { Candidate, Reranker, ScoreOptions } from '../reranker.ts';
import { scoreInTime } from '../score-in-time.ts';
import { cached } from './cached.ts';
import { cascade } from './cascade.ts';
import { excerpted } from './excerpted.ts';

/** Scores a text by its length, and remembers what it was shown. */
const lengths = () => {
  const read: Candidate[] = [];
  const reranker: Reranker = {
    fingerprint: 'lengths',
    score: async (_, candidates, { onScores }: ScoreOptions = {}) => {
      read.push(...candidates);
      const scores = Float32Array.from(candidates, ({ text }) => text.length);
      onScores?.({ scores, complete: false });
      return { scores, usage: { tokens: candidates.length } };
    },
  };
  return { reranker, read };
};

const filler = (of: string): string =>
  Array.from({ length: 12 }, (_, i) => `The ${of} met on day ${i} to talk about the budget.`).join(' ');
const answer = 'Berlin has three million registered inhabitants.';
const long = `${filler('committee')} ${answer}`;
const query = 'inhabitants of Berlin';
const excerpt = `The committee met on day 0 to talk about the budget. ${answer}`;

describe('a reranker of sentences', () => {
  it('reads of a long text the sentences that carry the match, and says how much it passed over', async () => {
    const { reranker, read } = lengths();
    const given = await excerpted(reranker, 24).score(query, [
      { id: 'a', text: answer },
      { id: 'b', text: long },
    ]);
    expect(read).toEqual([
      { id: 'a', text: answer },
      { id: 'b', text: excerpt },
    ]);
    expect([...given.scores]).toEqual([answer.length, excerpt.length]);
    const left = long.length - (excerpt.length - 1);
    expect([...(given.omittedCharacters ?? [])]).toEqual([0, left]);
    expect(given.usage).toEqual({ tokens: 2 });
    expect((await excerpted(reranker, 24).score(query, [{ text: answer }])).omittedCharacters).toBeUndefined();
  });

  it('gives a text one score, whatever stands beside it and however often it is asked', async () => {
    const one = excerpted(lengths().reranker, 24);
    const candidates = [long, answer, filler('harbour'), long].map((text) => ({ text }));
    const { scores } = await one.score(query, candidates);
    for (const [i, candidate] of candidates.entries()) expect((await one.score(query, [candidate])).scores[0]).toBe(scores[i]);
  });

  it('shows no token vectors of a text that it shortens', async () => {
    const { reranker, read } = lengths();
    const tokens = { form: { size: 2, bits: 8, pool: 1 }, data: new Uint8Array(2), vector: new Float32Array(2) } as const;
    await excerpted(reranker, 24).score(query, [
      { text: answer, tokens },
      { text: long, tokens },
    ]);
    expect(read.map((one) => one.tokens)).toEqual([tokens, undefined]);
  });

  it('passes early scores on, with what was passed over', async () => {
    const heard: number[][] = [];
    await excerpted(lengths().reranker, 24).score(query, [{ text: long }], {
      onScores: ({ omittedCharacters }) => heard.push([...(omittedCharacters ?? [])]),
    });
    expect(heard).toEqual([[long.length - (excerpt.length - 1)]]);
  });

  it('is cached by the text that was read, and by its query', async () => {
    const { reranker, read } = lengths();
    const one = cached(excerpted(reranker, 24));
    const first = await one.score(query, [{ text: long }]);
    // Another text of which the same is read, and the excerpt itself.
    const other = `${long.replace('day 5', 'day five')}`;
    expect(
      excerptOf(query, other, 24)
        ?.map((span) => other.slice(...span))
        .join(' '),
    ).toBe(excerpt);
    const again = await one.score(query, [{ text: other }, { text: excerpt }, { text: long }]);
    expect(read).toHaveLength(1);
    expect([...again.scores]).toEqual([0, 1, 2].map(() => first.scores[0]));
    expect([...(again.omittedCharacters ?? [])].map((count) => count > 0)).toEqual([true, false, true]);
    await one.score('the budget of day 7', [{ text: long }]);
    expect(read).toHaveLength(2);
  });

  it('says of each candidate of a cascade what its last stage passed over', async () => {
    const short: Reranker = { fingerprint: 'short', score: async (_, all) => ({ scores: Float32Array.from(all, (__, i) => -i) }) };
    const both = cascade([short, excerpted(lengths().reranker, 24)], { keep: [3, 2] });
    const candidates = [answer, long, filler('harbour')].map((text, i) => ({ id: `${i}`, text }));
    const given = await scoreInTime(both, query, candidates);
    expect([...(given.omittedCharacters ?? [])].map((count) => count > 0)).toEqual([false, true, false]);
  });

  it('explains by what it read', async () => {
    const { reranker } = lengths();
    const explaining: Reranker = { ...reranker, explain: async (_, { text }) => [{ name: `lengths of ${text}` }] };
    const [stage, ...others] = (await excerpted(explaining, 24).explain?.(query, { text: long })) ?? [];
    expect(others).toEqual([]);
    expect(stage?.name).toBe(`lengths of ${excerpt}`);
    expect(stage?.sentences?.map(({ start, end }) => long.slice(start, end)).join(' ')).toBe(excerpt);
    expect(await excerpted(explaining, 24).explain?.(query, { text: answer })).toEqual([{ name: `lengths of ${answer}` }]);
    const [unexplained] = (await excerpted(reranker, 24).explain?.(query, { text: long })) ?? [];
    expect([unexplained?.name, unexplained?.sentences?.length]).toEqual(['lengths', 2]);
  });

  it('is another reranker by its fingerprint, which says how much it reads', () => {
    const { reranker } = lengths();
    expect(excerpted(reranker, 24).fingerprint).not.toBe(reranker.fingerprint);
    expect(excerpted(reranker, 24).fingerprint).not.toBe(excerpted(reranker, 32).fingerprint);
  });
});
