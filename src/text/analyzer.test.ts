import { describe, expect, it } from 'vitest';
import { randomFrom } from '../math/random.ts';
import { wordsOf } from './analyzer.ts';

describe('wordsOf', () => {
  it('lowers, splits and stems English words', () => {
    expect(wordsOf('The Runners were RUNNING, happily; 2 times!')).toEqual(['the', 'runner', 'were', 'run', 'happili', '2', 'time']);
  });

  it('folds accents and width', () => {
    expect(wordsOf('Café ＦＵＬＬ naïve')).toEqual(wordsOf('cafe full naive'));
  });

  it('makes words, ideographs and pairs of ideographs of a document, and of a query words', () => {
    expect(wordsOf('日本語')).toEqual(['日本語', '日', '日本', '本', '本語', '語']);
    expect(wordsOf('日本語', 'query')).toEqual(['日本語', '日本', '本語']);
    expect(wordsOf('中')).toEqual(['中']);
    expect(wordsOf('李小龙', 'query')).toEqual(['李', '小龙']);
    expect(wordsOf('서울에', 'query')).toEqual(['서울', '울에']);
  });

  it('keeps what is written with signs whole, beside its parts, and asks for C++ by nothing else', () => {
    expect(wordsOf('RTX-4090')).toEqual(['rtx', '4090', 'rtx4090']);
    expect(wordsOf('v2.3.1')).toEqual(['v2', '3', '1', 'v2.3.1', '2.3.1']);
    expect(wordsOf('C++ on .NET')).toEqual(['c++', 'c', 'on', '.net', 'net']);
    expect(wordsOf('C++ on .NET', 'query')).toEqual(['c++', 'on', '.net']);
    expect(wordsOf('parseHTTPResponse')).toEqual(['parsehttprespons', 'pars', 'http', 'respons']);
    expect(wordsOf('well-known, 1970-71, 16-page; U.S. e.g. p53 RNAs iPhone')).toEqual([
      'well',
      'known',
      '1970',
      '71',
      '16',
      'page',
      'u',
      's',
      'e',
      'g',
      'p53',
      'rna',
      'iphon',
    ]);
  });

  it('takes time that grows with the text, whatever is in it', () => {
    for (const part of [
      'a',
      'aA',
      'a1',
      'ab-',
      '1.',
      '+',
      'c++',
      '_',
      ' .net',
      '1,000',
      'a&',
      '\u200d',
      '\u0301',
      'ـ',
      '🔥',
      '🇩',
      '서',
      'ꦗ',
      'ก',
    ])
      expect(wordsOf(part.repeat(100_000)).length).toBeLessThanOrEqual(200_000);
  });

  it('keeps other scripts whole and cuts words of a megabyte', () => {
    expect(wordsOf('Привет мир')).toEqual(['привет', 'мир']);
    expect(wordsOf('a'.repeat(1_000_000))[0]).toHaveLength(64);
    expect(wordsOf(`a${'𐐨'.repeat(1000)}`)).toEqual([`a${'𐐨'.repeat(63)}`]);
    expect(wordsOf(`${'ж'.repeat(63)}𐐨𐐨`)).toEqual([`${'ж'.repeat(63)}𐐨`]);
    expect(wordsOf(' \u0000 \n')).toEqual([]);
  });

  it('makes the same words of a text whether its words were met before or not, and whatever stands beside them', () => {
    const { below } = randomFrom(1);
    const letter = (): string => String.fromCharCode(97 + below(26));
    const endings = ['', 's', 'ing', 'ed', 'ational', 'fulness', 'ies', 'é', '2', '\u0301'];
    const words = Array.from({ length: 2000 }, () => Array.from({ length: 1 + below(9) }, letter).join('') + endings[below(10)]);
    const first = words.map((word) => wordsOf(word));
    expect(words.map((word) => wordsOf(word))).toEqual(first);
    expect(wordsOf(words.join(' '))).toEqual(first.flat());
    expect(wordsOf(`${words.join(' ').toUpperCase()} é`)).toEqual([...first.flat(), 'e']);
  });
});
