import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashEmbedder } from '../../test/hash-embedder.ts';
import { search } from '../search/search.ts';
import { openIndex } from './open-index.ts';
import { rebuiltIn } from './rebuild.ts';
import { isFolder, openStore } from './store.ts';

describe('a store by name', () => {
  it.each(['./movies', '/data/movies', 'movies', './a:b', 'C:\\movies', 'c:/movies', '../x', ':x'])('%s is a folder', (where) => {
    expect(isFolder(where)).toBe(true);
  });

  it.each([
    [
      'redis://localhost:6379',
      /there is no store "redis:"; got "redis:\/\/localhost:6379"\. There are folders, and "memory:", "qdrant:", /,
    ],
    ['qdrnat://localhost/films', /Did you mean "qdrant:"\?/],
    ['memroy:', /Did you mean "memory:"\?/],
    ['notes:2024', /written "\.\/notes:2024"/],
    ['memory:movies', /"memory:" has nothing behind it/],
  ])('%s is refused, and told what there is', async (where, sentence) => {
    expect(() => openStore(where)).toThrow(expect.objectContaining({ code: 'E_USAGE', message: expect.stringMatching(sentence) }));
    await expect(openIndex(where, { create: true })).rejects.toMatchObject({ code: 'E_USAGE' });
  });

  it('memory: is an index of this process', async () => {
    await using index = await openIndex('memory:', { create: { fields: ['text'], idField: 'id' }, embedder: hashEmbedder() });
    await index.add([
      { id: 'a', text: 'bats fly' },
      { id: 'b', text: 'a lake' },
    ]);
    expect((await search(index, 'bats fly')).results[0]?.id).toBe('a');
    await expect(openIndex('memory:', { embedder: hashEmbedder() })).rejects.toMatchObject({ code: 'E_INDEX_MISSING' });
  });

  it('only a folder is rebuilt, and nothing is made for another', async () => {
    const before = process.cwd();
    process.chdir(mkdtempSync(join(tmpdir(), 'finetooth-store-')));
    try {
      await expect(rebuiltIn('memory:', {}, async () => {})).rejects.toMatchObject({ code: 'E_USAGE' });
      expect(readdirSync('.')).toEqual([]);
    } finally {
      process.chdir(before);
    }
  });
});
