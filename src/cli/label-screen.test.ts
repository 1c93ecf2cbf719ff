import { describe, expect, it } from 'vitest';
import type { Document } from '../types.ts';
import { type ScreenOptions, screenOf, wrapped } from './label-screen.ts';

const screen = (document: Document, options: Partial<ScreenOptions> = {}, query = 'a heist') => {
  const shown = {
    task: { query: { id: 'q1', text: query }, candidates: [], before: 0 },
    candidate: { id: 'd1', document },
    place: 3,
    of: 17,
  };
  const { lines, more } = screenOf(shown, {
    columns: 80,
    rows: 24,
    page: 0,
    judged: 1042,
    textFields: [],
    note: '',
    ...options,
  });
  return { lines: lines.map((line) => (typeof line === 'string' ? line : line.text)), shown: lines, more };
};

describe('wrapping', () => {
  it.each([
    ['one two three', 7, ['one two', 'three']],
    ['abcdefghij kl', 4, ['abcd', 'efgh', 'ij', 'kl']],
    ['first\n\n second\r\nthird', 20, ['first', 'second', 'third']],
    ['電車の中の猫', 4, ['電車', 'の中', 'の猫']],
    ['', 10, []],
  ])('%j at %i columns', (text, width, lines) => {
    expect([...wrapped(text, width)]).toEqual(lines);
  });
});

describe('the screen of a candidate', () => {
  it('shows query, progress, title first, fields of the text next, and the keys', () => {
    const document = { _id: 'x', year: 1971, plot: 'Thieves.', title: 'Four Safes', empty: '', none: null, cast: ['A', 'B'] };
    const { lines, more } = screen(document, { textFields: ['title', 'plot'], note: 'Taken back: a 3.' });
    expect(lines).toEqual([
      'Query: a heist',
      '3 of 17 for this query, 1,042 judged in all',
      '─'.repeat(79),
      'Four Safes',
      '',
      'plot: Thieves.',
      'year: 1971',
      'cast: A, B',
      '─'.repeat(79),
      '0 not  1 a little  2 mostly  3 exactly',
      's skip  u undo  m more  n next query  q quit',
      'Taken back: a 3.',
    ]);
    expect(more).toBe(false);
  });

  it.each([
    [40, 20],
    [80, 24],
    [200, 60],
    [24, 30],
  ])('fits a terminal of %i × %i, every line of it, on every page', (columns, rows) => {
    const words = Array.from({ length: 800 }, (_, at) => `w${at}`);
    const document = { title: 'A title that is rather long for a narrow window', text: words.join(' ') };
    const seen: string[] = [];
    for (let page = 0; ; page++) {
      const { lines, more } = screen(
        document,
        { columns, rows, page, note: page % 2 === 0 ? '' : 'There is nothing to take back.' },
        'q '.repeat(300),
      );
      expect(lines.length).toBeLessThan(rows);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(columns);
      seen.push(
        ...lines
          .join(' ')
          .matchAll(/\bw\d+/g)
          .map(([word]) => word),
      );
      if (!more) break;
    }
    expect(seen).toEqual(words);
  });

  it('shows about twenty lines at most, and says that there are more', () => {
    const text = Array.from({ length: 50 }, (_, at) => `line ${at}`).join('\n');
    const { lines, more } = screen({ text }, { rows: Number.POSITIVE_INFINITY });
    expect(more).toBe(true);
    expect(lines.filter((line) => line.includes('line '))).toHaveLength(20);
    expect(lines).toContain('… m shows more');
    expect(screen({ text }, { rows: Number.POSITIVE_INFINITY, page: 2 }).lines).toContain('(the end; m shows the beginning)');
  });

  it('takes the sting out of what a document or a query would tell the terminal', () => {
    const { lines } = screen({ title: '\u001b[2Jgone', text: 'a\u0007b\u202ec' }, {}, 'x\u001b]0;title\u0007');
    expect(lines.join('')).not.toMatch(/[\u001b\u0007\u202e]/);
  });

  it('has a title that stands out where there are colours', () => {
    expect(screen({ title: 'T' }).shown).toContainEqual({ text: 'T', style: 'title' });
  });
});
