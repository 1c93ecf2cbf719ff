import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = (name: string): string => JSON.stringify(join(import.meta.dirname, '..', '..', name));

/** A program in a process in which the named packages cannot be loaded, as on musl. */
const without = (packages: readonly string[], program: string) => {
  const hook = `import { registerHooks } from 'node:module';
registerHooks({ resolve: (name, context, next) => { if (${JSON.stringify(packages)}.includes(name)) throw new Error('Error relocating ' + name + ': symbol not found'); return next(name, context); } });`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, '--input-type=module', '-e', program],
    {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  return { status, stdout, stderr };
};

const embedTwo = `
import { openModel } from ${source('embedders.ts')};
const encoder = await openModel(undefined, { threads: 1 });
const { vectors } = await encoder.encode(['a film about bats', 'the price of wheat'], { prefix: 'document' });
console.log(JSON.stringify({ runtime: encoder.runtime, first: [...vectors.subarray(0, 384)] }));
await encoder.close();`;

describe('the runtime', () => {
  it('falls back to WebAssembly with one warning, and gives the same vectors', () => {
    const native = without([], embedTwo);
    const wasm = without(['onnxruntime-node'], embedTwo);
    expect(native.stderr).toBe('');
    expect(wasm.stderr.match(/FINETOOTH_WASM/g)).toHaveLength(1);
    expect(wasm.stderr).toContain(
      'the native runtime cannot load (Error relocating onnxruntime-node: symbol not found); WebAssembly takes over, about',
    );
    const [a, b] = [native, wasm].map(({ stdout }) => JSON.parse(stdout) as { runtime: string; first: number[] });
    expect([a?.runtime, b?.runtime]).toEqual(['native', 'wasm']);
    const cosine = (a?.first ?? []).reduce((sum, value, i) => sum + value * (b?.first[i] as number), 0);
    expect(cosine).toBeGreaterThan(0.995);
  });

  it('says what to install when none loads', () => {
    const { stderr } = without(['onnxruntime-node', '@finetooth/runtime-wasm'], embedTwo);
    expect(stderr).toContain(
      'no runtime for local models loads here (Error relocating onnxruntime-node: symbol not found; Error relocating @finetooth/runtime-wasm: symbol not found). It is installed, and this system cannot run it.',
    );
  });
});
