import { describe, expect, it } from 'vitest';
import { sentencesIn } from '../text/passages.ts';
import { rankSentences, type SnippetSource, snippetOf } from './snippet.ts';

const sourceOf = (text: string, line?: number): SnippetSource => ({
  title: '',
  text,
  span: [0, text.length],
  line,
  sentences: [...sentencesIn(text, [0, text.length])],
});
const shown = (query: string, text: string, line?: number) => {
  const source = sourceOf(text, line);
  return snippetOf(query, source, rankSentences(query, source)[0]);
};
const filler = 'This says something else altogether, at some length and without any need. ';

describe('a snippet', () => {
  it('begins with the sentence that has most of the query, and goes on while there is room', () => {
    const text = `# Moka pot\n\n${filler.repeat(8)}Boil citric acid to descale it. Rinse it twice.\n\n## Later\n\n${filler}`;
    const { text: found, start, end, sentence, matches, lines } = shown('descale with citric acid', text, 10);
    expect(found).toMatch(/^This .*\. Boil citric acid to descale it\. Rinse it twice\.$/);
    expect(found.slice(...sentence)).toBe('Boil citric acid to descale it.');
    expect(text.slice(start, end)).toBe(found);
    expect(matches.map((span) => found.slice(...span))).toEqual(['citric', 'acid', 'descale']);
    expect(lines).toEqual([12, 12]);
  });

  it('cuts a sentence without an end around the words, at words', () => {
    const text = `${'lorem ipsum '.repeat(200)}citric acid ${'dolor sit '.repeat(200)}`;
    const { text: found } = shown('citric acid', text);
    expect(found.length).toBeLessThanOrEqual(320);
    expect(found).toMatch(/^(lorem|ipsum) .*citric acid .* (dolor|sit)$/);
  });

  it('tears no character of a text without spaces', () => {
    const { text } = shown('nothing', '𠮷'.repeat(400));
    expect([text.isWellFormed(), text.length > 200]).toEqual([true, true]);
  });

  it('is the beginning of a text without the words, and nothing of an empty one', () => {
    expect(shown('whale', 'One. Two.').text).toBe('One. Two.');
    expect(shown('whale', '')).toEqual({ text: '', start: 0, end: 0, sentence: [0, 0], matches: [], lines: undefined });
  });

  it('says the page of its sentence', () => {
    const text = `${filler.repeat(6)}\f${filler.repeat(6)}\fBoil citric acid to descale it.\n`;
    expect(shown('descale with citric acid', text).pages).toEqual([3, 3]);
    expect(shown('descale with citric acid', filler).pages).toBeUndefined();
  });

  it('marks the words of the analysis that it is given', () => {
    const source = { ...sourceOf('Die Häuser am Fluss.'), words: { text: (text: string) => [text.slice(0, 3)], query: () => ['Häu'] } };
    const { text, matches } = snippetOf('haus', source, 0);
    expect(matches.map((span) => text.slice(...span))).toEqual(['Häuser']);
  });

  it('passes over headings', () => {
    expect(shown('descaling', '# Descaling\n\nUse acid for the descaling.').text).toBe('Use acid for the descaling.');
  });
});
