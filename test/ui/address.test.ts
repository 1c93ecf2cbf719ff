import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src/math/random.ts';
import { type Address, parameters, readAddress, writeAddress } from '../../ui/state/address.ts';

const whole: Address = {
  view: 'judge',
  index: 'films',
  query: 'a robot & 100 % of "it", 日本',
  filters: { year: { from: 1990, to: 2010 }, director: { any: ['Nolan', 'Ōshima'] } },
  pipelines: [{ first_stage: 'hybrid', candidates: 50 }, { reranker: null }],
  open: { id: 'wall-e&2008', side: 1 },
  blind: 7,
};
const read = (words: Readonly<Record<string, string>>) => readAddress(`?${new URLSearchParams(words)}`);
const namesOf = (words: Readonly<Record<string, string>>): readonly string[] => read(words).unread.map(({ name }) => name);

describe('a link', () => {
  it('holds everything, and nothing of it is missed', () => {
    const { address, unread } = readAddress(writeAddress(whole));
    expect(unread).toEqual([]);
    expect(address).toEqual({ ...whole, filters: expect.anything() });
    expect({ ...address.filters }).toEqual(whole.filters);
    expect(readAddress('').unread).toEqual([]);
  });

  it('that was cut anywhere shows what came before, and names the part in which it was cut', () => {
    const link = writeAddress(whole);
    for (let length = 1; length < link.length; length++) {
      const cut = link.slice(0, length);
      const { address, unread } = readAddress(cut);
      const last = /[?&]([^=&]*)[^&]*$/.exec(cut)?.[1] ?? '';
      // Only the last part can have suffered: the rest is as it was.
      for (const { name } of unread) expect([last, `${name}`], cut).toContain(name);
      if (cut.includes('&where=')) expect(address.query, cut).toBe(whole.query);
      const isJson = ['where', 'a', 'b'].includes(last) && !cut.endsWith('%7D') && cut.includes(`${last}=`);
      if (isJson)
        expect(
          unread.map(({ name }) => name),
          cut,
        ).toContain(last);
    }
  });

  it.each([
    [{ view: 'judgement' }, ['view']],
    [{ index: '' }, ['index']],
    [{ a: '{"candidates":' }, ['a']],
    [{ a: '[1]' }, ['a']],
    [{ a: '{"query":"x","candidates":5}' }, ['a']],
    [{ b: 'null' }, ['b']],
    [{ where: '{"year":{"from":1990}' }, ['where']],
    [{ where: '{"year":{"gte":1990}}' }, ['where']],
    [{ where: '{"year":1990,"director":{"any":[{}]},"title":{}}' }, ['where', 'where', 'where']],
    [{ open: '' }, ['open']],
    [{ side: 'b' }, ['side']],
    [{ open: 'x', side: 'b' }, ['side']],
    [{ open: 'x', side: 'c', b: '{}' }, ['side']],
    [{ blind: 'yes' }, ['blind']],
    [{ blind: '-1' }, ['blind']],
    [{ Q: 'dreams' }, ['Q']],
    [{ query: 'dreams', filters: '{}' }, ['query', 'filters']],
    [{ inde: 'films' }, ['inde']],
    [{ wher: '{}', opne: 'x', blnd: '1' }, ['wher', 'blnd']],
    [{ utm_source: 'mail', fbclid: '1', lang: 'en' }, []],
  ])('says which part of it could not be read: %j', (words, names) => {
    expect(namesOf(words as Record<string, string>)).toEqual(names);
  });

  it('goes on with the rest, part by part', () => {
    const { address } = read({
      q: 'dreams',
      where: '{"year":{"gte":1990,"to":2000},"director":{"any":["Nolan",{}]}}',
      a: '{',
      b: '{"top":3}',
    });
    expect(address).toMatchObject({ query: 'dreams', pipelines: [{}, {}] });
    expect({ ...address.filters }).toEqual({
      year: { any: undefined, from: undefined, to: 2000 },
      director: { any: ['Nolan'], from: undefined, to: undefined },
    });
  });

  it('with &amp; for &, with escapes that are broken, and with a part twice, is read as far as it goes', () => {
    expect(readAddress('?q=dreams&amp;view=judge').address).toMatchObject({ query: 'dreams', view: 'judge' });
    expect(readAddress('?q=dreams%2')).toMatchObject({ address: { query: 'dreams%2' }, unread: [{ name: 'q' }] });
    expect(readAddress('?q=%E6%97&view=tune')).toMatchObject({ address: { view: 'tune' }, unread: [{ name: 'q' }] });
    expect(readAddress('?q=100%25+sure&q=b')).toMatchObject({ address: { query: '100% sure' }, unread: [{ name: 'q' }] });
    expect(readAddress('?q=50%-off').unread).toEqual([]);
  });

  it('of whatever signs never fails, and is told in short sentences', () => {
    const { word } = randomFrom(5);
    const signs = [
      '%',
      '&',
      '=',
      '"',
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      'a',
      'b',
      'q',
      '1',
      '\u202e',
      '😀',
      '\ud800',
      'where',
      'amp;',
      '__proto__',
    ];
    for (let round = 0; round < 2000; round++) {
      const text = Array.from({ length: word() % 30 }, () => signs[word() % signs.length]).join('');
      const name = [...Object.keys(parameters), 'x'][word() % 10] as string;
      const { unread } = readAddress(`?${name}=${text}`);
      for (const { why } of unread) expect(why.length).toBeLessThan(240);
    }
  });
});
