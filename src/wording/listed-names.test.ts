import { expect, it } from 'vitest';
import { listedNames } from './listed-names.ts';

it.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b', 'c'], 'a, b, c'],
  [['a', 'b', 'c', 'd'], 'a, b, c and another'],
  [Array.from({ length: 3_000_000 }, (_, i) => `k${i}`), 'k0, k1, k2 and 2,999,997 others'],
  [['x'.repeat(1_000_000), 'y'], `${'x'.repeat(60)}…, y`],
])('names in a sentence', (names, said) => expect(listedNames(names, 3)).toBe(said));
