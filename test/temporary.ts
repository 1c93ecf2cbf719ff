import { chmodSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One run makes more than a thousand folders. */
const folder = mkdtempSync(join(tmpdir(), 'finetooth-tests-'));

/** What tests and the processes that they start put into the temporary folder lies in one that goes when they end. */
export function setup(): void {
  // A database that a test starts may run as another user.
  chmodSync(folder, 0o711);
  process.env.FINETOOTH_TEST_KEPT = tmpdir();
  for (const name of ['TMPDIR', 'TMP', 'TEMP']) process.env[name] = folder;
}

export async function teardown(): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
