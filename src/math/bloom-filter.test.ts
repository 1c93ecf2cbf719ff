import { expect, it } from 'vitest';
import { bloomFilter } from './bloom-filter.ts';

it('knows every text that was added, and takes few others for one', () => {
  const filter = bloomFilter(20_000);
  for (let at = 0; at < 20_000; at++) filter.add(`d${at}`);
  for (let at = 0; at < 20_000; at++) expect(filter.mayHave(`d${at}`)).toBe(true);
  const mistaken = Array.from({ length: 20_000 }, (_, at) => `d${at + 20_000}`).filter((text) => filter.mayHave(text));
  expect(mistaken.length).toBeLessThan(20);
});

it('holds nothing at first, and any text afterwards', () => {
  const filter = bloomFilter(0);
  expect(filter.mayHave('')).toBe(false);
  for (const text of ['', 'é', '日本', '\ud800', 'a'.repeat(10_000)]) {
    filter.add(text);
    expect(filter.mayHave(text)).toBe(true);
  }
});
