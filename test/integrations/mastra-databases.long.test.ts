import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVectorIndexes } from '../../src/integrations/mastra/vector-indexes.ts';
import { databases, type TestDatabase } from '../support/databases.ts';

describe.each(Object.entries(databases))('a vector store of Mastra in %s', (name, start) => {
  let started: TestDatabase | string = 'it was not started';
  beforeAll(async () => {
    started = await start();
  });
  afterAll(async () => {
    if (typeof started !== 'string') await started.stop();
  });

  it('makes, fills, asks, changes and empties an index', async (context) => {
    if (typeof started === 'string') return context.skip(`no ${name}: ${started}`);
    const at = { films: started.address('films'), typed: started.address('typed') };
    const vectors = createVectorIndexes({ at, types: { year: 'number' } });
    for (const indexName of Object.keys(at)) {
      expect(await vectors.list()).not.toContain(indexName);
      await vectors.create(indexName, 2);
      expect(await vectors.describe(indexName)).toEqual({ dimension: 2, count: 0, metric: 'cosine' });
      const metadata = [
        { text: 'lake', year: 1990, kind: 'drama' },
        { text: 'bats', year: 2005, kind: 'crime' },
        { text: 'farm', kind: 'drama' },
      ];
      await vectors.upsert({
        indexName,
        vectors: [
          [1, 0],
          [0, 3],
          [1, 1],
        ],
        metadata,
        ids: ['a', 'b', 'c'],
      });
      const ask = async (more: object = {}) => (await vectors.query({ indexName, queryVector: [0, 1], ...more })).map(({ id }) => id);
      expect(await ask()).toEqual(['b', 'c', 'a']);
      expect(await ask({ filter: { year: { $gte: 1980 } } })).toEqual(['b', 'a']);
      expect(await ask({ filter: { $nor: [{ kind: 'crime' }] } })).toEqual(['c', 'a']);
      expect(await ask({ filter: { year: { $exists: false } } })).toEqual(['c']);
      const [best] = await vectors.query({ indexName, queryVector: [0, 1], topK: 1, includeVector: true });
      expect(best).toEqual({ id: 'b', score: expect.closeTo(1, 4), metadata: metadata[1], vector: [0, 1] });
      await vectors.update({ indexName, id: 'c', update: { vector: [0, -1], metadata: { year: 2020 } } });
      expect(await ask({ filter: { year: { $gt: 2010 } } })).toEqual(['c']);
      await vectors.upsert({ indexName, vectors: [[1, 0]], ids: ['d'], metadata: [{ year: 1991 }], deleteFilter: { year: 1990 } });
      expect((await ask()).sort()).toEqual(['b', 'c', 'd']);
      await vectors.delete({ indexName, filter: { year: { $gt: 0 } } });
      expect(await vectors.describe(indexName)).toMatchObject({ count: 0 });
      await expect(vectors.remove(indexName)).rejects.toMatchObject({ code: 'E_USAGE' });
      await expect(vectors.create(indexName, 3)).rejects.toMatchObject({ code: 'E_USAGE' });
    }
    expect((await vectors.list()).toSorted()).toEqual(['films', 'typed']);
    await vectors.close();
    // In another process it is all there.
    const again = createVectorIndexes({ at });
    expect(await again.describe('films')).toMatchObject({ dimension: 2, count: 0 });
    await again.close();
  });
});
