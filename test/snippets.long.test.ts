/** The blocks of code of README and docs on the newest Node that npm has; snippets.test.ts runs them on the lowest. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { findNewestNode } from './lowest-node.ts';
import { fillFor, reasonOf, snippets, startIn } from './snippets.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-snippets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the snippets of README and docs', async () => {
  fillFor(folder);
  const newest = await findNewestNode();
  beforeEach((ctx) => {
    if ('reason' in newest) ctx.skip(newest.reason);
  });
  const on = 'version' in newest ? `Node ${newest.version}` : 'the newest Node';

  it.each(snippets.filter((one) => reasonOf(one) === undefined))(`on ${on}: $page runs: $title`, async (snippet) => {
    const { status, stderr } = await startIn(folder, (newest as { node: string }).node, snippet, false);
    expect(status, stderr).toBe(0);
  });
});
