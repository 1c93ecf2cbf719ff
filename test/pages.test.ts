import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type Document,
  openIndex,
  type Reranker,
  type SearchAnswer,
  type SearchIndex,
  type SearchOptions,
  type SearchResult,
  search,
} from '../src/index.ts';
import { randomFrom } from '../src/math/random.ts';
import { memoryStore } from '../src/stores.ts';
import { workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

const folder = workFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const words = ['bats', 'caves', 'night', 'echo', 'the sea', 'islands', 'a shark'];
const QUERY = 'bats by the sea';
const COUNT = 60;
const random = randomFrom(4);
const documentOf = (id: string): Document => {
  const length = 1 + random.below(12);
  const text = Array.from({ length }, () => words[random.below(words.length)]).join(' and ');
  return { id, text, year: 1990 + random.below(9), author: ['Ann', 'Bo', 'Cy', undefined][random.below(4)], tenant: 'us' };
};
const scorer: Reranker = {
  fingerprint: 'scorer@1',
  score: async (_, candidates) => ({ scores: Float32Array.from(candidates, ({ text }) => (text.length * 7) % 31) }),
};

let made = 0;
const stores: Readonly<Record<string, () => string | ReturnType<typeof memoryStore>>> = {
  'in memory': () => memoryStore(),
  'in a folder': () => join(folder, String(made++)),
};
const openAt = async (store: string | ReturnType<typeof memoryStore>, count = COUNT): Promise<SearchIndex> => {
  const index = await openIndex(store, {
    create: { fields: ['text'], idField: 'id' },
    embedder: hashEmbedder(0, { window: 20 }),
    reranker: scorer,
  });
  await index.add(Array.from({ length: count }, (_, i) => documentOf(`d${i}`)));
  return index;
};

/** The whole of a ranking, page by page, with what happens between them. */
const paged = async (index: SearchIndex, options: SearchOptions, between: (page: number) => Promise<void>) => {
  const pages = [];
  let cursor: string | undefined = '*';
  for (let page = 0; cursor !== undefined; page++) {
    const answer: SearchAnswer = await search(index, QUERY, { ...options, cursor, documents: true });
    pages.push(answer.results);
    cursor = answer.nextCursor;
    await between(page);
  }
  return pages;
};

const ways: Readonly<Record<string, SearchOptions>> = {
  'by the reranker': {},
  'by the first stage': { reranker: null, firstStage: 'hybrid' },
  'under a filter': { filter: 'tenant = us and year >= 1992' },
  'in an order by a field': { sort: ['-year', 'author'] },
  'unlike each other': { diversity: 0.5, reranker: null },
  'with what the stages gave, and why': { stages: true, explain: true },
};

describe.each(Object.entries(stores))('pages of an index %s', (_, place) => {
  it.each(Object.entries(ways))('are of one ranking, whatever is written between them: %s', async (_, way) => {
    await using index = await openAt(place());
    // Some of the documents have equal texts, which come and go with those that stand for them.
    const options = { ...way, collapse: 'off', candidates: 100, top: 7 } as const;
    const whole = await search(index, QUERY, { ...options, documents: true, top: 100 });
    const gone = new Set<string>();
    let shown = 0;
    const pages = await paged(index, options, async (page) => {
      shown = (page + 1) * 7;
      // New ones, new versions and deletions, before the place that was reached and behind it.
      await index.add(Array.from({ length: 9 }, (_, i) => documentOf(`new-${page}-${i}`)));
      const last = whole.results[whole.results.length - 1 - page];
      const first = whole.results[page];
      if (last !== undefined && whole.results.indexOf(last) >= shown) gone.add(last.id);
      await index.delete([last?.id ?? '', first?.id ?? '']);
    });
    const expected = whole.results.filter(({ id }) => !gone.has(id));
    expect(gone.size).toBeGreaterThan(1);
    expect(pages.flat().map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    expect(pages.flat().map(({ rank }) => rank)).toEqual(expected.map((_, at) => at + 1));
    const plain = ({ rank, ...rest }: SearchResult) => rest;
    expect(pages.flat().map(plain)).toEqual(expected.map(plain));
    expect(pages.slice(0, -1).every(({ length }) => length === 7)).toBe(true);
  });

  it('have each group once, and its next best where the best was deleted', async () => {
    await using index = await openAt(place());
    const options = { candidates: 100, top: 1, groupBy: 'author', perGroup: 3 };
    const whole = (await search(index, QUERY, { ...options, documents: true, top: 100 })).results;
    const later = whole.slice(1).find(({ group }) => (group?.candidates ?? 0) > 1) as (typeof whole)[0];
    const pages = await paged(index, options, async (page) => {
      if (page === 0) await index.delete([later.id]);
    });
    const expected = whole.map(({ id, group }) => (id === later.id ? group?.further[0]?.id : id));
    expect(pages.flat().map(({ id }) => id)).toEqual(expected);
    expect(pages.flat().find(({ group }) => group?.value === later.group?.value)?.group).toMatchObject({
      candidates: (later.group?.candidates as number) - 1,
      further: [{ id: later.group?.further[1]?.id }, {}],
    });
    const values = pages.flat().flatMap(({ group }) => (group?.value === null ? [] : [group?.value]));
    expect([values.length, new Set(values).size]).toEqual([3, 3]);
  });

  it('have a near-duplicate in the place of the one that stood for it and was deleted', async () => {
    await using index = await openAt(place(), 20);
    const text = 'bats in the caves of an island hunt at night by their echo';
    await index.add(['x', 'y', 'z'].map((id) => ({ id, text })));
    const options: SearchOptions = { collapse: 'near', candidates: 100, top: 1 };
    const whole = (await search(index, QUERY, { ...options, top: 100 })).results;
    const standing = whole.findIndex(({ duplicates }) => duplicates?.includes('y'));
    const { id, duplicates = [] } = whole[standing] as (typeof whole)[0];
    expect([standing > 0, [id, ...duplicates].sort()]).toEqual([true, ['x', 'y', 'z']]);
    const pages = await paged(index, options, async (page) => {
      if (page === 0) await index.delete([id]);
    });
    expect(pages.flat().map((one) => one.id)).toEqual(whole.map((one) => (one.id === id ? duplicates[0] : one.id)));
    expect(pages.flat()[standing]?.duplicates).toEqual(duplicates.slice(1));
  });

  it('show a document as it is now, and none that the filter no longer fits', async () => {
    await using index = await openAt(place());
    const options: SearchOptions = { filter: 'tenant = us', collapse: 'off', candidates: 100, top: 5, documents: true };
    const { nextCursor, results } = await search(index, QUERY, { ...options, cursor: '*' });
    const whole = (await search(index, QUERY, { ...options, top: 8 })).results;
    const [taken, changed] = [whole[5], whole[6]] as [(typeof whole)[0], (typeof whole)[0]];
    await index.add([
      { ...taken.document, tenant: 'them' },
      { ...changed.document, text: 'other', year: 1900 },
    ]);
    const page = await search(index, QUERY, { ...options, top: 2, cursor: nextCursor as string });
    expect(results).toHaveLength(5);
    expect(page.results.map(({ id, document }) => [id, document?.year])).toEqual([
      [changed.id, 1900],
      [whole[7]?.id, whole[7]?.document?.year],
    ]);
    expect([page.candidates, page.timings.rerank, page.usage]).toEqual([[], 0, {}]);
  });
});

it('nothing is embedded or ranked again for a page after the first', async () => {
  const asked: string[] = [];
  const embedder = hashEmbedder();
  const index = await openIndex(memoryStore(), {
    create: { fields: ['text'] },
    embedder: {
      ...embedder,
      embed: (...given) => {
        asked.push('embed');
        return embedder.embed(...given);
      },
    },
    reranker: {
      ...scorer,
      score: (...given) => {
        asked.push('score');
        return scorer.score(...given);
      },
    },
  });
  await index.add(Array.from({ length: 9 }, (_, i) => documentOf(`d${i}`)));
  const { nextCursor } = await search(index, QUERY, { cursor: '*', top: 5 });
  const before = asked.length;
  const page = await search(index, QUERY, { cursor: nextCursor as string, top: 5 });
  expect([page.results.length, page.nextCursor, asked.length]).toEqual([4, undefined, before]);
  await index.close();
});

describe('a cursor', () => {
  it('is there only where it was asked for, and something follows', async () => {
    await using index = await openAt(memoryStore(), 6);
    expect((await search(index, QUERY, { top: 2 })).nextCursor).toBeUndefined();
    expect((await search(index, QUERY, { top: 6, cursor: '*' })).nextCursor).toBeUndefined();
    expect((await search(index, QUERY, { top: 5, cursor: '*' })).nextCursor).toEqual(expect.any(String));
  });

  it('is refused where it is of another search, another index, damaged, or beside an offset', async () => {
    await using index = await openAt(memoryStore());
    await using other = await openAt(memoryStore());
    const { nextCursor: cursor } = await search(index, QUERY, { cursor: '*', filter: 'year > 0' });
    const given = cursor as string;
    const again = (options: SearchOptions, of = index, query = QUERY) =>
      search(of, query, { filter: 'year > 0', cursor: given, ...options });
    // The same in other words.
    for (const same of [
      {},
      { top: 3 },
      { candidates: 25 },
      { filter: { year: { gt: 0 } } },
      { documents: true, facets: 'year' },
      { deadlineMs: 9999 },
    ])
      expect((await again(same)).results.length).toBeGreaterThan(0);
    const ofAnother = { code: 'E_CURSOR', message: expect.stringContaining('is of another query') };
    for (const changed of [{ filter: 'year > 1' }, { candidates: 30 }, { sort: 'year' }, { reranker: null }, { groupBy: 'author' }])
      await expect(again(changed)).rejects.toMatchObject(ofAnother);
    await expect(again({}, index, 'bats')).rejects.toMatchObject(ofAnother);
    await expect(again({}, other)).rejects.toMatchObject(ofAnother);
    const damaged = { code: 'E_CURSOR', message: expect.stringContaining('Page again from the start') };
    const bomb = `x.${deflateRawSync(Buffer.alloc(40_000_000, ' ')).toString('base64url')}`;
    for (const wrong of ['x', '**', given.slice(0, -9), given.split('.')[0] as string, `${given.split('.')[0]}.${'A'.repeat(50)}`, bomb])
      await expect(again({ cursor: wrong })).rejects.toMatchObject(damaged);
    await expect(again({ offset: 1 })).rejects.toMatchObject({
      code: 'E_USAGE',
      message: expect.stringContaining('leave one of them out'),
    });
    await expect(again({ cursor: '' })).rejects.toMatchObject({ code: 'E_USAGE' });
  });

  it('shows no document that the filter does not let through, though a client writes its id into it', async () => {
    await using index = await openAt(memoryStore());
    await index.add([{ id: 'secret', text: 'bats', tenant: 'them', year: 2000 }]);
    const options = { filter: 'tenant = us', documents: true };
    const { nextCursor } = await search(index, QUERY, { ...options, cursor: '*' });
    const [key, packed] = (nextCursor as string).split('.') as [string, string];
    const frozen = JSON.parse(inflateRawSync(Buffer.from(packed, 'base64url')).toString('utf8'));
    const forged = { ...frozen, order: [{ ...frozen.order[0], id: 'secret' }, ...frozen.order.slice(1)] };
    const cursor = `${key}.${deflateRawSync(JSON.stringify(forged)).toString('base64url')}`;
    const page = await search(index, QUERY, { ...options, cursor });
    expect([page.results.length, page.results.map(({ id }) => id).includes('secret')]).toEqual([5, false]);
    for (const broken of [
      { order: [{}] },
      { order: [{ ...frozen.order[0], index: 1e9 }] },
      { stages: [7] },
      { before: -1 },
      { order: 3 },
    ]) {
      const wrong = `${key}.${deflateRawSync(JSON.stringify({ ...frozen, ...broken })).toString('base64url')}`;
      await expect(search(index, QUERY, { ...options, cursor: wrong })).rejects.toMatchObject({ code: 'E_CURSOR' });
    }
  });

  it('ends with the index that it is of: one that was made again begins anew', async () => {
    const at = join(folder, 'rebuilt');
    const index = await openAt(at, 20);
    const { nextCursor } = await search(index, QUERY, { cursor: '*' });
    await index.close();
    rmSync(at, { recursive: true });
    await using again = await openAt(at, 20);
    await expect(search(again, QUERY, { cursor: nextCursor as string })).rejects.toMatchObject({ code: 'E_CURSOR' });
  });
});
