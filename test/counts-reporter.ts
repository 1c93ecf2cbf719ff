import type { Reporter, TestModule } from 'vitest/node';

/** Prints the reasons of skipped tests and, as the very last line, `N passed, N failed, N skipped`. */
// biome-ignore lint/style/noDefaultExport: vitest loads reporters by their default export
export default class CountsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') counts.passed++;
        else if (state === 'failed') counts.failed++;
        else {
          counts.skipped++;
          const result = test.result();
          const note = 'note' in result && result.note ? result.note : 'no reason given';
          process.stdout.write(`skipped: ${test.fullName} (${note})\n`);
        }
      }
      if (module.children.size === 0 && module.state() === 'failed') counts.failed++;
    }
    counts.failed += errors.length;
    // The default reporter prints its summary in the same hook: wait for it, so that this line is the last.
    setImmediate(() => process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`));
  }
}
