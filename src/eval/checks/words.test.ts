import { describe, expect, it } from 'vitest';
import { eachWord, lengthInWords, normalised, wordsOf } from './words.ts';

const words = (text: string): string[] => wordsOf(normalised(text));

describe('wordsOf', () => {
  it.each([
    ["Mr. O'Neill's  well-known B-52!", ['mr', 'o', 'neill', 's', 'well', 'known', 'b', '52']],
    ['', []],
    ['  …—!? ', []],
    ['ﬁne ＡＢＣ １２', ['fine', 'abc', '12']],
    ['Ärger Straße naïve', ['ärger', 'straße', 'naïve']],
    ['a\u0308rger', ['ärger']],
    ['हिन्दी में', ['हिन्दी', 'में']],
    ['I ❤️ you 🎉', ['i', 'you']],
    ['機械学習のテスト', ['機', '械', '学', '習', 'の', 'テ', 'ス', 'ト']],
    ['スーパー', ['ス', 'ー', 'パ', 'ー']],
    ['abc漢字def', ['abc', '漢', '字', 'def']],
    ['𠀋𝒳', ['𠀋', 'x']],
    ['한국어 검색', ['한국어', '검색']],
  ])('of %j', (text, expected) => {
    expect(words(text)).toEqual(expected.map((word) => word.normalize('NFKC')));
  });

  it('equals a regular expression where words have spaces', () => {
    const plain = normalised('Zürich: 3.5 мм of «Schnee», αβγ_δε — naïve; e\u0301té ١٢٣ x²');
    expect(wordsOf(plain)).toEqual(plain.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu));
  });
});

describe('eachWord', () => {
  it('hashes equal words alike and the words of a language apart', () => {
    const hashes = new Map<string, number>();
    const text = Array.from({ length: 20_000 }, (_, i) => `w${(i % 10_000).toString(36)}`).join(' ');
    eachWord(text, (hash, from, to) => {
      const word = text.slice(from, to);
      expect(hashes.get(word) ?? hash).toBe(hash);
      hashes.set(word, hash);
    });
    expect(new Set(hashes.values()).size).toBe(10_000);
  });
});

describe('lengthInWords', () => {
  it('counts a letter of a script without spaces as half a word', () => {
    expect(lengthInWords(words('five words are in this'))).toBe(5);
    expect(lengthInWords(words('機械学習 test'))).toBe(3);
  });
});
