import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rebuiltIn } from '../src/assemble/rebuild.ts';
import { type CreateOptions, type Document, type FieldTypes, type Filter, openIndex, type Store, search } from '../src/index.ts';
import { readDocuments } from '../src/read/read.ts';
import { indexFormat } from '../src/store/store.ts';
import { documentTest, lanceStore, memoryStore, typesIn } from '../src/stores.ts';
import { finetooth, workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

const films: readonly Document[] = [
  { id: 'a', title: 'Alien', year: 1979, tags: ['horror', 'space'] },
  { id: 'b', title: 'Heat', year: 1995, tags: [] },
  { id: 'c', title: 'Up', year: '2009', director: null },
];

/** As CSV files give everything: in texts. */
const shop: readonly Document[] = [
  { id: '1', title: 'Bats', year: '1989', published: '1989-03-01', price: '3.50', zip: '94110', seen: 'true', version: '1.9' },
  {
    id: '2',
    title: 'Whales',
    year: '2012',
    published: '2012-06-30T12:00:00Z',
    price: '12.00',
    zip: '00123',
    seen: 'false',
    version: '1.10',
  },
  { id: '3', title: 'Owls', year: '900', published: '2012-07-01', price: '', zip: '10115', seen: 'true', version: '2.0' },
];

const embedder = hashEmbedder();
const opened = async (store: Store | string, create: CreateOptions = {}, documents = shop) => {
  const index = await openIndex(store, { create: { fields: ['title'], ...create }, embedder });
  const report = documents.length === 0 ? undefined : await index.add(documents);
  return { index, report };
};

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

describe.each([
  ['memory', memoryStore],
  ['lancedb', () => lanceStore(join(workFolder(), 'index'))],
] as const)('what stands in texts (%s)', (_, make) => {
  it('compares as what it is, though the document comes back as it was', async () => {
    const { index } = await opened(make());
    await using _index = index;
    expect(typesIn(index.manifest() as never)).toEqual({
      id: 'keyword',
      price: 'number',
      published: 'date',
      seen: 'boolean',
      version: 'keyword',
      year: 'number',
      zip: 'keyword',
    });
    for (const [filter, ids] of [
      ['year >= 1990', ['2']],
      ['year > 500 and year < 1000', ['3']],
      ['year = 2012', ['2']],
      ['year != 2012', ['1', '3']],
      ['year in (2012, 900)', ['2', '3']],
      ['year prefix 20', ['2']],
      ['published >= 2012-06-30', ['2', '3']],
      ['published > 2012-06-30', ['3']],
      ['published <= 2012-06-30', ['1', '2']],
      ['published = 2012-06-30', ['2']],
      ['published = 2012', ['2', '3']],
      ['published < "2012-06-30T12:00:00Z"', ['1']],
      ['published prefix 2012-0', ['2', '3']],
      ['published contains 30T', ['2']],
      ['price <= 3.5', ['1']],
      ['price not exists', ['3']],
      ['zip = 94110', ['1']],
      ['zip = 00123', ['2']],
      ['zip = 123', []],
      ['zip prefix 1', ['3']],
      ['seen = true', ['1', '3']],
      ['version = 1.10', []],
      ['version = "1.10"', ['2']],
      [{ year: { gte: 2000 }, published: { lt: '2012-07' } }, ['2']],
      [{ published: ['1989-03-01', '2012-07-01'] }, ['1', '3']],
    ] as const) {
      const found = await search(index, 'animals', { filter: filter as Filter, reranker: null, documents: true });
      expect(found.results.map(({ id }) => id).sort(), JSON.stringify(filter)).toEqual(ids);
      for (const { document } of found.results) expect(shop).toContainEqual(document);
    }
  });

  it('keeps every digit of long integers', async () => {
    const long = [
      { id: 'a', title: 'A', serial: '9007199254740993' },
      { id: 'b', title: 'B', serial: '9007199254740992' },
    ];
    for (const types of [undefined, { serial: 'number' } as const]) {
      await using index = (await opened(make(), { types }, long)).index;
      const found = await search(index, 'a', { filter: 'serial = 9007199254740993', reranker: null });
      expect(found.results.map(({ id }) => id)).toEqual(['a']);
    }
  });

  it('says of which declared type no document has the field', async () => {
    const { index, report } = await opened(memoryStore(), { types: { yaer: 'number', price: 'number', stock: 'number' } });
    expect(report?.notes).toEqual([
      'no document has the field "yaer" (did you mean "year"?), of which a type was declared',
      'no document has the field "stock", of which a type was declared',
    ]);
    // It may come later, and then it is no longer new.
    expect((await index.add([{ id: '4', title: 'Ants', stock: '5' }])).notes).toBeUndefined();
    await index.close();
  });

  it('has the type that was declared, beside those that are inferred, and is told where it cannot be read', async () => {
    const types = { zip: 'number', title: 'keyword', year: 'keyword' } as const;
    const { index, report } = await opened(make(), { types });
    await using _index = index;
    expect(index.manifest()).toMatchObject({ declared: types, filterable: { ...types, published: 'date' } });
    expect(report?.unreadable).toBeUndefined();
    const more = await index.add([
      { id: '4', title: 'D', zip: 'n/a', published: '2020-01-01' },
      { id: '5', title: 'E', zip: 'none', published: 'soon', price: '02' },
      { id: '6', title: 'F', zip: '', published: null, seen: [] },
    ]);
    expect(more.unreadable).toEqual({ zip: 2, published: 1 });
    expect(more.notes).toEqual([
      '2 documents have a value in `zip` that is no number, such as "n/a": ranges pass over it',
      '1 document has a value in `published` that is no date, such as "soon": ranges pass over it',
      '1 document has a value in `price` such as "02", of which the 0 in front is lost in a number: rebuild the index with price:keyword among its types',
    ]);
    expect((await index.status()).unreadable).toEqual({ zip: 2, published: 1 });
    const ids = async (filter: string) => (await search(index, 'x', { filter, reranker: null, top: 9 })).results.map(({ id }) => id).sort();
    expect(await ids('zip >= 0')).toEqual(['1', '2', '3']);
    expect(await ids('zip = n/a')).toEqual(['4']);
    expect(await ids('zip exists')).toEqual(['1', '2', '3', '4', '5']);
  });

  it('is said where a filter asks what no document has', async () => {
    const { index } = await opened(make(), { types: { other: 'number' } });
    await using _index = index;
    const notes = async (filter: Filter) => (await search(index, 'animals', { filter, reranker: null })).notes;
    expect(await notes('zip >= 10000 or year = 2012')).toEqual([
      '"zip" holds keywords in this index, and 10000 compares with none: rebuild it with zip:number among its types, or compare as text, zip >= "10000"',
    ]);
    expect(await notes('published > soon')).toEqual([
      '"published" holds dates in this index, and "soon" compares with none: write a date as 2024-01-15, 2024-01, 2024 or 2024-01-15T10:30:00Z',
    ]);
    expect(await notes('year > old')).toEqual([
      '"year" holds numbers in this index, and "old" compares with none: write a number, or rebuild it with year:keyword among its types',
    ]);
    expect(await notes('yaer != 2012')).toEqual(['no document of this index has a field "yaer"; the nearest is "year"']);
    expect(await notes('other > 3')).toEqual([
      'no document has a value in "other" that the filter\'s range can be compared with: it holds numbers in this index',
    ]);
    for (const filter of ['year >= 3000', 'zip = 1']) expect(await notes(filter)).toBeUndefined();
    expect(await notes('title >= 5')).toEqual([expect.stringContaining('rebuild the index with title:number or title:date')]);
  });

  it('adds what is there already reading hashes, and vectors of those alone whose text stayed while another field changed', async () => {
    const store = noting(make());
    const { index } = await opened(store, {}, films);
    await using _index = index;
    store.asked.length = 0;
    await index.add(films, { prune: true });
    expect([...new Set(store.asked)].sort()).toEqual(['hash', 'textHash']);
    await index.add(films.map((film) => ({ ...film, seen: true })));
    expect([...new Set(store.asked)].sort()).toEqual(['further', 'hash', 'place', 'sparse', 'terms', 'textHash', 'tokens', 'vector']);
  });
});

describe('the types of fields', () => {
  it('are inferred from the first documents, whatever their order, and written into the manifest', async () => {
    for (const documents of [films, films.toReversed()]) {
      await using index = (await opened(join(workFolder(), 'films'), {}, documents)).index;
      expect(index.manifest()).toMatchObject({ format: indexFormat, filterable: { id: 'keyword', tags: 'keyword', year: 'number' } });
      const found = await search(index, 'a film', { filter: { fields: { tags: 'horror', year: { lt: 1980 } } }, reranker: null });
      expect(found.results.map(({ id }) => id)).toEqual(['a']);
      const late = await search(index, 'a film', { filter: 'year > 2000', reranker: null });
      expect(late.results.map(({ id }) => id)).toEqual(['c']);
    }
  });

  it('hold for the documents that come later, and for whoever opens the index', async () => {
    const folder = join(workFolder(), 'films');
    const types = { year: 'number', length: 'number' } as const;
    {
      await using index = (await opened(folder, { types }, films)).index;
      expect(index.manifest()?.filterable).toEqual({ ...types, id: 'keyword', tags: 'keyword' });
    }
    await using again = await openIndex(folder, { create: { types: { length: 'number' } }, embedder });
    expect(again.manifest()?.declared).toEqual(types);
    await expect(openIndex(folder, { create: { types: { year: 'keyword' } }, embedder })).rejects.toMatchObject({
      code: 'E_RECIPE',
      message: expect.stringContaining('has "year" as number; got year:keyword. Leave it out of types,') as string,
    });
  });

  it('are kept by a rebuild where they were declared, and inferred again where they were not', async () => {
    const folder = join(workFolder(), 'shop');
    await (await opened(folder, { types: { zip: 'number' } })).index.close();
    const better = shop.map((one) => ({ ...one, version: '1', year: `in ${String(one.year)}` }));
    await rebuiltIn(folder, {}, async (stage, create) => {
      await (await opened(stage, create, better)).index.close();
    });
    await using index = await openIndex(folder, { embedder });
    expect(index.manifest()).toMatchObject({
      declared: { zip: 'number' },
      filterable: { zip: 'number', version: 'number', year: 'keyword' },
    });
  });

  it('are refused where one is none', async () => {
    const create = { types: { year: 'day' } } as never;
    await expect(openIndex(memoryStore(), { create, embedder })).rejects.toThrow(
      'create.types must be an object of at most 100 fields, each with "number" or "keyword" or "date" or "boolean"; got an object.',
    );
    const told = await finetooth(['index', 'films.json', '--into', 'films', '--types', 'year:day']);
    expect(told.stderr).toContain(
      '--types takes fields with their types separated by commas, such as year:number (types: number, keyword, date, boolean)',
    );
  });

  it('are those of the manifest for a test of documents', () => {
    const types: FieldTypes = typesIn({ format: 6, filterable: { year: 'number' } });
    expect(documentTest('year >= 1980', types)({ year: '1989' })).toBe(true);
    expect(typesIn({ format: 5, filterable: { year: 'number' } })).toEqual({});
  });
});

describe('a CSV file on the command line', () => {
  it('is filtered by its numbers and dates, and says what it cannot read and cannot compare', { timeout: 120_000 }, async () => {
    const cwd = workFolder();
    const columns = ['id', 'title', 'text', 'year', 'published', 'zip'];
    const rows = [
      '1,Old,bats at night,1989,1989-03-01,00123',
      '2,New,bats and whales,2012,2012-06-30,94110',
      '3,Mid,bats again,900,,94110',
    ];
    writeFileSync(join(cwd, 'bats.csv'), [columns.join(), ...rows, '4,Odd,bats once more,unknown,2001-01-01,1'].join('\n'));
    const run = (...words: readonly string[]) => finetooth(words, { cwd });
    const first = await run('index', 'bats.csv', '--into', 'bats', '--types', 'year:number');
    expect(first.stderr).toContain('note: 1 document has a value in `year` that is no number, such as "unknown": ranges pass over it.');
    const status = await run('status', '--in', 'bats');
    expect(status.stdout).toMatch(/^types +id:keyword, published:date, year:number, zip:keyword$/m);
    expect(status.stdout).toContain('1 document with a value in year that is no number');
    const found = await run(
      'search',
      'bats',
      '--in',
      'bats',
      '--filter',
      'year >= 1000 and published > 1989-03-01',
      '--reranker',
      'none',
      '--json',
    );
    expect((JSON.parse(found.stdout) as { results: { id: string }[] }).results.map(({ id }) => id)).toEqual(['2']);
    const noted = await run('search', 'bats', '--in', 'bats', '--filter', 'zip >= 1 or yaer = 3', '--reranker', 'none');
    expect(noted.stderr).toContain('note: "zip" holds keywords in this index, and 1 compares with none: rebuild it with zip:number');
    expect(noted.stderr).toContain('note: no document of this index has a field "yaer"; the nearest is "year".');
  });

  it('has as many documents as it has rows, each as it was written', async () => {
    const path = join(workFolder(), 'a.csv');
    writeFileSync(path, 'id,title,year\n1,Old,1989\n');
    await using index = await openIndex(memoryStore(), { create: true, embedder });
    await index.addRead(readDocuments(path));
    const found = await search(index, 'old', { filter: 'year < 2000', documents: true, reranker: null });
    expect(found.results[0]?.document).toEqual({ id: '1', title: 'Old', year: '1989' });
  });
});
