import { expect, it } from 'vitest';
import { randomFrom } from '../math/random.ts';
import { momentText } from './moment-text.ts';
import { spanOf } from './typed-value.ts';

it('writes a moment as short as it is, and what is read of it is the same moment', () => {
  for (const text of ['2024-01-15', '1969-12-31T23:59:59.5Z', '2024-01-15T10:30:00Z', '0099-01-01', '2024-01-15T00:00:00.000001Z'])
    expect(momentText(spanOf(text)?.start as number)).toBe(text);
  const { below } = randomFrom(3);
  for (let round = 0; round < 2000; round++) {
    const moment = (below(5_000_000) - 2_500_000) * 1_000_000 + below(86_400) * 1000 + below(1000);
    expect(spanOf(momentText(moment))?.start).toBe(moment);
  }
  expect([momentText(1e21), momentText(-1e16)]).toEqual(['1e+21', '-10000000000000000']);
});
