/** Every example in the comments of public names is run, those of tasks, stores, the server and frameworks too. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { failedExamples, reasonOf, withExample } from './doc-examples.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-doc-examples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('prints what it says, where it needs nothing that is not here', async () => {
  expect(
    await failedExamples(
      folder,
      withExample.filter((one) => reasonOf(one) === undefined),
    ),
  ).toEqual([]);
});
