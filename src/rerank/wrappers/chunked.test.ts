import { describe, expect, it } from 'vitest';
import type { Span } from '../../types.ts';
import type { Candidate, Reranker } from '../reranker.ts';
import { cascade } from './cascade.ts';
import { chunked } from './chunked.ts';

/** Counts "x". */
const counting = () => {
  const read: string[] = [];
  const reranker: Reranker = {
    fingerprint: 'counting',
    score: async (_, candidates) => {
      read.push(...candidates.map(({ text }) => text));
      return {
        scores: Float32Array.from(candidates, ({ text }) => text.split('x').length - 1),
        relevance: Float32Array.from(candidates, ({ text }) => (text.split('x').length - 1) / 10),
        usage: { tokens: candidates.length },
      };
    },
  };
  return { reranker, read };
};

/** Parts of 200 characters. */
const hundreds = async (_: string, texts: readonly string[]): Promise<readonly (readonly Span[])[]> =>
  texts.map((text) =>
    Array.from({ length: Math.ceil(text.length / 200) }, (_, i): Span => [200 * i, Math.min(text.length, 200 * (i + 1))]),
  );

const filler = (length: number): string => '-'.repeat(length);

describe('chunked', () => {
  it('scores a long text by its best part and says which that is', async () => {
    const { reranker, read } = counting();
    const text = `${filler(450)}xxx${filler(300)}x`;
    const given = await chunked(reranker, hundreds).score('q', [{ text }, { text: 'xx' }]);
    expect(read).toHaveLength(5);
    expect([...given.scores]).toEqual([3, 2]);
    expect(given.relevance?.[0]).toBeCloseTo(0.3);
    expect(given.spans).toEqual([[400, 600], undefined]);
    expect(given.usage).toEqual({ tokens: 5 });
  });

  it('takes the first of equal parts, and every text whatever stands beside it', async () => {
    const texts = [filler(900), `x${filler(500)}x`, `${filler(210)}xx`];
    const one = chunked(counting().reranker, hundreds);
    const together = await one.score(
      'q',
      texts.map((text) => ({ text })),
    );
    expect(together.spans).toEqual([
      [0, 200],
      [0, 200],
      [200, 212],
    ]);
    for (const [i, text] of texts.entries()) {
      const alone = await one.score('q', [{ text }]);
      expect([alone.scores[0], alone.spans?.[0]]).toEqual([together.scores[i], together.spans?.[i]]);
    }
  });

  const tokens: Candidate['tokens'] = { form: { size: 8, bits: 1, pool: 1 }, data: new Uint8Array(), vector: new Float32Array(8) };

  it('reads a long text in parts although an index keeps tokens of its beginning, and hands those on for a short one', async () => {
    const { reranker } = counting();
    const seen: (readonly [string, boolean])[] = [];
    const spy: Reranker = {
      ...reranker,
      score: (query, candidates) => {
        seen.push(...candidates.map((one) => [one.text, one.tokens !== undefined] as const));
        return reranker.score(query, candidates);
      },
    };
    const long = `${filler(350)}xx${filler(50)}`;
    const given = await chunked(spy, hundreds).score('q', [
      { text: long, tokens },
      { text: 'x', tokens },
      { text: filler(200), tokens },
    ]);
    expect(seen).toEqual([
      [long.slice(0, 200), false],
      [long.slice(200, 400), false],
      [long.slice(400), false],
      ['x', true],
      [filler(200), true],
    ]);
    expect([...given.scores]).toEqual([2, 1, 0]);
    expect(given.spans).toEqual([[200, 400], undefined, undefined]);
  });

  it('keeps the scale of what it asks, in a cascade too', async () => {
    const fitted = 'cross-encoder-1(ms-marco-minilm-l-12-v2@int8:4cfeaadb0fcf:5b229048)';
    const combine = {
      name: '1.5 × ratio² × late interaction, standardised + (2 × softplus((logit - 2) / 2) + logit / 20) / ratio',
      over: () => ({ combine: (own: number, before: number) => own + before }),
    };
    const second: Reranker = { ...counting().reranker, fingerprint: fitted };
    const [plain, parted] = [second, chunked(second, hundreds)].map((one) =>
      cascade([counting().reranker, one], { combine: [undefined, combine] }),
    ) as [Reranker, Reranker];
    const texts = [{ text: 'xx' }, { text: 'x' }];
    const given = await parted.score('q', texts);
    expect(given.relevance).toEqual((await plain.score('q', texts)).relevance);
    expect(given.relevance).toBeDefined();
    const twice = cascade([counting().reranker, chunked(chunked(second, hundreds), hundreds)], { combine: [undefined, combine] });
    expect((await twice.score('q', texts)).relevance).toEqual(given.relevance);
    // Scores of another function are not what the calibration was fitted for.
    const mine: Reranker = { ...chunked(second, hundreds), fingerprint: 'mine@1', score: second.score };
    const decorated = cascade([counting().reranker, mine], { combine: [undefined, combine] });
    expect((await decorated.score('q', texts)).relevance).toBeUndefined();
  });

  it('is another reranker by name', () => {
    expect(chunked(counting().reranker, hundreds).fingerprint).toBe('in-parts-1(counting)');
  });
});
