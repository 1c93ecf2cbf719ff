import { describe, expect, it } from 'vitest';
import { oneIndex, theIndex } from './index-flag.ts';

describe('--in', () => {
  it('names one index, or none where a command can do without', () => {
    expect([oneIndex(undefined), oneIndex(['films'])]).toEqual([undefined, 'films']);
    expect(theIndex(['films'], 'search')).toBe('films');
    expect(() => theIndex(undefined, 'search')).toThrow('search needs --in INDEX: a folder, or the address of an index in a database.');
  });

  it('is refused twice, since one of them would not be asked', () => {
    expect(() => theIndex(['films', 'books'], 'search')).toThrow(
      '--in names one index here; got films and books. Only "serve" and "mcp" take several.',
    );
  });
});
