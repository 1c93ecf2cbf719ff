import { describe, expect, it } from 'vitest';
import { byScore } from './order.ts';
import { topK } from './top-k.ts';

describe('topK', () => {
  it('equals sorting everything and cutting, ties included', () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
    for (let round = 0; round < 200; round++) {
      const items = Array.from({ length: Math.floor(random() * 40) }, (_, i) => ({ id: `d${i}`, score: Math.floor(random() * 6) }));
      const count = Math.floor(random() * 45);
      expect(topK(items, count)).toEqual([...items].sort(byScore).slice(0, count));
    }
  });

  it('keeps nothing for a count of 0', () => {
    expect(topK([{ id: 'a', score: 1 }], 0)).toEqual([]);
  });
});
