import { describe, expect, it } from 'vitest';
import type { Document } from '../types.ts';
import { defaultFields, fieldCounts, textOf } from './recipe.ts';

describe('textOf', () => {
  it('joins the named fields in order and skips null, absent and blank ones', () => {
    const film = { title: 'Alien', overview: 'A crew meets it.', tagline: null, note: '  ' };
    expect(textOf(film, ['title', 'overview', 'tagline', 'note', 'absent'])).toBe('Alien A crew meets it.');
    expect(textOf(film, ['overview', 'title'])).toBe('A crew meets it. Alien');
    expect(textOf(film, ['tagline'])).toBe('');
  });

  it('keeps 0 and false, joins lists and writes objects as JSON', () => {
    expect(textOf({ n: 0, b: false, l: ['a', null, 'b'], o: { x: 1 } }, ['n', 'b', 'l', 'o'])).toBe('0 false a, b {"x":1}');
  });

  it('does not read what every object inherits', () => {
    expect(textOf({ title: 'x' }, ['title', 'constructor', 'toString'])).toBe('x');
  });
});

describe('defaultFields', () => {
  it.each<readonly [string, Document, readonly string[]]>([
    ['title and text', { _id: '1', title: 'T', text: 'words' }, ['title', 'text']],
    ['the text alone', { text: 'words', other: 'x' }, ['text']],
    ['the first text that says something', { title: 'T', text: ' ', description: 'words', overview: null }, ['title', 'description']],
    ['a list of texts', { title: 'T', abstract: ['one', 'two'], note: 'x' }, ['title', 'abstract']],
    ['an empty text beside a title', { title: 'T', text: null, note: 'x' }, ['title', 'text']],
    ['other texts where title and text say nothing', { title: '', text: '', note: 'x' }, ['title', 'text', 'note']],
    ['all texts, ids and addresses apart', { id: 'a', name: 'x', year: 1999, url: 'http://x', note: 'y' }, ['name', 'note']],
    ['nothing', { year: 1999 }, []],
  ])('takes %s', (_, document, fields) => {
    expect(defaultFields(document)).toEqual(fields);
  });
});

describe('fieldCounts', () => {
  const commonOf = (documents: readonly Document[]): readonly string[] => {
    const counts = fieldCounts();
    for (const document of documents) counts.see(document);
    return counts.common();
  };

  it('is the recipe of one document where all are alike', () => {
    const alike: readonly Document[] = [
      { note: 'a', title: 'b', lang: 'c' },
      { text: 'a', title: 'b' },
      { description: 'x', text: 'y' },
    ];
    for (const one of alike) expect(commonOf([one, one, one])).toEqual(defaultFields(one));
  });

  it('unites what documents would be read by', () => {
    expect(
      commonOf([
        { title: 'a', description: 'b' },
        { title: 'a', text: 'b' },
      ]),
    ).toEqual(['title', 'text', 'description']);
    expect(commonOf([{ name: 'a', note: 'b' }, { text: 'c' }])).toEqual(['text', 'name', 'note']);
    expect(
      commonOf([
        { title: 'a', note: 'b' },
        { title: 'c', text: 'd' },
      ]),
    ).toEqual(['title', 'text', 'note']);
  });

  it('leaves out what more documents have beside their text', () => {
    const usual = Array.from({ length: 3 }, () => ({ title: 'a', text: 'b', description: 'c', lang: 'en' }));
    const odd: Document[] = [
      { title: 'a', text: '', description: 'c', lang: 'en' },
      { lang: 'en', name: 'x' },
    ];
    expect(commonOf([...odd, ...usual])).toEqual(['title', 'text', 'name']);
  });

  it('counts texts that are not among the fields', () => {
    const counts = fieldCounts();
    for (const document of [
      { title: 'a', text: 'b' },
      { title: 'a', text: 'b' },
      { title: 'c', body: 'd' },
      { title: 'e', note: 'f' },
      { text: '' },
    ])
      counts.see(document);
    expect(counts.unread(['title', 'text'])).toEqual({ body: 1, note: 1 });
    expect(counts.unread(['title'])).toEqual({ text: 2, body: 1, note: 1 });
    expect(counts.unread(['title', 'text', 'body', 'note'])).toEqual({});
  });

  it('keeps no more names than it is told', () => {
    const counts = fieldCounts(2);
    counts.see({ a: 'x', b: 'x', c: 'x' });
    expect(counts.common()).toHaveLength(2);
  });
});
