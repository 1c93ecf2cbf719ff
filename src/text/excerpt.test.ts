import { describe, expect, it } from 'vitest';
import { randomFrom } from '../math/random.ts';
import { excerptOf, tokensAbout } from './excerpt.ts';

const filler = Array.from({ length: 12 }, (_, i) => `The committee met on day ${i} to talk about the budget of the harbour.`);
const answer = 'Berlin has three million registered inhabitants.';
const told = (query: string, text: string, most: number): string[] | undefined =>
  excerptOf(query, text, most)?.map((span) => text.slice(...span));
const insert = (at: number, sentence: string): string => [...filler.slice(0, at), sentence, ...filler.slice(at)].join(' ');

describe('an excerpt', () => {
  it('is of no text that is short', () => {
    expect(excerptOf('berlin', answer, 32)).toBeUndefined();
    expect(excerptOf('berlin', '', 32)).toBeUndefined();
    expect(excerptOf('berlin', `${' '.repeat(20_000)}${insert(3, answer)}`, 32)).toBeUndefined();
  });

  it('has the beginning and the sentence that carries the match, wherever that stands', () => {
    for (const at of [3, 7, 12]) {
      const [first, ...others] = told('how many inhabitants has Berlin', insert(at, answer), 32) as string[];
      expect(first).toBe(filler[0]);
      expect(others).toEqual([answer]);
    }
  });

  it('is in the order of the text, neighbours in one piece', () => {
    const text = insert(5, `${answer} Most inhabitants rent.`);
    expect(told('inhabitants of Berlin', text, 40)).toEqual([filler[0], `${answer} Most inhabitants rent.`]);
    expect(told('inhabitants of Berlin', `${answer} ${filler.join('\n')}\nMost inhabitants of it rent.`, 24)).toEqual([
      answer,
      'Most inhabitants of it rent.',
    ]);
  });

  it('prefers a word that was not found yet to more of one that was', () => {
    const text = insert(4, 'Berlin, Berlin, Berlin is sung of. Inhabitants come and go.');
    expect(told('berlin inhabitants', text, 32)?.join(' ')).toContain('Inhabitants');
  });

  it('goes on from the beginning where nothing else has a word of the query', () => {
    expect(told('zebra', filler.join(' '), 60)).toEqual([filler.slice(0, 3).join(' ')]);
    expect(told('the of', filler.join(' '), 60)?.[0]?.startsWith(filler[0] as string)).toBe(true);
  });

  it('takes clauses of a long sentence, where texts are lowercase or have no full stop', () => {
    const lowercase = `${'the committee met to talk about the budget, i.e. of the harbour . '.repeat(12)}berlin has many inhabitants .`;
    expect(told('inhabitants', lowercase, 32)?.at(-1)).toBe('berlin has many inhabitants .');
    const words = `${'committee met budget harbour '.repeat(60)}berlin inhabitants ${'committee met budget harbour '.repeat(60)}`;
    expect(told('inhabitants', words, 100)?.join(' ')).toContain('berlin inhabitants');
  });

  it('is disjoint, in order, within its budget and the same again, of whatever text', () => {
    const random = randomFrom(41);
    const parts = [
      'berlin',
      'harbour',
      'x'.repeat(90),
      'ß',
      '漢字',
      'е́',
      '\u{1f600}',
      '.',
      '. ',
      '! ',
      '\n',
      '  ',
      ', ',
      'e.g. ',
      '"',
      '?',
      '…',
    ];
    for (let round = 0; round < 100; round++) {
      const text = Array.from({ length: 20 + (random.word() % 150) }, () => {
        const part = parts[random.word() % parts.length] as string;
        return random.word() % 3 === 0 ? part : `${part} `;
      }).join('');
      const most = 16 + (random.word() % 64);
      const spans = excerptOf('berlin 漢字', text, most);
      expect(excerptOf('berlin 漢字', text, most)).toEqual(spans);
      if (spans === undefined) {
        expect(tokensAbout(text)).toBeLessThanOrEqual(most);
        continue;
      }
      expect(spans.length).toBeGreaterThan(0);
      let end = 0;
      for (const [from, to] of spans) {
        expect(from).toBeGreaterThanOrEqual(end);
        expect(to).toBeGreaterThan(from);
        expect(text.slice(from, to).trim()).toBe(text.slice(from, to));
        end = to;
      }
      expect(end).toBeLessThanOrEqual(text.length);
      // The beginning is read whatever it takes, which is a sentence or a piece of one.
      const tokens = spans.reduce((sum, span) => sum + tokensAbout(text.slice(...span)), 0);
      expect(tokens).toBeLessThanOrEqual(Math.max(most, 48) + 8);
    }
  });
});
