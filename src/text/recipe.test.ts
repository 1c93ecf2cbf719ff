import { describe, expect, it } from 'vitest';
import { defaultFields, textOf } from './recipe.ts';

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
  it('takes title and text where there are such', () => {
    expect(defaultFields({ _id: '1', title: 'T', text: 'words' })).toEqual(['title', 'text']);
    expect(defaultFields({ text: 'words', other: 'x' })).toEqual(['text']);
  });

  it('takes every field that holds words otherwise, ids and addresses apart', () => {
    expect(defaultFields({ id: 'a', name: 'x', year: 1999, url: 'http://x', note: 'y' })).toEqual(['name', 'note']);
  });
});
