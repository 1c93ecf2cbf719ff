import { readFileSync } from 'node:fs';

/** Kinds of processors that int8 models run on with other kernels, the fastest first, by flags of /proc/cpuinfo: all of them are needed. */
const kinds = [
  ['AMX', ['amx_int8']],
  ['AVX-512 VNNI', ['avx512f', 'avx512_vnni']],
  ['AVX2 VNNI', ['avx2', 'avx_vnni']],
  ['AVX-512', ['avx512f']],
  ['AVX2', ['avx2']],
  ['I8MM', ['i8mm']],
  ['dot product', ['asimddp']],
] as const;

/** The instructions for 8-bit numbers that this processor has, on which speed and the last digits of scores depend; undefined where the system does not say. */
export function instructions(information: () => string = () => readFileSync('/proc/cpuinfo', 'latin1')): string | undefined {
  let text: string;
  try {
    text = information();
  } catch {
    return undefined;
  }
  const flags = new Set(/^(?:flags|Features)\s*:\s*(.*)$/m.exec(text)?.[1]?.split(' '));
  return kinds.find(([, needed]) => needed.every((flag) => flags.has(flag)))?.[0];
}
