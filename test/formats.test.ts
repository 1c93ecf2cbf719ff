import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openIndex, search } from '../src/index.ts';
import { indexFormat } from '../src/store/store.ts';
import { workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';
import { hashSparse } from './hash-sparse.ts';

const formats = join(import.meta.dirname, 'formats');

/** One index of every past format stays here as it was written then; this version must open, search and extend it. */
describe('indexes of earlier versions', () => {
  it('has a sample of every format', () => {
    expect(readdirSync(formats).sort()).toEqual(Array.from({ length: indexFormat }, (_, i) => `index-${i + 1}`));
  });

  it.each(readdirSync(formats))('%s opens, is searched and takes more', async (name) => {
    const folder = join(workFolder(), name);
    cpSync(join(formats, name), folder, { recursive: true });
    const sparse = Number(name.slice(-1)) >= 8 ? hashSparse() : undefined;
    await using index = await openIndex(folder, { embedder: hashEmbedder(0, { tokens: true }), sparse });
    expect(index.manifest()).toMatchObject({ fields: ['title', 'text'], idField: 'id' });
    const found = await search(index, 'salted flour', { firstStage: 'bm25', documents: true });
    expect(found.results.map(({ id }) => id)).toEqual(['a']);
    expect(found.results[0]?.document).toEqual({ id: 'a', title: 'Bread', text: 'Flour, water, salt and time.' });
    expect((await search(index, 'x', { top: 5 })).results).toHaveLength(3);
    const filter = { fields: { id: 'a' } };
    expect((await search(index, 'x', { filter })).results.map(({ id }) => id)).toEqual(['a']);
    const format = Number(name.slice(-1));
    expect(index.manifest()?.filterable).toEqual(
      format >= 4 ? { id: 'keyword', tags: 'keyword', year: 'number', ...(format >= 6 && { day: 'date' }) } : undefined,
    );
    // From the sixth on numbers and dates in texts are compared as such; before, the number that there is.
    const [late] = (await search(index, 'x', { filter: 'year < 2000', reranker: null, documents: true })).results;
    if (format >= 4) expect(late?.document?.year).toBe(format >= 6 ? '1998' : 1998);
    const dated = await search(index, 'x', { filter: 'day = 1998-05', reranker: null });
    expect(dated.results.map(({ id }) => id)).toEqual(format >= 6 ? ['b'] : []);
    // From the fifth on a long document is found by each of its passages.
    const [isSplit, ticking] = [format >= 5, await search(index, 'tick loudly', { firstStage: 'bm25', reranker: null })];
    expect(ticking.results.map(({ id, highlight }) => [id, highlight?.text.slice(0, 26)])).toEqual(
      isSplit ? [['c', 'Some clocks tick loudly at']] : [],
    );
    expect([index.manifest()?.splitter !== undefined, (await index.status()).passages !== undefined]).toEqual([isSplit, isSplit]);
    const report = await index.add([
      { id: 'a', title: 'Bread', text: 'Flour, water, salt and time.' },
      { id: 'd', title: 'New', text: 'one' },
    ]);
    expect([report.added, report.unchanged]).toEqual([1, 1]);
    // From the eighth on tokens may be weighed by a sparse model.
    const weighed = search(index, 'tick loudly', { firstStage: 'sparse', reranker: null });
    if (format < 8) await expect(weighed).rejects.toMatchObject({ code: 'E_USAGE' });
    else expect((await weighed).results.map(({ id }) => id)).toEqual(['c']);
    const keepsTokens = index.manifest()?.tokens !== undefined;
    // From the seventh on titles may have vectors of their own.
    for await (const { tokens, title } of index.store.get(['a', 'd'], ['tokens', 'title']))
      expect([(tokens?.length ?? 0) > 0, title !== undefined]).toEqual([keepsTokens, format >= 7]);
  });
});
