import { describe, expect, it } from 'vitest';
import { markableWords, matchedWords } from './matched-words.ts';

const marked = (query: string, text: string): string =>
  matchedWords(markableWords(query), text).reduceRight(
    (all, [from, to]) => `${all.slice(0, from)}[${all.slice(from, to)}]${all.slice(to)}`,
    text,
  );

describe('the words of a query in a text', () => {
  it.each([
    ['how do I clean the filters', 'Cleaning: the FILTER is what I clean.', '[Cleaning]: the [FILTER] is what I [clean].'],
    ['to be or not to be', 'It is to be.', 'It is [to] [be].'],
    ['café', 'The Cafe\u0301, the cafés and CAFE', 'The [Cafe\u0301], the [cafés] and [CAFE]'],
    ['クエン酸', '水垢にはクエン酸を使う', '水垢には[クエン酸]を使う'],
    ['和服', '产品和服务', '产品[和服]务'],
    ['中医药', '研究中医药', '研究[中医药]'],
    ['タワー', '東京タワーの上', '[東京タワー]の上'],
    ['iPhone15', '新しいiPhone15を買う', '新しい[iPhone15]を買う'],
    ['ภาษา', 'ภาษาไทยง่าย', '[ภาษา]ไทยง่าย'],
    ['ﬁlter', 'a ﬁlter, a filter', 'a [ﬁlter], a [filter]'],
    ['bats', '👨‍👩‍👧 bats 🦇 bats', '👨‍👩‍👧 [bats] 🦇 [bats]'],
    ['whale', 'nothing here', 'nothing here'],
  ])('%s', (query, text, shown) => {
    expect(marked(query, text)).toBe(shown);
  });
});
