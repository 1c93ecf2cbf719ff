import { describe, expect, it } from 'vitest';
import { packTitle, repackTitle, titleForm, unpackTitle } from './packed-title.ts';
import { packTokens } from './packed-tokens.ts';
import { randomFrom } from './random.ts';
import { dot } from './vectors.ts';

const form = { size: 384, bits: 4, pool: 3 } as const;
const random = randomFrom(7);
const unit = (): Float32Array => {
  const row = Float32Array.from({ length: form.size }, () => random.below(1000) + random.below(1000) - 999);
  const length = Math.hypot(...row);
  return row.map((value) => value / length);
};

describe('a packed title', () => {
  const [vector, first, second] = [unit(), unit(), unit()];
  const rows = Float32Array.from([...first, ...second]);
  const tokens = packTokens(rows, 2, titleForm(form));
  const packed = packTitle(vector, tokens, form);

  it('holds its vector to a thousandth of a cosine, and every token of it', () => {
    const title = unpackTitle(packed, form);
    expect(title.form).toEqual({ size: 384, bits: 4, pool: 1 });
    expect([...title.data]).toEqual([...tokens]);
    expect(Math.hypot(...title.vector)).toBeCloseTo(1, 6);
    for (const other of [vector, first, second])
      expect(Math.abs(dot(title.vector, 0, other, 0, 384) - dot(vector, 0, other, 0, 384))).toBeLessThan(0.003);
    expect(packed).toHaveLength(384 + 2 * 192);
  });

  it('keeps its vector where its tokens are packed again', () => {
    const again = repackTitle(packed, form, (all) => all.slice(0, 4));
    expect([...again]).toEqual([...packed.slice(0, 384), ...tokens.slice(0, 4)]);
  });
});
