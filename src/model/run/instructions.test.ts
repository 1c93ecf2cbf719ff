import { expect, it } from 'vitest';
import { instructions } from './instructions.ts';

it.each([
  ['AMX', 'flags\t\t: fpu avx2 avx512f avx512_vnni avx_vnni amx_int8'],
  ['AVX-512 VNNI', 'model name\t: X\nflags\t\t: fpu avx2 avx512f avx512_vnni\nbugs\t\t: avx_vnni'],
  ['AVX2 VNNI', 'flags\t\t: avx2 avx_vnni'],
  ['AVX-512', 'flags\t\t: avx2 avx512f'],
  ['AVX2', 'flags\t\t: fpu avx avx2'],
  ['I8MM', 'Features\t: fp asimd asimddp i8mm'],
  ['dot product', 'Features\t: fp asimd asimddp'],
  [undefined, 'flags\t\t: fpu sse4_2'],
  [undefined, ''],
])('tells %s', (kind, text) => expect(instructions(() => text)).toBe(kind));

it('does not know where the system does not say', () => {
  const missing = (): string => {
    throw new Error('ENOENT');
  };
  expect(instructions(missing)).toBeUndefined();
});
