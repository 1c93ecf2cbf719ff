import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { expectCosines } from './golden-vectors.ts';

/** AVX2 and FMA without VNNI of any kind; the runtime chooses its kernels by cpuid, which is the emulated processor's. */
const emulator = ['qemu-x86_64', '-cpu', 'Haswell'] as const;

const outputOf = (command: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command[0] as string, command.slice(1), { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    child
      .on('error', reject)
      .on('close', (status) => (status === 0 ? resolve(text) : reject(new Error(`${command.join(' ')}: ${status}`))));
  });

it('the goldens and the judged films hold on a processor with AVX2 and no VNNI, emulated', async (context) => {
  if (spawnSync(emulator[0], ['--version']).status !== 0) return context.skip('qemu-x86_64 is not installed (Debian: qemu-user)');
  const script = join(import.meta.dirname, '..', 'results', 'processor.ts');
  const { cosines, unjudged } = JSON.parse(await outputOf([...emulator, process.execPath, script])) as {
    readonly cosines: readonly number[];
    readonly unjudged: readonly string[];
  };
  expectCosines(cosines);
  expect(unjudged).toEqual([]);
}, 5_400_000);
