import { describe, expect, it } from 'vitest';
import { fitted, linesOf, widthOf } from './terminal-text.ts';

describe('columns of a terminal', () => {
  // As a terminal draws them: xterm, kitty and VTE agree on these.
  it.each([
    ['abc', 3],
    ['日本語', 6],
    ['한국어', 6],
    ['ｆｕｌｌ', 8],
    ['e\u0301', 1],
    ['👍🏽', 2],
    ['👨‍👩‍👧‍👦', 2],
    ['🇩🇪', 2],
    ['☕️', 2],
    ['▰▱│─…', 5],
    ['עִבְרִית', 5],
    ['𠮷', 2],
  ])('%s takes %i', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it.each([
    ['日本語のテキスト', 7, '日本語…'],
    ['日本語のテキスト', 8, '日本語… '],
    ['abc', 5, 'abc  '],
    ['abcdef', 4, 'abc…'],
    ['a👍🏽b👍🏽', 4, 'a👍🏽…'],
  ])('%s is fitted to %i', (text, width, shown) => {
    expect(fitted(text, width)).toBe(shown);
    expect(widthOf(shown)).toBe(width);
  });

  it.each([
    ['one two three', 7, ['one two', 'three']],
    ['  spaced  out ', 20, ['spaced  out']],
    ['abcdefghij kl', 4, ['abcd', 'efgh', 'ij', 'kl']],
    ['a 日本語 b', 4, ['a', '日本', '語 b']],
    ['', 5, []],
  ])('%j has the lines of %i', (text, width, lines) => {
    expect([...linesOf(text, width)].map((span) => text.slice(...span))).toEqual(lines);
  });
});
