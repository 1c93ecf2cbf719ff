import { describe, expect, it } from 'vitest';
import type { Span } from '../types.ts';
import { type PassageSource, passageText, passageTexts, sentencesIn, sourceOf, splitPassages } from './passages.ts';

/** Every word is a token. */
const tokensIn = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length;
const split = (source: PassageSource, window = 16, room = window): readonly Span[] => splitPassages(source, { window, room, tokensIn });
const textsIn = (text: string, window = 16, title = ''): readonly string[] => passageTexts({ text, title }, split({ text, title }, window));

describe('splitPassages', () => {
  it('leaves what fits the window whole, the empty text too', () => {
    for (const text of ['', '  \n', 'One two. Three four.', '# A\n\nb\n\n## C\n\nd'])
      expect(split({ text, title: '' })).toEqual([[0, text.length]]);
    const full = 'word '.repeat(16);
    expect(split({ text: full, title: '' }, 16, 8)).toEqual([[0, full.length]]);
    expect(split({ text: `${full}more`, title: '' }, 16, 8).length).toBeGreaterThan(1);
  });

  it('ends passages with paragraphs, with sentences where a paragraph is too long, and repeats a little', () => {
    const paragraphs = 'a b c d e f g h i j. \n\nk l m n o p q r s.\n\nt u v w x y z t u v w x y z.';
    expect(textsIn(paragraphs)).toEqual(['a b c d e f g h i j. \n\n', 'k l m n o p q r s.\n\n', 't u v w x y z t u v w x y z.']);
    const sentences = Array.from({ length: 12 }, (_, i) => `A${i} b${i}.`).join(' ');
    const all = textsIn(sentences);
    expect(all[0]).toBe('A0 b0. A1 b1. A2 b2. A3 b3. A4 b4. A5 b5. A6 b6. A7 b7. ');
    expect(all[1]?.startsWith('A7 b7. A8')).toBe(true);
  });

  it('leaves paragraphs apart, but for small ones', () => {
    const text = 'a b c d e f.\n\ng h i j k.\n\nl.\n\nm.\n\nn o p q r s.';
    expect(textsIn(text)).toEqual(['a b c d e f.\n\n', 'g h i j k.\n\n', 'l.\n\nm.\n\nn o p q r s.']);
  });

  it('begins a passage with each heading, unless its section is small, and carries title and headings', () => {
    const text = `Guide # Guide\n\none two three.\n\n## Tea\n\n${'leaf '.repeat(20)}\n\n### Green\n\nhot water.\n\n## Coffee #\n\n${'bean '.repeat(12)}`;
    expect(textsIn(text, 16, 'Guide').map((one) => one.replace(/\s+/g, ' ').trim())).toEqual([
      'Guide # Guide one two three.',
      'Guide ## Tea leaf leaf leaf leaf leaf leaf leaf leaf leaf leaf leaf leaf leaf',
      'Guide > Tea leaf leaf leaf leaf leaf leaf leaf leaf',
      'Guide > Tea ### Green hot water.',
      'Guide ## Coffee # bean bean bean bean bean bean bean bean bean bean bean bean',
    ]);
  });

  it('takes no line of a fenced block for a heading', () => {
    const text = `${'word '.repeat(10)}\n\n\`\`\`sh\n# comment\nrun it\n\`\`\`\n\n${'word '.repeat(20)}`;
    expect(textsIn(text).every((one) => !one.startsWith('comment'))).toBe(true);
  });

  it('loses nothing and goes on, whatever the text: each character but white space is in some passage', () => {
    const texts = [
      `${'word '.repeat(500)}\n\n${'x'.repeat(1000)} end. Short. ${'Another sentence of some words here. '.repeat(40)}`,
      '。'.repeat(300),
      '\n'.repeat(300) + 'a '.repeat(300),
      `${'# so \n'.repeat(50)}${'漢字。'.repeat(80)}`,
      '😀'.repeat(400),
    ];
    for (const text of texts) {
      const spans = splitPassages({ text, title: '' }, { window: 20, room: 16, tokensIn: (part) => Math.ceil(part.length / 3) });
      expect([spans[0]?.[0], spans.at(-1)?.[1]]).toEqual([0, text.length]);
      for (const [i, [from, to]] of spans.entries()) {
        expect(to).toBeGreaterThan(from);
        if (i > 0) expect(text.slice(spans[i - 1]?.[1], from).trim()).toBe('');
        if (i > 0) expect(to).toBeGreaterThan(spans[i - 1]?.[1] as number);
      }
    }
  });

  it('keeps passages within their room, with what they carry', () => {
    const title = 'A title of five words';
    const text = `${title} ${'Some sentence that has words. '.repeat(60)}## Part\n`;
    for (const one of textsIn(text, 24, title)) expect(tokensIn(one)).toBeLessThanOrEqual(24);
    // A title that would fill the window leaves half of it to the text.
    const long = 'long '.repeat(30).trim();
    expect(split({ text: `${long} ${'More of it here. '.repeat(30)}`, title: long }, 16).length).toBeLessThan(40);
  });

  it('reads a text of megabytes in time that grows with it', () => {
    let read = 0;
    const count = (part: string): number => {
      read += part.length;
      return tokensIn(part);
    };
    const text = `${'A sentence of several words. '.repeat(40)}\n\n`.repeat(500);
    splitPassages({ text, title: '' }, { window: 512, room: 448, tokensIn: count });
    expect(read).toBeLessThan(3 * text.length);
  });
});

describe('sourceOf', () => {
  it('gives the text and the title that it begins with', () => {
    expect(sourceOf({ title: 'A', text: 'b' }, ['title', 'text'])).toEqual({ text: 'A b', title: 'A' });
    expect(sourceOf({ title: ' ', text: 'b' }, ['title', 'text'])).toEqual({ text: 'b', title: '' });
    expect(sourceOf({ title: 'A', text: 'b' }, ['text'])).toEqual({ text: 'b', title: '' });
    expect(sourceOf({ title: 'A' }, ['title', 'text'])).toEqual({ text: 'A', title: '' });
  });
});

describe('passageText', () => {
  it('is that of passageTexts', () => {
    const source = {
      title: 'T',
      text: `T # T\n\n${'One two three. '.repeat(9)}\n\n## ${'Head '.repeat(60)}\n\n${'Four five six. '.repeat(9)}`,
    };
    const spans = split(source, 20);
    expect(spans.map((span) => passageText(source, span))).toEqual(passageTexts(source, spans));
  });
});

describe('sentencesIn', () => {
  it('ends them at full stops and lines, not within numbers and abbreviations', () => {
    const text = 'x It took 3.5 hours, e.g. in May. "Really?" he said.\nYes! 雨です。晴れです。 End';
    expect([...sentencesIn(text, [2, text.length])].map(([from, to]) => text.slice(from, to))).toEqual([
      'It took 3.5 hours, e.g. in May.',
      '"Really?" he said.',
      'Yes!',
      '雨です。',
      '晴れです。',
      'End',
    ]);
  });
});
