import { describe, expect, it } from 'vitest';
import { type Box, freePlaces, placesFor } from './labels.ts';

const meet = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

describe('labels', () => {
  it('lie on no sign and on no other label; the rest are left out', () => {
    const points = Array.from({ length: 12 }, (_, i) => ({ x: 200 + 9 * i, y: 100 + 3 * i }));
    const signs = points.map(({ x, y }) => ({ left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 }));
    const places = freePlaces(
      points.map(({ x, y }) => placesFor(x, y, 12, 432)),
      signs,
    );
    const shown = places.filter((place) => place !== undefined);
    expect(shown.length).toBeGreaterThan(1);
    expect(shown.length).toBeLessThan(points.length);
    shown.forEach((place, i) => {
      expect(signs.some((sign) => meet(place, sign))).toBe(false);
      expect(shown.slice(i + 1).some((other) => meet(place, other))).toBe(false);
    });
  });

  it('stand towards the middle and inside the plot', () => {
    expect(placesFor(20, 50, 10, 432)[0]?.textAnchor).toBe('start');
    expect(placesFor(420, 50, 10, 432)[0]?.textAnchor).toBe('end');
    for (const x of [0, 100, 300, 432])
      for (const { left, right } of placesFor(x, 50, 30, 432)) {
        expect(left).toBeGreaterThanOrEqual(-8);
        expect(right).toBeLessThanOrEqual(448);
      }
  });
});
