import { describe, expect, it } from 'vitest';
import { rankingOf } from '../../test/support/ranking.ts';
import { randomFrom } from '../math/random.ts';
import { wordsOf } from '../text/analyzer.ts';
import { type Collapse, collapseDuplicates, type KindOf } from './collapse.ts';

const shown = (texts: readonly string[], collapse: Collapse, kindOf?: KindOf) => {
  const { ranked, candidates } = rankingOf(texts.map((text, at) => ({ id: `d${at}`, document: { text }, relevance: -at })));
  return collapseDuplicates(ranked, candidates, ['text'], collapse, kindOf).order.map(({ id, duplicates }) => [
    id,
    ...(duplicates?.map((one) => one.id) ?? []),
  ]);
};
const EIGHT = 'one two three four five six seven eight';

describe('collapse', () => {
  it('names equal texts, and with near those of nearly the same words, beside the best of them', () => {
    const texts = [
      'A shark eats swimmers near a small island of the east coast of the country in the long summer of a year',
      'Bats find their way by echo.',
      'A shark eats swimmers near a small island of the east coast of the country in the long summer of the year',
      ' bats  find their WAY\nby echo. ',
      'Something else altogether.',
      'bats find their way by echo!',
    ];
    expect(shown(texts, 'equal')).toEqual([['d0'], ['d1', 'd3'], ['d2'], ['d4'], ['d5']]);
    expect(shown(texts, 'near')).toEqual([['d0', 'd2'], ['d1', 'd3', 'd5'], ['d4']]);
    expect(shown(texts, 'off')).toEqual(texts.map((_, at) => [`d${at}`]));
  });

  it('compares texts of a word or two as a whole, and leaves those without a word alone', () => {
    expect(shown(['a shark', 'shark', 'A shark.', '', '…', '', '  '], 'near')).toEqual([
      ['d0', 'd2'],
      ['d1'],
      ['d3'],
      ['d4'],
      ['d5'],
      ['d6'],
    ]);
    expect(shown(['', ' ', '…', '…'], 'equal')).toEqual([['d0'], ['d1'], ['d2', 'd3']]);
  });

  it('counts accents however they are written, and the end of a long text', () => {
    expect(shown(['caf\u00e9', 'cafe\u0301', 'cafe'], 'equal')).toEqual([['d0', 'd1'], ['d2']]);
    const long = 'word '.repeat(40_000);
    expect(shown([`${long}one`, `${long}two`, `${long}one`], 'equal')).toEqual([['d0', 'd2'], ['d1']]);
  });

  it('lets no document stand for one of another kind', () => {
    const kindOf: KindOf = ({ text }) => (String(text).startsWith(' ') ? 'a' : 'b');
    for (const collapse of ['equal', 'near'] as const)
      expect(shown([EIGHT, ` ${EIGHT}`, `${EIGHT} `, ` ${EIGHT} `], collapse, kindOf)).toEqual([
        ['d0', 'd2'],
        ['d1', 'd3'],
      ]);
  });

  it('does not chain: what is like a duplicate, and not like what it stands for, keeps its place', () => {
    const words = Array.from({ length: 30 }, (_, at) => `w${at}`);
    expect(shown([words.slice(0, 24).join(' '), words.slice(2, 26).join(' '), words.slice(4, 28).join(' ')], 'near')).toEqual([
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
      const groups: { readonly shingles: readonly string[]; readonly ids: string[] }[] = [];
      for (const [at, text] of texts.entries()) {
        const shingles = shinglesOf(text);
        const same = groups.find((group) => {
          const both = group.shingles.filter((shingle) => shingles.includes(shingle)).length;
          return both > 0 && both / (group.shingles.length + shingles.length - both) >= 0.8;
        });
        if (same === undefined) groups.push({ shingles, ids: [`d${at}`] });
        else same.ids.push(`d${at}`);
      }
      expect(shown(texts, 'near')).toEqual(groups.map(({ ids }) => ids));
    }
  });
});
