import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Document, lanceStore, memoryStore, openIndex, type Store, search } from '../src/index.ts';
import { finetooth, workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

const films: readonly Document[] = [
  { id: 'a', title: 'Alien', year: 1979, tags: ['horror', 'space'] },
  { id: 'b', title: 'Heat', year: 1995, tags: [] },
  { id: 'c', title: 'Up', year: '2009', director: null },
];

const embedder = hashEmbedder();

/** A store that notes which fields it is asked for. */
const noting = (inner: Store): Store & { readonly asked: string[] } => {
  const asked: string[] = [];
  return {
    ...inner,
    asked,
    get: (ids, fields) => {
      asked.push(...fields);
      return inner.get(ids, fields);
    },
  };
};

describe('fields that filters are fast on', () => {
  it('are inferred from the first documents, whatever their order, and written into the manifest', async () => {
    for (const documents of [films, films.toReversed()]) {
      await using index = await openIndex(join(workFolder(), 'films'), { create: { fields: ['title'] }, embedder });
      await index.add(documents);
      expect(index.manifest()).toMatchObject({ format: 4, filterable: { id: 'keyword', tags: 'keyword', year: 'keyword' } });
      const found = await search(index, 'a film', { filter: { fields: { tags: 'horror', year: { lt: 1980 } } }, reranker: null });
      expect(found.results.map(({ id }) => id)).toEqual(['a']);
    }
  });

  it('are those that were declared, and then no others', async () => {
    const folder = join(workFolder(), 'films');
    const filterable = { year: 'number', length: 'number' } as const;
    {
      await using index = await openIndex(folder, { create: { fields: ['title'], filterable }, embedder });
      await index.add(films);
      expect(index.manifest()?.filterable).toEqual(filterable);
      for (const [filter, ids] of [
        [{ fields: { year: { gte: 1979 } } }, ['a', 'b']],
        [{ fields: { year: { gte: '1' } } }, ['c']],
        [{ fields: { year: '2009' } }, ['c']],
        [{ fields: { tags: 'space' } }, ['a']],
        [{ fields: { length: { exists: true } } }, []],
      ] as const) {
        const found = await search(index, 'a film', { filter, firstStage: 'hybrid', reranker: null });
        expect(found.results.map(({ id }) => id).sort()).toEqual(ids);
      }
    }
    await using again = await openIndex(folder, { create: { filterable: { length: 'number', year: 'number' } }, embedder });
    expect(again.manifest()?.filterable).toEqual(filterable);
    await expect(openIndex(folder, { create: { filterable: { year: 'keyword' } }, embedder })).rejects.toMatchObject({
      code: 'E_RECIPE',
      message: expect.stringContaining(
        'has the filterable fields length:number,year:number; got year:keyword. Leave filterable out,',
      ) as string,
    });
  });

  it('are refused where a type is not one', async () => {
    const create = { filterable: { year: 'date' } } as never;
    await expect(openIndex(memoryStore(), { create, embedder })).rejects.toThrow(
      'create.filterable must be an object of at most 100 fields, each with "number" or "keyword"; got an object.',
    );
    const told = await finetooth(['index', 'films.json', '--into', 'films', '--filterable', 'year:date']);
    expect(told.stderr).toContain(
      '--filterable takes fields with their types separated by commas, such as year:number (types: number, keyword)',
    );
  });
});

describe.each([
  ['memory', memoryStore],
  ['lancedb', () => lanceStore(join(workFolder(), 'index'))],
] as const)('adding what is there already (%s)', (_, make) => {
  it('reads hashes, and vectors of those alone whose text stayed while another field changed', async () => {
    const store = noting(make());
    await using index = await openIndex(store, { create: { fields: ['title'] }, embedder });
    await index.add(films);
    store.asked.length = 0;
    await index.add(films, { prune: true });
    expect([...new Set(store.asked)].sort()).toEqual(['hash', 'textHash']);
    await index.add(films.map((film) => ({ ...film, seen: true })));
    expect([...new Set(store.asked)].sort()).toEqual(['hash', 'textHash', 'tokens', 'vector']);
  });
});
