import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/*.long.test.ts'],
    // Each process that a test starts from the sources finds them stripped of their types and compiled.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'finetooth-test-compiled') },
    globalSetup: ['test/temporary.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // A poll waits for as long as a busy machine takes: how fast something is, no test says.
    expect: { poll: { timeout: 60_000 } },
    reporters: ['default', './test/counts-reporter.ts'],
  },
});
