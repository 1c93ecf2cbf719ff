import { describe, expect, it } from 'vitest';
import { memoryScores } from '../../cache/scores.ts';
import type { Candidate, Reranker, Scores } from '../reranker.ts';
import { scoreInTime } from '../score-in-time.ts';
import { cached, withStore } from './cached.ts';
import { calibrated } from './calibrated.ts';
import { cascade } from './cascade.ts';
import { chunked } from './chunked.ts';
import { fallback } from './fallback.ts';
import { titled } from './titled.ts';

/** Scores a text by the numbers in it: the first for the stage 0, and so on. Of a text without a word it has read 5 tokens too few. */
const numbers = (stage = 0, { wait = 0 } = {}) => {
  const read: string[] = [];
  const reranker: Reranker = {
    fingerprint: `numbers-${stage}`,
    score: async (_, candidates) => {
      read.push(...candidates.map(({ text }) => text));
      if (candidates.some(({ title }) => title !== undefined)) throw new Error('a model was shown a title');
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      const scores = Float32Array.from(candidates, ({ text }) => Number(text.split(' ')[stage]));
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
  pairs.map(([text, title], i) => ({ id: `d${i}`, text, ...(title === undefined ? {} : { title: { text: title } }) }));

const plain = ({ scores, alone }: Scores) => [[...scores], alone && [[...alone.text], [...alone.title]]];

describe('a title', () => {
  it('is scored beside the text, and the larger score counts with its probability', async () => {
    const { reranker, read } = numbers();
    const given = await titled(reranker).score('q', of(['10', '30'], ['20', '5'], ['15'], ['7', '7']));
    expect(plain(given)).toEqual([
      [30, 20, 15, 7],
      [
        [10, 20, 15, 7],
        [30, 5, Number.NaN, 7],
      ],
    ]);
    expect([...(given.relevance ?? [])].map((one) => Math.round(100 * one))).toEqual([30, 20, 15, 7]);
    expect(read).toEqual(['10', '20', '15', '7', '30', '5', '7']);
    expect(given.usage).toEqual({ tokens: 7 });
  });

  it('leaves what was not read of a text to be told, though the title counts', async () => {
    const given = await titled(numbers().reranker).score('q', of(['1 …', '3'], ['22', '9 …'], ['4 ab', '6']));
    expect([...given.scores]).toEqual([3, 22, 6]);
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
    const one = titled(chunked(numbers().reranker, halves));
    const given = await one.score('q', of([text, '3'], [text, '30'], ['5']));
    expect([...given.scores]).toEqual([8, 30, 5]);
    expect(given.spans).toEqual([[210, text.length], [210, text.length], undefined]);
  });

  it('is cached as a text of its own, and known in whatever wraps the whole', async () => {
    const { reranker, read } = numbers();
    const one = cached(titled(reranker));
    const first = plain(await one.score('q', of(['1', '3'], ['2', '3'])));
    expect(read).toEqual(['1', '2', '3', '3']);
    expect(plain(await one.score('q', of(['1', '3'], ['3', '1'])))[0]).toEqual([3, 3]);
    expect(read).toHaveLength(4);
    expect(plain(await one.score('q', of(['1', '3'], ['2', '3'])))).toEqual(first);
    const whole = cached({ ...titled(reranker), score: (...asked) => titled(reranker).score(...asked) });
    const scoresOf = async (title: string) => (await whole.score('q', of(['1', title]))).scores[0];
    expect([await scoresOf('3'), await scoresOf('9'), await scoresOf('3')]).toEqual([3, 9, 3]);
  });

  it('comes through a fallback, a fit, and slices of time', async () => {
    const candidates = of(['10', '30'], ['20', '5'], ['15']);
    for (const one of [fallback([titled(numbers().reranker)]), calibrated(titled(numbers().reranker), { slope: 1, intercept: 0 })])
      expect(plain(await one.score('q', candidates))).toEqual(plain(await titled(numbers().reranker).score('q', candidates)));
    const sliced = await scoreInTime(titled(numbers(0, { wait: 1 }).reranker), 'q', candidates, { deadlineMs: 60_000 });
    expect([...sliced.scores]).toEqual([30, 20, 15]);
    expect((await scoreInTime(titled(numbers().reranker), 'q', candidates, { deadlineMs: 0 })).complete).toBe(false);
    const stopped = AbortSignal.abort();
    await expect(scoreInTime(titled(numbers().reranker), 'q', candidates, { signal: stopped })).rejects.toMatchObject({
      code: 'E_STOPPED',
    });
  });
});

describe('a cascade over titles', () => {
  const sum = { name: 'sum', over: () => ({ combine: (own: number, before: number) => own + before }) };
  const two = (keep: readonly number[]) => {
    const [first, second] = [numbers(0), numbers(1)];
    const one = cascade([titled(first.reranker), titled(second.reranker)], { keep, combine: [undefined, sum] });
    return { one, second };
  };

  it('takes the larger of combined scores, never a stage of the text with one of the title', async () => {
    const { one } = two([9, 9]);
    // Text 10 + 1, title 1 + 9: 11 and not 19.
    const given = await one.score('q', of(['10 1', '1 9'], ['3 2', '8 1'], ['4 4']));
    expect([...given.scores]).toEqual([11, 9, 8]);
    expect(given.stages?.map(({ scores }) => [...scores])).toEqual([
      [10, 8, 4],
      [1, 1, 4],
    ]);
  });

  it('lets the best by text or title through, with both', async () => {
    const { one, second } = two([9, 1]);
    const given = await one.score('q', of(['10 1', '1 9'], ['3 2', '12 1']));
    expect(second.read).toEqual(['3 2', '12 1']);
    expect([...given.scores]).toEqual([10, 13]);
    expect(given.stages?.map(({ scores }) => [...scores])).toEqual([
      [10, 12],
      [Number.NaN, 1],
    ]);
  });

  it('combines the texts alone where a stage knows no titles', async () => {
    const untold: Reranker = {
      ...numbers(0).reranker,
      score: (q, all) =>
        numbers(0).reranker.score(
          q,
          all.map(({ title: _, ...own }) => own),
        ),
    };
    const mixed = cascade([untold, titled(numbers(1).reranker)], { keep: [9, 9], combine: [undefined, sum] });
    expect([...(await mixed.score('q', of(['10 1', '1 9']))).scores]).toEqual([11]);
    const other = cascade([titled(numbers(1).reranker), untold], { keep: [9, 9], combine: [undefined, sum] });
    expect([...(await other.score('q', of(['10 1', '1 9']))).scores]).toEqual([11]);
  });

  it('is cached stage by stage, and gives the same scores', async () => {
    const { one, second } = two([9, 9]);
    const candidates = of(['10 1', '1 9'], ['3 2', '8 1'], ['4 4']);
    const known = withStore(
      one,
      memoryScores(1000),
      ({ fingerprint }) =>
        (_, { text }) =>
          `${fingerprint} ${text}`,
    );
    const fresh = plain(await one.score('q', candidates));
    expect([plain(await known.score('q', candidates)), plain(await known.score('q', candidates))]).toEqual([fresh, fresh]);
    expect(second.read).toHaveLength(10);
  });
});
