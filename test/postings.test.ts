import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lanceStore } from '../src/store/lancedb/lancedb.ts';
import { verifyFolder } from '../src/store/lancedb/verify.ts';
import { backupIndex, restoreIndex } from '../src/tasks/index.ts';
import { finetooth, workFolder } from './finetooth.ts';
import {
  compareAtRandom,
  damagePostings,
  expectEqual,
  makeBoth,
  options,
  postingFiles,
  postingsIn,
  searchBesideBuilds,
  surviveBuildKills,
} from './postings.ts';

it('finds by sparse vectors what the memory store finds, to the last bit, whatever is written, deleted, optimized and compacted', async () => {
  await compareAtRandom(7, 1);
  await compareAtRandom(3, 6, 'large');
});

it('answers as before, and says so, when a file of postings is damaged, missing or of another index, and makes it again', async () => {
  await damagePostings(5, 2);
});

it('keeps the postings that there were when a build is killed', async () => {
  await surviveBuildKills(1, 3);
});

it('searches beside a process that builds', async () => {
  await searchBesideBuilds(3, 4);
});

it.each(['whole', 'damaged'])('copies postings into a backup, and back, those that are %s', async (state) => {
  const [folder, copy, back] = ['index', 'copy', 'back'].map((name) => join(workFolder(), name)) as [string, string, string];
  const { store, reference, random } = await makeBoth(folder, 50, 5);
  await store.optimize();
  await store.close();
  const names = postingFiles(folder).sort();
  const lost = state === 'damaged' ? names.slice(0, 1) : [];
  for (const name of lost) rmSync(join(postingsIn(folder), name));
  if (lost.length > 0) {
    const { status, stderr } = await finetooth(['verify', '--in', folder]);
    expect([status, stderr]).toEqual([4, expect.stringContaining(`"finetooth compact --in ${folder}" builds it again`)]);
  }
  await backupIndex({ in: folder, to: copy });
  await restoreIndex({ from: copy, into: back });
  for (const place of [copy, back]) {
    expect(postingFiles(place).sort()).toEqual(names.slice(lost.length));
    expect((await verifyFolder(place)).damages).toHaveLength(lost.length);
    const opened = lanceStore(place, options);
    await opened.open();
    await expectEqual(opened, reference, random, 12, place);
    await opened.optimize();
    expect((await verifyFolder(place)).damages).toEqual([]);
    await opened.close();
  }
});
