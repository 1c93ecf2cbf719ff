import { describe, expect, it } from 'vitest';
import { rankingOf } from '../../test/support/ranking.ts';
import { randomFrom } from '../math/random.ts';
import { wordsOf } from '../text/analyzer.ts';
import { collapseDuplicates } from './collapse.ts';

const shown = (texts: readonly string[], similar: number) => {
  const { ranked, candidates } = rankingOf(texts.map((text, at) => ({ id: `d${at}`, document: { text }, relevance: -at })));
  return collapseDuplicates(ranked, candidates, ['text'], similar).order.map(({ id, duplicates }) => [
    id,
    ...(duplicates?.map((one) => one.id) ?? []),
  ]);
};

describe('collapse', () => {
  it('names near-duplicates beside the best of them', () => {
    const texts = [
      'A shark eats swimmers near a small island in the summer.',
      'Bats find their way by echo.',
      'A shark eats swimmers near a small island in the autumn.',
      'bats find their WAY by echo!',
      'Something else altogether.',
      'A shark eats swimmers near a small island in the summer.',
    ];
    expect(shown(texts, 0.7)).toEqual([['d0', 'd2', 'd5'], ['d1', 'd3'], ['d4']]);
    expect(shown(texts, 1)).toEqual([['d0', 'd5'], ['d1', 'd3'], ['d2'], ['d4']]);
    expect(shown(texts, 0)).toEqual(texts.map((_, at) => [`d${at}`]));
  });

  it('compares texts of a word or two as a whole, and leaves those without a word alone', () => {
    expect(shown(['a shark', 'shark', 'A shark.', '', '…', ''], 0.5)).toEqual([['d0', 'd2'], ['d1'], ['d3'], ['d4'], ['d5']]);
  });

  it('does not chain: what is like a duplicate, and not like what it stands for, keeps its place', () => {
    const words = 'a b c d e f g h i j k l'.split(' ');
    expect(shown([words.slice(0, 8).join(' '), words.slice(2, 10).join(' '), words.slice(4, 12).join(' ')], 0.4)).toEqual([
      ['d0', 'd1'],
      ['d2'],
    ]);
  });

  it('gives what comparing every pair gives', () => {
    const { below } = randomFrom(7);
    const shinglesOf = (text: string): string[] => {
      const words = wordsOf(text);
      const all = words.length <= 3 ? [words.join(' ')] : words.slice(2).map((_, at) => words.slice(at, at + 3).join(' '));
      return words.length === 0 ? [] : [...new Set(all)];
    };
    for (let round = 0; round < 300; round++) {
      const texts = Array.from({ length: 1 + below(12) }, () =>
        Array.from({ length: below(9) }, () => ['red', 'fox', 'sea'][below(3)]).join(' '),
      );
      const similar = (1 + below(10)) / 10;
      const groups: { readonly shingles: readonly string[]; readonly ids: string[] }[] = [];
      for (const [at, text] of texts.entries()) {
        const shingles = shinglesOf(text);
        const same = groups.find((group) => {
          const both = group.shingles.filter((shingle) => shingles.includes(shingle)).length;
          return both > 0 && both / (group.shingles.length + shingles.length - both) >= similar;
        });
        if (same === undefined) groups.push({ shingles, ids: [`d${at}`] });
        else same.ids.push(`d${at}`);
      }
      expect(shown(texts, similar)).toEqual(groups.map(({ ids }) => ids));
    }
  });
});
