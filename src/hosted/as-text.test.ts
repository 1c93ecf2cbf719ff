import { expect, it } from 'vitest';
import { asText } from './as-text.ts';

it.each([
  ['a text', 'a text'],
  [{ index: 9, note: 'x' }, '{"index":9,"note":"x"}'],
  [undefined, 'undefined'],
  [null, 'null'],
  [JSON.parse('{"__proto__":{"index":0}}'), '{"__proto__":{"index":0}}'],
  [[[[[[[[1]]]]]]], '[[[[[["…"]]]]]]'],
  [Array.from({ length: 30 }, (_, i) => i), '[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19]'],
])('%j is quoted as %s', (part, text) => expect(asText(part)).toBe(text));

it('neither the depth nor the length of a value matters', () => {
  const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`) as unknown;
  const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i]));
  expect(asText([deep, wide]).length).toBeLessThan(400);
});
