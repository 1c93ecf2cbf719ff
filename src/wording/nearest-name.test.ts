import { describe, expect, it } from 'vitest';
import { nearestName } from './nearest-name.ts';

const known = ['bge-small-en-v1.5', 'bge-base-en-v1.5', 'all-MiniLM-L6-v2', 'e5-small-v2', 'limit', 'from'];

describe('nearestName', () => {
  it.each([
    ['bge-smal-en-v1.5', 'bge-small-en-v1.5'],
    ['BGE_SMALL_EN_V1.5', 'bge-small-en-v1.5'],
    ['all-minilm-l6', 'all-MiniLM-L6-v2'],
    ['limti', 'limit'],
    ['form', 'from'],
    ['bge-base', 'bge-base-en-v1.5'],
  ])('%s is near %s', (typed, meant) => {
    expect(nearestName(typed, known)).toBe(meant);
  });

  it.each(['', '--', 'zz', 'openai/text-embedding-3', 'x'.repeat(100_000)])('nothing is near %.20s', (typed) => {
    expect(nearestName(typed, known)).toBeUndefined();
  });

  it.each([
    ['movie.json', ['notes', 'movies.json'], 'movies.json'],
    ['movies.json', ['books.csv', 'movies.jsonl.gz'], 'movies.jsonl.gz'],
    ['movies.json', ['table.csv'], undefined],
    ['a', ['b'], undefined],
  ])('the nearest file to %s in %j is %s', (wanted, names, expected) => {
    expect(nearestName(wanted, names)).toBe(expected);
  });

  it('prefers the earlier of two equally near names', () => {
    expect(nearestName('cat', ['bat', 'hat'])).toBe('bat');
  });
});
