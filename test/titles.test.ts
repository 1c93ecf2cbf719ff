import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type CreateOptions,
  type Document,
  type Embedder,
  openIndex,
  type Reranker,
  type SearchIndex,
  type Store,
  search,
} from '../src/index.ts';
import { titleForm, type unpackTitle } from '../src/math/packed-title.ts';
import type { Candidate } from '../src/rerankers.ts';
import { memoryStore } from '../src/store/memory.ts';
import { indexFormat } from '../src/store/store.ts';
import { backupIndex, exportIndex, indexDocuments, restoreIndex, verifyIndex } from '../src/tasks/index.ts';
import { hashEmbedder } from './hash-embedder.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-titles-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const fresh = (name = 'index'): string => join(folder, `${made++}-${name}`);

const tellings = [
  'hunts by echo over the lake',
  'eats swimmers near the island',
  'counts the stars of the south',
  'waits for a train that is late',
];
const films: readonly Document[] = Array.from({ length: 50 }, (_, i) => ({
  id: `f${String(i).padStart(2, '0')}`,
  title: i % 2 === 0 ? `Film ${i}` : `The Night of ${i}`,
  text: `Number ${i} ${tellings[i % 4]} while number ${i + 1} ${tellings[(i + 1) % 4]} and nobody knows of the other.`,
}));
/** With one that has no title, one whose title is blank, and one that has nothing else. */
const odd: readonly Document[] = [
  ...films,
  { id: 'none', text: 'A text without a title, which is read as it stands.' },
  { id: 'blank', title: '  ', text: 'A text with a blank one.' },
  { id: 'whole', title: 'A title alone', text: '' },
];
const withoutTitles = ['blank', 'none', 'whole'];

const form = { tokens: true } as const;
const counting = () => {
  const inner = hashEmbedder(0, form);
  const texts: string[] = [];
  const embedder: Embedder = {
    ...inner,
    embed: (some, role, call) => {
      if (role === 'document') texts.push(...some);
      return inner.embed(some, role, call);
    },
  };
  return { embedder, texts };
};

/** Keeps what it is shown. */
const watching = () => {
  const shown = new Map<string, Candidate>();
  const reranker: Reranker = {
    fingerprint: 'watching@1',
    score: async (_, candidates) => {
      for (const one of candidates) shown.set(one.id as string, one);
      return { scores: Float32Array.from(candidates, () => 1) };
    },
  };
  return { reranker, shown };
};

const titlesIn = async (store: Store): Promise<Readonly<Record<string, readonly number[]>>> => {
  const all = await Array.fromAsync(store.get('all', ['title']));
  const titled = all.flatMap(({ id, title }) => (title === undefined ? [] : [[id, [...title]] as const]));
  return Object.fromEntries(titled.sort(([a], [b]) => (a < b ? -1 : 1)));
};

async function opened(create: CreateOptions, documents = odd, store: string | Store = memoryStore()): Promise<SearchIndex> {
  const index = await openIndex(store, { create, embedder: hashEmbedder(0, form) });
  await index.add(documents);
  return index;
}

const shownIn = async (index: SearchIndex, options = {}): Promise<ReadonlyMap<string, Candidate>> => {
  const { reranker, shown } = watching();
  await search(index, 'night', { candidates: 100, reranker, ...options });
  return shown;
};

describe('an index of records', () => {
  it.each<[string, () => string | Store]>([
    ['in memory', () => memoryStore()],
    ['in a folder', () => fresh()],
  ])('%s keeps the vectors of their titles, and rerankers are shown both', async (_, at) => {
    await using index = await opened({}, odd, at());
    expect(index.manifest()).toMatchObject({ titleField: 'title', format: indexFormat });
    expect(Object.keys(await titlesIn(index.store))).toEqual(films.map(({ id }) => id));
    const shown = await shownIn(index);
    expect(shown.size).toBe(53);
    const tokens = index.manifest()?.tokens as Parameters<typeof unpackTitle>[1];
    for (const { id, title } of films) {
      const own = shown.get(id as string)?.title;
      expect([own?.text, own?.tokens?.form, own?.tokens?.data.length]).toEqual([
        title,
        titleForm(tokens),
        8 * String(title).split(' ').length,
      ]);
    }
    for (const id of withoutTitles) expect(shown.get(id)).toMatchObject({ id, title: undefined });
  });

  it('is the same in whatever order they come', async () => {
    const all = odd.map((one) => one);
    const [one, other] = [
      await opened({}, all),
      await opened(
        {},
        all.toSorted((a, b) => (String(a.text).slice(9) < String(b.text).slice(9) ? 1 : -1)),
      ),
    ];
    expect(other.manifest()?.titleField).toBe('title');
    expect(await titlesIn(other.store)).toEqual(await titlesIn(one.store));
  });

  it('ranks other fields, and those with labels, as the one text that they make', async () => {
    await using index = await opened({});
    for (const options of [{ rankFields: ['text'] }, { fieldLabels: true }])
      expect([...(await shownIn(index, options)).values()].filter(({ title }) => title !== undefined)).toEqual([]);
    expect([...(await shownIn(index, { firstStage: 'hybrid' })).values()].filter(({ title }) => title !== undefined)).toHaveLength(50);
  });

  it('has the title of a long document with each of its passages', async () => {
    const long = films.map((film) => ({ ...film, text: `${film.text}\n\n`.repeat(6) }));
    await using index = await openIndex(fresh(), { create: true, embedder: hashEmbedder(0, { tokens: true, window: 30 }) });
    await index.add(long);
    expect((await index.status()).passages).toBeGreaterThan(100);
    const shown = await shownIn(index);
    for (const { id, title } of films)
      expect(shown.get(id as string)?.title).toMatchObject({ text: title, tokens: { data: expect.anything() } });
  });

  it('shows titles without vectors where there are no token vectors, or the store keeps none of them', async () => {
    const inner = memoryStore();
    const { titles: _, ...capabilities } = inner.capabilities;
    for (const index of [await opened({ tokens: null }), await opened({}, odd, { ...inner, capabilities })]) {
      expect(await titlesIn(index.store)).toEqual({});
      expect((await shownIn(index)).get('f01')?.title).toEqual({ text: 'The Night of 1', tokens: undefined });
      await index.close();
    }
  });

  it('makes the vectors of a title again where that changed and the text did not', async () => {
    await using index = await opened({});
    const before = (await titlesIn(index.store)).f00;
    const [first] = films as readonly [Document];
    const moved = { ...first, title: 'Film', text: `0 ${first.text}` };
    expect(await index.add([moved])).toMatchObject({ changed: 1 });
    const after = (await titlesIn(index.store)).f00;
    expect(after).not.toEqual(before);
    expect((await shownIn(index)).get('f00')).toMatchObject({ text: `Film 0 ${first.text}`, title: { text: 'Film' } });
    await index.add([{ ...moved, year: 1999 }]);
    expect((await titlesIn(index.store)).f00).toEqual(after);
    await index.add([{ id: 'f00', text: `Film 0 ${first.text}` }]);
    expect((await titlesIn(index.store)).f00).toBeUndefined();
  });
});

describe('the field of titles', () => {
  it('may be named, or none', async () => {
    const few = films.slice(0, 3);
    expect((await opened({}, few)).manifest()?.titleField).toBeUndefined();
    const named = await opened({ titleField: 'title' }, few);
    expect(Object.keys(await titlesIn(named.store))).toHaveLength(3);
    const none = await opened({ titleField: 'none' });
    expect([none.manifest()?.titleField, await titlesIn(none.store)]).toEqual([null, {}]);
    expect([...(await shownIn(none)).values()].filter(({ title }) => title !== undefined)).toEqual([]);
  });

  it('is refused where no document has it, and where the index has another', async () => {
    await expect(opened({ titleField: 'titel' })).rejects.toMatchObject({
      code: 'E_FIELD',
      message: expect.stringContaining('no document has the field "titel" (did you mean "title"?)'),
    });
    const store = memoryStore();
    await opened({}, odd, store);
    const open = (titleField: string) =>
      openIndex({ ...store, close: async () => {} }, { create: { titleField }, embedder: hashEmbedder(0, form) });
    await open('title');
    await expect(open('none')).rejects.toMatchObject({
      code: 'E_RECIPE',
      message: expect.stringContaining('compares the field title by itself; got none. Leave titleField out'),
    });
  });
});

describe('titles', () => {
  const source = fresh('source');
  const from = fresh('films.json');
  writeFileSync(from, JSON.stringify(odd));
  const making = indexDocuments({ source: from, into: source, embedder: hashEmbedder(0, form) });
  const titlesOf = async (where: string) => {
    await using index = await openIndex(where, { embedder: null });
    return [index.manifest()?.titleField, await titlesIn(index.store)] as const;
  };

  it('go into another index and a file, and come back, without being embedded again', async () => {
    await making;
    const [copy, file, back] = [fresh(), fresh('all.parquet'), fresh()];
    await indexDocuments({ source, into: copy });
    await exportIndex({ in: source, to: file });
    await indexDocuments({ source: file, into: back });
    const expected = await titlesOf(source);
    expect(Object.keys(expected[1])).toHaveLength(50);
    expect([await titlesOf(copy), await titlesOf(back)]).toEqual([expected, expected]);
    const small = fresh();
    await indexDocuments({ source, into: small, tokens: { bits: 1 } });
    const [one, less] = [expected[1].f00 as readonly number[], (await titlesOf(small))[1].f00 as readonly number[]];
    expect(less.slice(0, 16)).toEqual(one.slice(0, 16));
    expect(less).toHaveLength(16 + (one.length - 16) / 4);
  });

  it('stay in a rebuild, and go where none are wanted', async () => {
    await making;
    const into = fresh();
    await indexDocuments({ source: from, into, embedder: hashEmbedder(0, form) });
    const expected = await titlesOf(into);
    const { embedder, texts } = counting();
    await indexDocuments({ source: from, into, embedder, rebuild: true });
    expect([texts, await titlesOf(into)]).toEqual([[], expected]);
    await indexDocuments({ source: from, into, embedder, rebuild: true, titleField: 'none' });
    expect([texts, await titlesOf(into)]).toEqual([[], [null, {}]]);
    // It is remembered, and titles alone are embedded when they are wanted again.
    await indexDocuments({ source: from, into, embedder, rebuild: true });
    expect(await titlesOf(into)).toEqual([null, {}]);
    await indexDocuments({ source: from, into, embedder, rebuild: true, titleField: 'title' });
    expect(await titlesOf(into)).toEqual(expected);
    expect(texts.sort()).toEqual(films.map(({ title }) => title as string).sort());
  });

  it('are in a backup, are verified, and are restored', async () => {
    await making;
    const [backup, into] = [fresh(), fresh()];
    await backupIndex({ in: source, to: backup });
    await restoreIndex({ from: backup, into });
    expect(await titlesOf(into)).toEqual(await titlesOf(source));
    expect((await verifyIndex({ in: into })).damages).toEqual([]);
  });
});
