import { expect, it } from 'vitest';
import { hashEmbedder } from '../../test/hash-embedder.ts';
import { openIndex } from '../assemble/open-index.ts';
import { diskErrorOf, FinetoothError } from '../errors.ts';
import { memoryStore } from '../store/memory.ts';

const full = () => Promise.reject(diskErrorOf(Object.assign(new Error('no'), { code: 'ENOSPC' }), './notes'));

it.each([
  ['what follows the rows', { optimize: full }, ['0', '1', '1', 'unknown'], 'Of the 3 ids to delete 0 are in the index still'],
  ['the rows themselves', { delete: full }, ['0', '1'], 'Of the 2 ids to delete 2 are in the index still'],
])('a full disk at %s says which ids went', async (_, broken, ids, words) => {
  const store = memoryStore();
  const options = { embedder: hashEmbedder(), create: { fields: ['text'], idField: 'id' } };
  const filled = await openIndex({ ...store, close: async () => {} }, options);
  await filled.add(Array.from({ length: 5 }, (_one, i) => ({ id: String(i), text: `text ${i}` })));
  await using index = await openIndex({ ...store, ...broken }, options);
  const error = await index.delete(ids).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FinetoothError);
  expect(error).toMatchObject({ code: 'E_DISK_FULL', message: expect.stringContaining(words) });
  expect((error as Error).message).toMatch(/^cannot write to \.\/notes: the disk is full\./);
});
