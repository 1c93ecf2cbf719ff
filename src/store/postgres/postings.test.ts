import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../math/random.ts';
import { packPostings, readPostings } from './postings.ts';
import { rowScores } from './row-scores.ts';
import { kept, unkept, wordKey } from './text.ts';

it('gives back postings of any rows, counts and lengths', () => {
  const { below } = randomFrom(1);
  for (const start of [1, 127, 128, 2 ** 31 - 1, 2 ** 32, 2 ** 45]) {
    let row = start;
    const postings = Array.from({ length: 200 }, () => ({ row: (row += 1 + below(3) ** 9), count: 1 + below(400), length: below(70_000) }));
    const read: typeof postings = [];
    readPostings(packPostings(postings), (at, count, length) => read.push({ row: at, count, length }));
    expect(read).toEqual(postings);
  }
  expect(packPostings([{ row: 5, count: 1, length: 80 }]).length).toBe(3);
});

describe('scores by row', () => {
  it('come best first, no less than asked for, each once, and with all that are nearly as good', () => {
    const { below } = randomFrom(2);
    for (const rowsApart of [1, 50_000, 2 ** 33]) {
      const scores = rowScores(3000, 900 * rowsApart + 2);
      const all = new Map<number, number>();
      for (let i = 0; i < 3000; i++) {
        const [row, gain] = [1 + below(900) * rowsApart, (1 + below(40)) / 7];
        scores.add(row, gain);
        all.set(row, (all.get(row) ?? 0) + gain);
      }
      const seen = new Map<number, number>();
      for (let count = 5, lowest = 1; lowest > 0; count *= 3) {
        const next = scores.next(count, 1e-6);
        expect(next.lowest === 0 || next.rows.length >= count).toBe(true);
        next.rows.forEach((row, at) => {
          expect(seen.has(row)).toBe(false);
          seen.set(row, next.scores[at] as number);
        });
        ({ lowest } = next);
        for (const [row, score] of all) expect(seen.has(row), `${row}`).toBe(score >= lowest);
      }
      expect(seen).toEqual(all);
    }
  });

  it('keep only the rows that fit', () => {
    const scores = rowScores(5, 200_001);
    for (const row of [1, 2, 3, 70_000, 200_000]) scores.add(row, row);
    scores.keep([200_000, 2, 9]);
    expect(scores.next(9, 0)).toEqual({ rows: [200_000, 2], scores: [200_000, 2], lowest: 0 });
  });
});

it('keeps texts apart that PostgreSQL cannot hold, and holds none of them', () => {
  const texts = ['a', 'a\0', 'a\\u0000', '\u0001', '\u0001a', '\u0001"a"', 'a\ud83d', 'a\ud83e', 'a\ufffd', '😀', '', '\0'.repeat(3)];
  for (const text of texts) {
    expect(unkept(kept(text))).toBe(text);
    expect(kept(text)).not.toMatch(/\0/);
    expect(kept(text).isWellFormed()).toBe(true);
  }
  expect(new Set(texts.map(kept)).size).toBe(texts.length);
  const long = ['x'.repeat(300), `${'x'.repeat(299)}y`, ...texts].map(wordKey);
  expect(new Set(long).size).toBe(long.length);
  for (const word of long) expect(Buffer.byteLength(word)).toBeLessThan(1200);
});
