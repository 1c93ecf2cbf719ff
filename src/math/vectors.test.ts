import { describe, expect, it } from 'vitest';
import { dot } from './vectors.ts';

describe('dot', () => {
  it('equals the naive sum at every length and offset', () => {
    const a = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i));
    const b = Float32Array.from({ length: 40 }, (_, i) => Math.cos(3 * i));
    for (let size = 0; size < 20; size++) {
      let naive = 0;
      for (let i = 0; i < size; i++) naive += (a[5 + i] as number) * (b[11 + i] as number);
      expect(dot(a, 5, b, 11, size)).toBeCloseTo(naive, 6);
    }
  });
});
