import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Document, type Embedder, openIndex, type Reranker, readDocuments, type Store, search } from '../src/index.ts';
import { lanceStore, memoryStore } from '../src/stores.ts';
import { indexDocuments } from '../src/tasks/index-documents.ts';
import { finetooth, workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

/** Words that a text may have without being split. */
const WINDOW = 24;
const embedder = hashEmbedder(0, { tokens: true, window: WINDOW });
const filler = (count: number, word = 'filler'): string =>
  Array.from({ length: count }, (_, i) => `The ${word} number ${i} says nothing.`).join(' ');
const long = (id: string, ...needles: readonly string[]): Document => ({
  id,
  title: 'Manual',
  text: needles.map((needle, i) => `# Part ${i}\n\n${filler(12)}\n\n${needle}`).join('\n\n'),
});
const short: readonly Document[] = [
  { id: 'a', title: 'Bread', text: 'Flour, water, salt and time.', year: 1990 },
  { id: 'b', title: 'Rivers', text: 'Water runs to the sea.', year: 2000 },
  { id: 'c', title: 'Empty', text: '', year: 2010 },
  { id: 'd', text: '' },
];

const open = (store: Store | string, passages?: 'auto' | 'off', by: Embedder = embedder) =>
  openIndex(store, { create: { fields: ['title', 'text'], passages }, embedder: by });

/** Keeps the texts that it is asked about; likes long words that the query has. */
const reading = () => {
  const texts: string[] = [];
  const reranker: Reranker = {
    fingerprint: 'reading@1',
    score: async (query, candidates) => {
      texts.push(...candidates.map(({ text }) => text));
      const words = query.split(' ');
      return { scores: Float32Array.from(candidates, ({ text }) => words.filter((word) => text.includes(word)).length) };
    },
  };
  return { texts, reranker };
};

describe.each([
  ['memory', async (): Promise<Store> => memoryStore()],
  ['LanceDB', async (): Promise<Store> => lanceStore(join(workFolder(), 'index'))],
] as const)('passages in %s', (_, newStore) => {
  it('leave short documents as they are, to the byte', async () => {
    const stores = await Promise.all([newStore(), newStore()]);
    const [split, whole] = await Promise.all([open(stores[0]), open(stores[1], 'off', hashEmbedder(0, { tokens: true }))]);
    const fields = ['document', 'hash', 'textHash', 'vector', 'tokens', 'terms'] as const;
    const answers = [];
    for (const index of [split, whole]) {
      await index.add(short);
      const { results } = await search(index, 'water', { reranker: null, firstStage: 'hybrid', documents: true });
      const entries = await Array.fromAsync(index.store.get('all', fields));
      answers.push({ results, entries: entries.sort((one, other) => (one.id < other.id ? -1 : 1)) });
      expect(await index.status()).toMatchObject({ documents: 4 });
    }
    expect(answers[0]).toEqual(answers[1]);
    expect([split.manifest()?.splitter, whole.manifest()?.splitter]).toEqual(['passages-1', undefined]);
  });

  it('find a sentence anywhere in a long document, once, with its place', async () => {
    await using index = await open(await newStore());
    const document = long('manual', 'The zebra sleeps.', 'A walrus snores loudly.', 'The zebra wakes.');
    const report = await index.add([...short, document]);
    expect([report.added, report.cutDocuments]).toEqual([5, 0]);
    const { passages = 0, documents } = await index.status();
    expect([documents, passages > 10]).toEqual([5, true]);
    const whole = `Manual ${document.text}`;
    for (const [query, sentence] of [
      ['walrus', 'A walrus snores loudly.'],
      ['wakes zebra', 'The zebra wakes.'],
      ['sleeps zebra', 'The zebra sleeps.'],
    ] as const) {
      const { results } = await search(index, query, { firstStage: 'bm25', reranker: null });
      expect(results.map(({ id }) => id)).toEqual(['manual']);
      const { start = 0, end, text, lines } = results[0]?.highlight ?? {};
      expect([text, whole.slice(start, end), lines]).toEqual([sentence, sentence, undefined]);
    }
    for (const firstStage of ['dense', 'hybrid'] as const) {
      const { candidates } = await search(index, 'walrus', { collapse: 'off', firstStage, reranker: null });
      expect(candidates.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c', 'd', 'manual']);
    }
  });

  it('are what rerankers read, with title and headings, as they were embedded', async () => {
    const embedded: string[] = [];
    const listening: Embedder = {
      ...embedder,
      embed: (texts, role, options) => {
        if (role === 'document') embedded.push(...texts);
        return embedder.embed(texts, role, options);
      },
    };
    await using index = await open(await newStore(), 'auto', listening);
    const document = long('manual', 'The zebra sleeps.', 'A walrus snores loudly.');
    await index.add([document]);
    const { texts, reranker } = reading();
    const { results } = await search(index, 'walrus', { collapse: 'off', firstStage: 'bm25', reranker });
    expect(texts).toHaveLength(1);
    expect(texts[0]).toMatch(/^Manual > Part 1 .*A walrus snores loudly\.$/s);
    expect(embedded).toContain(texts[0]);
    expect(results[0]?.highlight?.text).toBe('A walrus snores loudly.');
    // Other fields, and labels, make other texts, of which no passages are kept.
    await search(index, 'walrus', { collapse: 'off', firstStage: 'bm25', reranker, rankFields: ['text'] });
    await search(index, 'walrus', { collapse: 'off', firstStage: 'bm25', reranker, fieldLabels: true });
    expect(texts.slice(1)).toEqual([document.text, `title: Manual\ntext: ${document.text}`]);
    const explained = await search(index, 'walrus', { collapse: 'off', firstStage: 'bm25', reranker, explain: true });
    expect(explained.results[0]?.explanation?.fields).toMatchObject([
      { field: 'title', score: 0 },
      { field: 'text', score: 1 },
    ]);
  });

  it('come, change and go with their documents', async () => {
    await using index = await open(await newStore());
    const find = async (query: string) => (await search(index, query, { firstStage: 'bm25', reranker: null })).results.map(({ id }) => id);
    await index.add([...short, long('m', 'The zebra sleeps.', 'A walrus snores.'), long('n', 'An ibex climbs.')]);
    expect([await find('walrus'), await find('ibex')]).toEqual([['m'], ['n']]);
    const before = (await index.status()).passages as number;
    const again = await index.add([long('m', 'The zebra sleeps.', 'A walrus snores.')]);
    expect([again.unchanged, again.tokens, (await index.status()).passages]).toEqual([1, 0, before]);
    // Another field changes; the text, and so its passages, stay.
    const dated = await index.add([{ ...long('n', 'An ibex climbs.'), year: 1 }]);
    expect([dated.changed, (await index.status()).passages, await find('ibex')]).toEqual([1, before, ['n']]);
    const shorter = await index.add([long('m', 'The zebra sleeps.')]);
    expect([shorter.changed, await find('walrus'), await find('zebra')]).toEqual([1, [], ['m']]);
    await index.add([{ id: 'm', title: 'Manual', text: 'A note.' }]);
    expect([await find('zebra'), (await index.status()).documents]).toEqual([[], 6]);
    expect(await index.delete(['n'])).toBe(1);
    expect([await find('ibex'), await index.status()]).toMatchObject([[], { documents: 5, passages: 5 }]);
    await index.add([long('m', 'The zebra sleeps.'), long('o', 'An ibex climbs.')]);
    const pruned = await index.add([{ ...short[0] }], { prune: true });
    expect([pruned.removed, await index.status(), await find('zebra')]).toMatchObject([5, { documents: 1, passages: 1 }, []]);
  });

  it('heed filters as their documents do', async () => {
    await using index = await open(await newStore());
    const manuals = [1, 2, 3].map((year) => ({ ...long(`m${year}`, 'The zebra sleeps.', 'A walrus snores.'), year, notes: { of: year } }));
    await index.add([...short, ...manuals]);
    for (const firstStage of ['dense', 'bm25'] as const)
      for (const [filter, ids] of [
        [{ fields: { year: 2 } }, ['m2']],
        [{ fields: { year: { gte: 2, lt: 1990 } } }, ['m2', 'm3']],
        [{ fields: { notes: { exists: true } }, not: { fields: { year: 1 } } }, ['m2', 'm3']],
        [{ fields: { year: 5 } }, []],
      ] as const) {
        const { results } = await search(index, 'walrus', { collapse: 'off', firstStage, filter, reranker: null, candidates: 9, top: 9 });
        expect(results.map(({ id }) => id).sort()).toEqual(ids);
        expect(await index.store.count(filter)).toBe(ids.length);
      }
  });

  it('do not let a document of thousands of them take the places of others', async () => {
    await using index = await open(await newStore());
    await index.add([
      { id: 'crowd', title: 'Walrus', text: filler(3000, 'walrus') },
      ...Array.from({ length: 40 }, (_, i) => ({ id: `d${i}`, title: 'Note', text: `A walrus, ${i}.` })),
    ]);
    expect((await index.status()).passages).toBeGreaterThan(800);
    for (const firstStage of ['dense', 'bm25', 'hybrid'] as const) {
      const { candidates } = await search(index, 'walrus', { collapse: 'off', firstStage, reranker: null, candidates: 30 });
      expect(new Set(candidates.map(({ id }) => id)).size).toBe(30);
    }
  });
});

describe('a document of 5 MB', () => {
  it('is found by its last sentence', async () => {
    const by = hashEmbedder(0, { window: 400 });
    await using index = await open(join(workFolder(), 'index'), 'auto', by);
    const text = `${filler(140_000)}\n\nA walrus snores.`;
    expect(text.length).toBeGreaterThan(5_000_000);
    await index.add([{ id: 'book', title: 'Book', text }, ...short]);
    const { results } = await search(index, 'walrus', { collapse: 'off', firstStage: 'bm25', reranker: null });
    expect(results[0]).toMatchObject({ id: 'book', highlight: { text: 'A walrus snores.' } });
    expect((await search(index, 'walrus', { reranker: null, candidates: 5 })).candidates).toHaveLength(5);
  });
});

describe('an index without passages', () => {
  it('is one that was made so, and says how to get them', async () => {
    const folder = join(workFolder(), 'index');
    const source = join(workFolder(), 'long.jsonl');
    writeFileSync(source, JSON.stringify(long('m', 'The zebra sleeps.')));
    {
      await using index = await open(folder, 'off');
      await index.addRead(readDocuments(source));
      expect([index.manifest()?.splitter, (await index.status()).passages]).toEqual([undefined, undefined]);
    }
    await expect(open(folder, 'auto')).rejects.toMatchObject({ code: 'E_RECIPE' });
    await (await open(folder, 'off')).close();
    await using split = await open(join(workFolder(), 'other'), 'auto');
    await split.add(short);
    await expect(open(split.store, 'off')).rejects.toMatchObject({ code: 'E_RECIPE' });
  });

  it('is what a store or an embedder makes that knows nothing of them', async () => {
    const inner = memoryStore();
    const { passages: _, ...capabilities } = inner.capabilities;
    for (const index of [await open({ ...inner, capabilities }), await open(memoryStore(), 'auto', hashEmbedder())]) {
      await index.add([long('m', 'The zebra sleeps.')]);
      expect(index.manifest()?.splitter).toBeUndefined();
      await index.close();
    }
  });
});

describe('a handbook whose last sentence is the answer', () => {
  const folder = workFolder();
  const index = join(folder, 'index');
  const sentence = 'To reset the espresso machine press both buttons for ten seconds.';
  beforeAll(async () => {
    const source = join(folder, 'handbook');
    mkdirSync(source);
    const memos = Array.from(
      { length: 140 },
      (_, i) => `The Berlin office published memo number ${i + 1} about parking and lunch menus.\n`,
    );
    const handbook = `# Handbook\n\n${memos.join('')}\n## Espresso\n\n${sentence}\n`;
    writeFileSync(join(source, 'handbook.md'), `---\nlang: en\n---\n${handbook}`);
    for (let i = 1; i <= 30; i++)
      writeFileSync(join(source, `n${i}.md`), `# Note ${i}\nCoffee notes ${i}: beans, cups, sugar, milk frother.\n`);
    await indexDocuments({ source, into: index });
    await indexDocuments({ source, into: join(folder, 'whole'), passages: 'off' });
  });

  it('is first by default, with the sentence and its line', async () => {
    const { stdout } = await finetooth(['search', 'how do I reset the espresso machine', '--in', index, '--json']);
    const { results, calibrated } = JSON.parse(stdout) as Awaited<ReturnType<typeof search>>;
    expect(results[0]).toMatchObject({ id: 'handbook.md', highlight: { text: sentence, lines: [149, 149] } });
    expect([calibrated, (results[0]?.relevanceScore as number) > 0.5, (results[1]?.relevanceScore as number) < 0.1]).toEqual([
      true,
      true,
      true,
    ]);
    const table = await finetooth(['search', 'how do I reset the espresso machine', '--in', index]);
    expect(table.stdout).toMatch(/^ {2}1 {2}0\.\d{3} {2}(?:high|likely) +Handbook\b.*\n {5}handbook\.md:149\n/);
    expect(table.stdout.replace(/\s+/g, ' ')).toContain(sentence);
    expect((await finetooth(['status', '--in', index])).stdout).toMatch(/passages +3\d\n/);
  });

  it('is not found by that sentence without passages', async () => {
    await using whole = await openIndex(join(folder, 'whole'));
    const { results } = await search(whole, 'how do I reset the espresso machine');
    expect(results[0]?.id).not.toBe('handbook.md');
    const status = await finetooth(['status', '--in', join(folder, 'whole')]);
    expect(status.stdout).toContain('passages     off: one for each document\n');
    const wrong = await finetooth(['index', join(folder, 'handbook'), '--into', index, '--passages', 'off']);
    expect([wrong.status, wrong.stderr]).toEqual([4, expect.stringContaining('--passages off')]);
  });

  it('keeps whole documents when an index without passages is rebuilt, unless it is asked to split', async () => {
    const into = join(folder, 'rebuilt');
    const source = join(folder, 'handbook', 'handbook.md');
    await indexDocuments({ source, into, passages: 'off' });
    await indexDocuments({ source, into, rebuild: true });
    expect((await finetooth(['status', '--in', into, '--json'])).stdout).not.toContain('"splitter"');
    await indexDocuments({ source, into, rebuild: true, passages: 'auto' });
    expect(JSON.parse((await finetooth(['status', '--in', into, '--json'])).stdout)).toMatchObject({
      documents: 1,
      passages: expect.any(Number) as number,
      splitter: 'passages-1',
    });
  });
});
