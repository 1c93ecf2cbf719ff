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

  it('makes pairs of letters where a script has no spaces', () => {
    expect(wordsOf('日本語')).toEqual(['日本', '本語']);
    expect(wordsOf('中')).toEqual(['中']);
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
