import { describe, expect, it } from 'vitest';
import type { Document } from '../types.ts';
import { inferTitle } from './infer-title.ts';

const long = (i: number): string => Array.from({ length: 20 }, (_, at) => `word${i + at}`).join(' ');
const records = (count: number, of: (i: number) => Document): { readonly document: Document; readonly where: string }[] =>
  Array.from({ length: count }, (_, i) => ({ document: of(i), where: `document ${i}` }));
const films = records(40, (i) => ({ title: i % 3 === 0 ? `The Film of ${i}` : `Film ${i}`, overview: long(i) }));

describe('the title of records', () => {
  it('is the short text that all have and all have another, in whatever order they come', () => {
    expect(inferTitle(films, ['title', 'overview'])).toBe('title');
    expect(inferTitle(films.toReversed(), ['title', 'overview'])).toBe('title');
  });

  it('is `name` where they are read by it, otherwise the first field', () => {
    const named = records(40, (i) => ({ blurb: long(i), Name: `Thing ${i}` }));
    expect(inferTitle(named, ['blurb', 'Name'])).toBe('Name');
    const odd = records(40, (i) => ({ brand: `Brand ${i}`, blurb: long(i) }));
    expect(inferTitle(odd, ['brand', 'blurb'])).toBe('brand');
    expect(inferTitle(odd, ['blurb', 'brand'])).toBeUndefined();
  });

  it('may be missing or blank in one of twenty, and repeat another in one of twenty', () => {
    const without = (times: number) => films.map((one, i) => (i < times ? { ...one, document: { ...one.document, title: ' ' } } : one));
    expect([inferTitle(without(2), ['title', 'overview']), inferTitle(without(3), ['title', 'overview'])]).toEqual(['title', undefined]);
    const alike = (times: number) => films.map((one, i) => (i < times ? { ...one, document: { ...one.document, title: 'Film 38' } } : one));
    expect([inferTitle(alike(2), ['title', 'overview']), inferTitle(alike(3), ['title', 'overview'])]).toEqual(['title', undefined]);
  });

  it.each<[string, (i: number) => Document]>([
    [
      'that are sentences, as those of papers',
      (i) => ({ title: `On the flow past plate ${i} in water`, overview: `${long(i)} ${long(i)}` }),
    ],
    ['of which some are long', (i) => ({ title: i % 8 === 0 ? `${long(i)}` : `Film ${i}`, overview: long(i) })],
    ['of texts that are hardly longer', (i) => ({ title: `Film ${i}`, overview: 'six words and not one more' })],
    ['that are numbers', (i) => ({ title: 1900 + i, overview: long(i) })],
  ])('is none %s', (_, of) => {
    expect(inferTitle(records(40, of), ['title', 'overview'])).toBeUndefined();
  });

  it('is none of texts of files, which have lines', () => {
    expect(
      inferTitle(
        films.map((one) => ({ ...one, line: 1 })),
        ['title', 'overview'],
      ),
    ).toBeUndefined();
  });

  it('is none where there is nothing else to read, and of a few documents nothing is told', () => {
    expect(inferTitle(films, ['title'])).toBeUndefined();
    expect(inferTitle(films.slice(0, 15), ['title', 'overview'])).toBeUndefined();
    expect(inferTitle(films.slice(0, 16), ['title', 'overview'])).toBe('title');
    expect(inferTitle([], [])).toBeUndefined();
  });
});
