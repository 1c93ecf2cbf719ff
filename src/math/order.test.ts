import { describe, expect, it } from 'vitest';
import { byScore, compareIds } from './order.ts';

describe('the total order', () => {
  it('puts the higher score first and, at equal scores, the higher id first', () => {
    const hits = [
      { id: 'a', score: 1 },
      { id: 'c', score: 1 },
      { id: 'b', score: 2 },
      { id: 'b2', score: 1 },
    ];
    expect(hits.sort(byScore).map((hit) => hit.id)).toEqual(['b', 'c', 'b2', 'a']);
  });

  it('compares ids as UTF-8 bytes do', () => {
    const ids = ['', 'a', 'ab', 'b', 'é', '\u{ffff}', '\ue000', '\u{1f600}', '\u{10ffff}', '中', 'Z', '10', '9'];
    const bytes = [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect([...ids].sort(compareIds)).toEqual(bytes);
  });
});
