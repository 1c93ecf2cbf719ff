import { expect, it } from 'vitest';
import { nativePackage, runtimeAdvice } from './missing-runtime.ts';

/** As the published package has it: a runtime of its own for each platform, and WebAssembly as an optional peer. */
const published = (names: readonly string[]): string => `npm install ${names[0]}@9.9.9`;

it('names the native package where none is installed', () => {
  expect(runtimeAdvice('auto', { native: false, wasm: false, musl: false }, published)).toBe(
    `Install one with "npm install ${nativePackage}@9.9.9".`,
  );
});

it('names WebAssembly where the native one is there and does not load, for another beside it is not tried', () => {
  expect(runtimeAdvice('auto', { native: true, wasm: false, musl: false }, published)).toBe(
    '"npm install @finetooth/runtime-wasm@9.9.9" brings one that runs everywhere, about 7 times slower.',
  );
});

it('names WebAssembly on musl, and where no native one is built', () => {
  expect(runtimeAdvice('auto', { native: false, wasm: false, musl: true }, published)).toMatch(
    /^No native one is built for musl. "npm install @finetooth\/runtime-wasm@/,
  );
  const without = (names: readonly string[]) => (names.includes('@finetooth/runtime-wasm') ? published(names) : undefined);
  expect(runtimeAdvice('auto', { native: false, wasm: false, musl: false }, without)).toMatch(/^"npm install @finetooth\/runtime-wasm@/);
});

it('names what was asked for', () => {
  expect(runtimeAdvice('wasm', { native: false, wasm: false, musl: false }, published)).toMatch(/^"npm install @finetooth\/runtime-wasm@/);
  expect(runtimeAdvice('native', { native: true, wasm: true, musl: false }, published)).toMatch(/^WebAssembly is installed/);
});

it.each(['auto', 'native', 'wasm'] as const)('installs nothing that is there: %s', (choice) => {
  for (const musl of [false, true])
    expect(runtimeAdvice(choice, { native: true, wasm: true, musl }, published)).not.toContain('npm install');
});
