import { expect, it } from 'vitest';
import { dependencies } from '../scripts/dependencies.ts';

/** Permissive ones: they ask for a notice at most. */
const allowed = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  '(MIT OR CC0-1.0)',
]);

it('has no dependency whose licence asks for more than a notice', () => {
  const all = dependencies();
  expect(all.length).toBeGreaterThan(50);
  expect(all.filter(({ licence }) => !allowed.has(licence))).toEqual([]);
});

it('brings at most 80 required packages', () => {
  expect(dependencies().filter(({ isOptional }) => !isOptional).length).toBeLessThanOrEqual(80);
});
