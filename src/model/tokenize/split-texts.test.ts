import { describe, expect, it } from 'vitest';
import { chunksOf } from './split-texts.ts';

/** Every word is a token. */
const countWords = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length;
const partsIn = (text: string, room: number): string[] => chunksOf(text, room, countWords).map(([from, to]) => text.slice(from, to));

describe('chunksOf', () => {
  it('leaves what fits whole, the empty text too', () => {
    expect(partsIn('One two. Three four.', 8)).toEqual(['One two. Three four.']);
    expect(chunksOf('', 8, countWords)).toEqual([[0, 0]]);
    expect(chunksOf('  \n', 8, countWords)).toEqual([[0, 3]]);
  });

  it('ends chunks with sentences and repeats a little', () => {
    const text = Array.from({ length: 12 }, (_, i) => `a${i} b${i}.`).join(' ');
    const chunks = partsIn(text, 16);
    expect(chunks[0]).toBe('a0 b0. a1 b1. a2 b2. a3 b3. a4 b4. a5 b5. a6 b6. a7 b7. ');
    expect(chunks[1]?.startsWith('a7 b7.')).toBe(true);
    expect(chunks.every((part) => countWords(part) <= 16)).toBe(true);
  });

  it('loses nothing: every character but white space at borders is in some part, in order', () => {
    const text = `${'word '.repeat(500)}\n\n${'x'.repeat(1000)} end. Short. ${'Another sentence of some words here. '.repeat(40)}`;
    const chunks = chunksOf(text, 20, countWords);
    expect(chunks[0]?.[0]).toBe(0);
    expect(chunks.at(-1)?.[1]).toBe(text.length);
    for (const [i, [from, to]] of chunks.entries()) {
      expect(to).toBeGreaterThan(from);
      if (i > 0) expect(from).toBeLessThanOrEqual(chunks[i - 1]?.[1] as number);
      if (i > 0) expect(to).toBeGreaterThan(chunks[i - 1]?.[1] as number);
    }
  });

  it('takes a sentence without end word by word', () => {
    const chunks = partsIn('no full stop anywhere here '.repeat(30), 16);
    expect(chunks.length).toBeGreaterThan(8);
    expect(chunks.every((part) => countWords(part) <= 16)).toBe(true);
  });
});
