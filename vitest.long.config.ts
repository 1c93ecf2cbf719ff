import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.long.test.ts', 'test/**/*.long.test.ts'],
    // Each process that a test starts from the sources finds them stripped of their types and compiled.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'finetooth-test-compiled'), FINETOOTH_TEST_LONG: '1' },
    globalSetup: ['test/temporary.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 7_200_000,
    hookTimeout: 600_000,
    // A poll waits for as long as a busy machine takes: how fast something is, no test says.
    expect: { poll: { timeout: 60_000 } },
    reporters: ['verbose', './test/counts-reporter.ts'],
  },
});
