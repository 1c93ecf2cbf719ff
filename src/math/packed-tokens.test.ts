import { describe, expect, it } from 'vitest';
import { createMaxSim } from './max-sim.ts';
import { bytesPerToken, packTokens, stepOf, unpackTokens } from './packed-tokens.ts';

const row = (size: number, at: (i: number) => number): Float32Array => {
  const values = Float32Array.from({ length: size }, (_, i) => at(i));
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
};

describe('packed tokens', () => {
  it.each([
    [8, 384],
    [4, 192],
    [1, 48],
  ] as const)('of %i bits take %i bytes', (bits, bytes) => {
    const form = { size: 384, bits, pool: 1 };
    expect(bytesPerToken(form)).toBe(bytes);
    expect(packTokens(new Float32Array(3 * 384), 3, form)).toHaveLength(3 * bytes);
  });

  it('come back to the nearest step, and to the furthest one beyond', () => {
    for (const bits of [8, 4] as const) {
      const form = { size: 384, bits, pool: 1 };
      const values = row(384, (i) => Math.sin(i * 1.7) * (i === 5 ? 40 : 1));
      const steps = new Int8Array(384);
      unpackTokens(packTokens(values, 1, form), form, steps);
      const most = bits === 8 ? 127 : 7;
      for (const [i, value] of values.entries()) {
        const wanted = Math.max(-most, Math.min(most, Math.round(value / stepOf(form))));
        expect(steps[i]).toBe(wanted + 0);
      }
      expect(Math.max(...steps.map(Math.abs))).toBe(most);
    }
  });

  it.each([16, 48, 64, 96, 128])('of %i numbers, as small models have them, give the dot products of what they were made from', (size) => {
    for (const [bits, most] of [
      [8, 0.02],
      [4, 0.12],
      [1, 0.5],
    ] as const) {
      const form = { size, bits, pool: 1 };
      expect(bytesPerToken(form)).toBe((size * bits) / 8);
      const rows = [0, 1, 2].map((seed) => row(size, (i) => Math.sin((i + 1) * (seed + 1.3)) + Math.cos(i * seed * 2.1)));
      const packed = packTokens(Float32Array.from(rows.flatMap((one) => [...one])), 3, form);
      const steps = new Int8Array(3 * size);
      unpackTokens(packed, form, steps);
      const maxSim = createMaxSim(size);
      for (const query of rows) {
        maxSim.setQuery(query, 1);
        for (const [at, document] of rows.entries()) {
          const got = maxSim.score(1, (target) => target.set(steps.subarray(at * size, (at + 1) * size)), stepOf(form));
          const wanted = query.reduce((sum, value, i) => sum + value * (document[i] as number), 0);
          expect(Math.abs(got - wanted)).toBeLessThan(most);
        }
      }
    }
  });

  it('of one bit are signs', () => {
    const form = { size: 16, bits: 1 as const, pool: 1 };
    const steps = new Int8Array(16);
    unpackTokens(
      packTokens(
        row(16, (i) => (i % 3) - 1),
        1,
        form,
      ),
      form,
      steps,
    );
    expect([...steps]).toEqual(Array.from({ length: 16 }, (_, i) => (i % 3 === 2 ? 1 : -1)));
    expect(stepOf(form)).toBe(0.25);
  });
});
