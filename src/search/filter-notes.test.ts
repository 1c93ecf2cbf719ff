import { expect, it } from 'vitest';
import { hashEmbedder } from '../../test/hash-embedder.ts';
import { openIndex } from '../assemble/open-index.ts';
import { memoryStore } from '../store/memory.ts';
import { search } from './search.ts';

it('looks through all documents for a field once, and again when they have changed', async () => {
  const store = memoryStore();
  let looked = 0;
  const counted: typeof store = {
    ...store,
    get: (ids, fields) => {
      if (ids === 'all') looked++;
      return store.get(ids, fields);
    },
  };
  await using index = await openIndex(counted, { create: { fields: ['text'] }, embedder: hashEmbedder() });
  await index.add([{ id: 'a', text: 'bats', depth: 1 }]);
  looked = 0;
  const notes = async () => (await search(index, 'bats', { filter: { fields: { deep: { exists: true } } }, reranker: null })).notes;
  const sentence = expect.stringContaining('no document of this index has a field "deep"');
  for (let times = 0; times < 3; times++) expect(await notes()).toEqual([sentence]);
  expect(looked).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await index.add([{ id: 'b', text: 'more bats', deep: 2 }]);
  expect(await notes()).toBeUndefined();
});
