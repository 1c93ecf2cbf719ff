import { describe, expect, it } from 'vitest';
import type { RankedResult, SearchResult } from '../search/results.ts';
import { widthOf } from '../wording/terminal-text.ts';
import { resultList } from './result-list.ts';
import { rendered, type Styled } from './styled.ts';

const result = (changes: Partial<SearchResult> = {}): SearchResult => ({
  id: 'kitchen/moka.md',
  index: 6,
  rank: 1,
  relevanceScore: 0.62,
  firstStageRank: 7,
  firstStageScore: 0.7,
  document: { path: 'kitchen/moka.md', title: 'Descaling the Moka pot', text: '…' },
  snippet: {
    text: 'Fill the lower chamber with water and a spoon of citric acid.',
    start: 0,
    end: 61,
    sentence: [0, 61],
    matches: [
      [28, 33],
      [49, 55],
    ],
    lines: [14, 14],
  },
  ...changes,
});
const linesOf = (results: readonly (RankedResult | SearchResult)[], columns = 80, calibrated = true): readonly string[] =>
  rendered(resultList(results, { columns, calibrated }), false).split('\n');

describe('the list of results', () => {
  it('shows no sign that something is left out where nothing is', () => {
    const snippet = { text: 'Descaling', start: 0, end: 9, sentence: [0, 9], matches: [] } as const;
    expect(linesOf([result({ snippet })])[2]).toBe('     Descaling');
  });

  it('has the page of a document that has some', () => {
    const snippet = { text: 'Turn it off.', start: 0, end: 12, sentence: [0, 12], matches: [], pages: [3, 3] } as const;
    expect(linesOf([result({ document: { path: 'manual.pdf', title: 'Manual' }, snippet })])[1]).toBe('     manual.pdf, page 3');
  });

  it('has place, relevance, title, where it was, path and line, and the sentences', () => {
    expect(linesOf([result()])).toEqual([
      '  1  ▰▰▰▱▱ 0.620  Descaling the Moka pot  was 7',
      '     kitchen/moka.md:14',
      '     Fill the lower chamber with water and a spoon of citric acid.',
      '',
      '',
    ]);
  });

  it('marks the matched words, and nothing beside them', () => {
    const parts = resultList([result()], { columns: 80, calibrated: true }) as readonly (string | Styled)[];
    const marked = parts.filter((part): part is Styled => typeof part !== 'string' && part.style === 'match').map(({ text }) => text);
    expect(marked).toEqual(['water', 'citric']);
  });

  it('shows a number without a bar where scores are no probabilities, and no place where nothing moved', () => {
    const [first] = linesOf([result({ relevanceScore: 12.345, rank: 7 })], 80, false);
    expect(first).toBe('  7    12.35  Descaling the Moka pot');
  });

  it('calls what has no title by its path, what has no path by its id, and says what stands behind it', () => {
    const untitled = result({ document: { path: 'a/b.ts', text: 'x' } });
    expect(linesOf([untitled])[0]).toBe('  1  ▰▰▰▱▱ 0.620  a/b.ts:14  was 7');
    const film = result({ id: 'tt1', document: { title: 'Bats' }, collapsed: 2, duplicates: ['x', 'y'], snippet: undefined });
    expect(linesOf([film]).slice(0, 2)).toEqual(['  1  ▰▰▰▱▱ 0.620  Bats  was 7', '     tt1, +2 alike']);
  });

  it('shows the chosen sentence where not all fits', () => {
    const text = `${'Before it stands this. '.repeat(9)}Here it is. And behind it more.`;
    const at = text.indexOf('Here');
    const snippet = { text, start: 0, end: text.length, sentence: [at, at + 11] as const, matches: [] };
    expect(
      linesOf([result({ snippet })], 60)
        .slice(2, -2)
        .join(' '),
    ).toContain('Here it is.');
  });

  const texts = [
    'コーヒーメーカーの水垢を落とすにはクエン酸を使います。'.repeat(6),
    '👨‍👩‍👧‍👦🇩🇪☕️ coffee 커피 '.repeat(20),
    `${'x'.repeat(250)} end`,
    'e\u0301 accents a\u0308nd combining '.repeat(12),
    'const a = {\n\tb: 1,\n  c: 2,\n};\n'.repeat(6),
    'plain words of a sentence that goes on and on, '.repeat(7),
  ];
  it.each([21, 40, 79, 80, 81, 120, 200])('fits %i columns, whatever script it is', (columns) => {
    for (const text of texts) {
      const matches = [...text.matchAll(/[\p{L}\p{N}]{2,}/gu)]
        .slice(0, 9)
        .map(({ 0: word, index }) => [index, index + word.length] as const);
      const lines = linesOf(
        [result({ document: { title: text }, id: text, snippet: { text, start: 0, end: text.length, sentence: [0, 9], matches } })],
        columns,
      );
      expect(Math.max(...lines.map(widthOf))).toBeLessThan(Math.max(21, columns));
      expect(lines.length).toBeLessThanOrEqual(7);
    }
  });
});
