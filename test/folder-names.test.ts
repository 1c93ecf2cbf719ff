import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openIndex, search } from '../src/index.ts';
import { backupIndex, compactIndex, restoreIndex, verifyIndex } from '../src/tasks/index.ts';
import { workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

/** With those whose parts LanceDB would take for an escape of its own, or write as one. */
const names = ['a\tb', 'a\nb', '\r', '\u0001', '\u007f', '%', 'a%09b', 'a%2Fb', 'a b', 'a#b?c', 'a\\b', '"\'', 'é日', '*[a]'];

it.each(names)('an index in a folder with the name %j is in that folder', async (name) => {
  const work = workFolder();
  // Below a folder of that name, too.
  const folder = join(work, name, name);
  const backup = join(work, `${name}.backup`);
  {
    await using index = await openIndex(folder, { create: { fields: ['text'] }, embedder: hashEmbedder() });
    await index.add(Array.from({ length: 20 }, (_, i) => ({ id: `d${i}`, text: `text ${i} of a bat` })));
    await index.delete(['d3']);
  }
  await backupIndex({ in: folder, to: backup });
  {
    await using index = await openIndex(folder, { embedder: hashEmbedder() });
    expect((await index.status()).documents).toBe(19);
    expect((await search(index, 'bat', { firstStage: 'hybrid', reranker: null })).results).toHaveLength(5);
    await index.add([{ id: 'new', text: 'new' }]);
  }
  await compactIndex({ in: folder });
  await restoreIndex({ from: backup, into: folder });
  expect(await verifyIndex({ in: folder })).toMatchObject({ status: 'whole', documents: 19, unchecked: 0 });
  expect(readdirSync(work).sort()).toEqual([name, `${name}.backup`].sort());
});
