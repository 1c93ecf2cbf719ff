import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openIndex, search } from '../src/index.ts';
import { indexDocuments } from '../src/tasks/index-documents.ts';
import { workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

it('makes the words of an index of words-1 again without embedding, and keeps its languages', async () => {
  const folder = join(workFolder(), 'index-6');
  cpSync(join(import.meta.dirname, 'formats', 'index-6'), folder, { recursive: true });
  const known = hashEmbedder(0, { tokens: true });
  const embedder = {
    ...known,
    embed: () => {
      throw new Error('embedded again');
    },
  };
  const report = await indexDocuments({ source: folder, into: folder, rebuild: true, languages: ['de'], embedder });
  expect([report.added, report.reused]).toEqual([3, 3]);
  await using index = await openIndex(folder, { embedder });
  expect(index.manifest()).toMatchObject({ analyzer: 'words-2', languages: ['de'] });
  const answer = await search(index, 'salted flour', { firstStage: 'bm25', reranker: null });
  expect([answer.results.map(({ id }) => id), answer.notes]).toEqual([['a'], undefined]);
  expect((await indexDocuments({ source: folder, into: folder, rebuild: true, embedder })).reused).toBe(3);
  await using again = await openIndex(folder, { embedder });
  expect(again.manifest()).toMatchObject({ languages: ['de'] });
  const copy = join(workFolder(), 'copy');
  await indexDocuments({ source: folder, into: copy, embedder });
  await using copied = await openIndex(copy, { embedder });
  expect(copied.manifest()).toMatchObject({ languages: ['de'] });
});
