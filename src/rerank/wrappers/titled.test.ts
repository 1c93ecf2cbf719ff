import { describe, expect, it } from 'vitest';
import type { Candidate, Reranker } from '../reranker.ts';
import { scoreInTime } from '../score-in-time.ts';
import { cached } from './cached.ts';
import { cascade } from './cascade.ts';
import { chunked } from './chunked.ts';
import { fallback } from './fallback.ts';
import { titled } from './titled.ts';

/** Scores a text by the number in it. Of a text with "…" it has read 5 tokens too few. */
const numbers = () => {
  const read: string[] = [];
  const reranker: Reranker = {
    fingerprint: 'numbers',
    score: async (_, candidates) => {
      read.push(...candidates.map(({ text }) => text));
      if (candidates.some(({ title }) => title !== undefined)) throw new Error('a model was shown a title');
      const scores = Float32Array.from(candidates, ({ text }) => Number(text.split(' ')[0]));
      return {
        scores,
        relevance: scores.map((score) => score / 100),
        truncatedTokens: Uint32Array.from(candidates, ({ text }) => (text.includes('…') ? 5 : 0)),
        queryTruncatedTokens: Uint32Array.from(candidates, ({ text }) => text.length % 2),
        usage: { tokens: candidates.length },
      };
    },
    explain: async (_, { text }) => [{ name: `numbers of ${text}` }],
  };
  return { reranker, read };
};

const of = (...pairs: readonly (readonly [text: string, title?: string])[]): Candidate[] =>
  pairs.map(([text, title], i) => ({ id: `d${i}`, text, title: title === undefined ? undefined : { text: title } }));

const rounded = (scores: Iterable<number> = []): number[] => Array.from(scores, (score) => Math.round(score * 10_000) / 10_000);

describe('a title', () => {
  it('is scored beside the text, and counts with its probability where its score is larger by more than a hundredth', async () => {
    const { reranker, read } = numbers();
    const given = await titled(reranker).score('q', of(['10', '30'], ['20', '5'], ['15'], ['7', '7'], ['7', '7.01']));
    expect(rounded(given.scores)).toEqual([29.9875, 20, 15, 7, 7]);
    expect(rounded(given.relevance)).toEqual([0.3, 0.2, 0.15, 0.07, 0.07]);
    expect(read).toEqual(['10', '20', '15', '7', '7', '30', '5', '7', '7.01']);
    expect(given.usage).toEqual({ tokens: 9 });
  });

  it('leaves what was not read of a text to be told, though the title counts', async () => {
    const given = await titled(numbers().reranker).score('q', of(['1 …', '3'], ['22', '9 …'], ['4 ab', '6']));
    expect(rounded(given.scores)).toEqual([2.9875, 22, 5.9875]);
    expect([...(given.truncatedTokens ?? [])]).toEqual([5, 0, 0]);
    expect([...(given.queryTruncatedTokens ?? [])]).toEqual([1, 1, 1]);
  });

  it('costs nothing where no candidate has one, and changes nothing', async () => {
    const { reranker, read } = numbers();
    const candidates = of(['1'], ['2']);
    expect(await titled(reranker).score('q', candidates)).toEqual(await reranker.score('q', candidates));
    expect(read).toHaveLength(4);
    expect(titled(reranker).fingerprint).toBe(reranker.fingerprint);
  });

  it('gives a candidate the same score in any order and any company', async () => {
    const candidates = of(['10', '30'], ['20', '5'], ['15'], ['7', '8']);
    const all = await titled(numbers().reranker).score('q', candidates);
    const back = await titled(numbers().reranker).score('q', candidates.toReversed());
    expect([...back.scores].reverse()).toEqual([...all.scores]);
    for (const [i, one] of candidates.entries()) expect((await titled(numbers().reranker).score('q', [one])).scores[0]).toBe(all.scores[i]);
  });

  it('is explained beside the text', async () => {
    expect(await titled(numbers().reranker).explain?.('q', of(['1', '3'])[0] as Candidate)).toEqual([
      { name: 'numbers of 1' },
      { name: 'numbers of 3', of: 'title' },
    ]);
    const { explain: _, ...mute } = numbers().reranker;
    expect(titled(mute).explain).toBeUndefined();
  });

  it('is whole where a text is read in chunks', async () => {
    const halves = async (_: string, texts: readonly string[]) => texts.map((text) => [[0, 210] as const, [210, text.length] as const]);
    const text = `1 ${'-'.repeat(208)}8 ${'-'.repeat(20)}`;
    const given = await titled(chunked(numbers().reranker, halves)).score('q', of([text, '3'], [text, '30'], ['5']));
    expect(rounded(given.scores)).toEqual([8, 29.9875, 5]);
    expect(given.spans).toEqual([[210, text.length], [210, text.length], undefined]);
  });

  it('is cached as a text of its own, and known in whatever wraps the whole', async () => {
    const { reranker, read } = numbers();
    const one = cached(titled(reranker));
    const first = rounded((await one.score('q', of(['1', '3'], ['2', '3']))).scores);
    expect([first, read]).toEqual([
      [2.9875, 2.9875],
      ['1', '2', '3', '3'],
    ]);
    expect(rounded((await one.score('q', of(['1', '3'], ['3', '1']))).scores)).toEqual([2.9875, 3]);
    expect(read).toHaveLength(4);
    const whole = cached({ ...titled(reranker), score: (...asked) => titled(reranker).score(...asked) });
    const scoresOf = async (title: string) => rounded((await whole.score('q', of(['1', title]))).scores)[0];
    expect([await scoresOf('3'), await scoresOf('9'), await scoresOf('3')]).toEqual([2.9875, 8.9875, 2.9875]);
  });

  it('comes through a fallback, a cascade and slices of time, and decides whom the next stage reads, which sees the text alone', async () => {
    const candidates = of(['10', '30'], ['20', '5'], ['15']);
    expect(rounded((await fallback([titled(numbers().reranker)]).score('q', candidates)).scores)).toEqual([29.9875, 20, 15]);
    const next = numbers();
    const blind: Reranker = {
      ...next.reranker,
      score: (q, all) =>
        next.reranker.score(
          q,
          all.map(({ title: _, ...own }) => own),
        ),
    };
    const two = await cascade([titled(numbers().reranker), blind], { keep: [9, 1] }).score('q', candidates);
    expect([rounded(two.scores), next.read]).toEqual([[10, 20, 15], ['10']]);
    const sliced = await scoreInTime(titled(numbers().reranker), 'q', candidates, { deadlineMs: 60_000 });
    expect(rounded(sliced.scores)).toEqual([29.9875, 20, 15]);
    expect((await scoreInTime(titled(numbers().reranker), 'q', candidates, { deadlineMs: 0 })).complete).toBe(false);
    const stopped = AbortSignal.abort();
    await expect(scoreInTime(titled(numbers().reranker), 'q', candidates, { signal: stopped })).rejects.toMatchObject({
      code: 'E_STOPPED',
    });
  });
});
