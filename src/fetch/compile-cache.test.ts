import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-compiled-'));
const program = join(folder, 'program.mjs');
writeFileSync(join(folder, 'later.mjs'), `export const said = ${JSON.stringify('a'.repeat(2000))};`);
writeFileSync(
  program,
  `import { keepCompiled } from ${JSON.stringify(join(import.meta.dirname, 'compile-cache.ts'))};
   import { Worker, isMainThread } from 'node:worker_threads';
   import module from 'node:module';
   if (isMainThread) keepCompiled();
   await import('./later.mjs');
   console.log(module.getCompileCacheDir() ?? 'none');
   if (isMainThread) new Worker(new URL(import.meta.url), { execArgv: [] });`,
);

/** Where the main thread and a worker keep what they compile. */
const keptIn = (env: Readonly<Record<string, string>>): readonly string[] => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program], {
    env: { PATH: process.env.PATH, HOME: folder, ...env },
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.trim().split('\n');
};

describe('what Node compiles', () => {
  it('is kept beside the models, for workers too', () => {
    const cache = join(folder, 'deep', 'cache');
    for (const where of keptIn({ FINETOOTH_CACHE: cache })) expect(where.startsWith(join(cache, 'compiled'))).toBe(true);
    expect(readdirSync(join(cache, 'compiled'), { recursive: true }).length).toBeGreaterThan(1);
  });

  it('is where Node was told to keep it', () => {
    const own = join(folder, 'own');
    for (const where of keptIn({ FINETOOTH_CACHE: join(folder, 'unused'), NODE_COMPILE_CACHE: own }))
      expect(where.startsWith(own)).toBe(true);
    expect(existsSync(join(folder, 'unused'))).toBe(false);
  });

  it.each([
    ['it is not wanted', { FINETOOTH_CACHE: join(folder, 'unwanted'), NODE_DISABLE_COMPILE_CACHE: '1' }],
    ['there can be no folder', { FINETOOTH_CACHE: join(program, 'cache') }],
    // Node's own recursive mkdir would go on for ever.
    ...(existsSync('/proc/self') ? [['no folder can be made there', { FINETOOTH_CACHE: '/proc/nothing/cache' }] as const] : []),
  ] as const)('is not kept where %s, and nothing is said', (_, env) => {
    expect(keptIn(env)).toEqual(['none', 'none']);
    expect(existsSync(env.FINETOOTH_CACHE)).toBe(false);
  });
});
