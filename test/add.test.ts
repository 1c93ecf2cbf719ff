import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AddReport, type Document, openIndex, type Store } from '../src/index.ts';
import { lanceStore, memoryStore } from '../src/stores.ts';
import { workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

const counts = ({ added, changed, unchanged, removed }: AddReport) => [added, changed, unchanged, removed];

/** An embedder that counts what it is asked. */
const counting = () => {
  const inner = hashEmbedder();
  const asked: string[] = [];
  return {
    asked,
    embedder: {
      ...inner,
      embed: (texts: readonly string[], role: 'query' | 'document') => {
        asked.push(...texts);
        return inner.embed(texts, role);
      },
    },
  };
};

const stores: readonly (readonly [string, () => Store])[] = [
  ['memory', memoryStore],
  ['lancedb', () => lanceStore(join(workFolder(), 'index'))],
];

describe.each(stores)('adding documents (%s)', (_, make) => {
  it('embeds what is new or has another text, and nothing else', async () => {
    const { asked, embedder } = counting();
    await using index = await openIndex(make(), { create: { fields: ['text'] }, embedder });
    const first: Document[] = [
      { id: 1, text: 'one', n: 0 },
      { id: 2, text: 'two' },
      { id: 3, text: '' },
    ];
    expect(counts(await index.add(first))).toEqual([3, 0, 0, 0]);
    expect(asked).toEqual(['one', 'two', '']);
    expect(counts(await index.add(first))).toEqual([0, 0, 3, 0]);
    expect(
      counts(
        await index.add([
          { id: 1, text: 'one', n: 1 },
          { id: 2, text: 'zwei' },
          { id: 4, text: 'four' },
        ]),
      ),
    ).toEqual([1, 2, 0, 0]);
    // The text of 1 is as it was: its vector is kept though its other field changed.
    expect(asked.slice(3)).toEqual(['zwei', 'four']);
    const stored = await Array.fromAsync(index.store.get(['1'], ['document']));
    expect(stored[0]?.document).toEqual({ id: 1, text: 'one', n: 1 });
    expect(counts(await index.add([{ id: 4, text: 'four' }], { prune: true }))).toEqual([0, 0, 1, 3]);
    expect((await index.status()).documents).toBe(1);
  });

  it('derives ids from the content, whatever the order, and keeps twins apart', async () => {
    await using index = await openIndex(make(), { create: true, embedder: hashEmbedder() });
    const documents = [{ text: 'a' }, { text: 'b' }, { text: 'a' }];
    expect(counts(await index.add(documents))).toEqual([3, 0, 0, 0]);
    expect(counts(await index.add([...documents].reverse()))).toEqual([0, 0, 3, 0]);
    expect(counts(await index.add([{ text: 'b' }, { text: 'c' }], { prune: true }))).toEqual([1, 0, 1, 2]);
  });

  it('reports documents without text, and refuses none at all', async () => {
    await using index = await openIndex(make(), { create: { fields: ['title', 'text'] }, embedder: hashEmbedder() });
    await expect(index.add([])).rejects.toMatchObject({ code: 'E_INPUT_EMPTY' });
    const report = await index.add([{ title: 'x' }, { title: null, text: ' ' }, { text: 'y' }]);
    expect([report.added, report.withoutText]).toEqual([3, 1]);
  });

  it('refuses a document that is none, an id that is none, and one id twice', async () => {
    await using index = await openIndex(make(), { create: { idField: 'key' }, embedder: hashEmbedder() });
    await expect(index.add([null as unknown as Document])).rejects.toMatchObject({
      code: 'E_INPUT_FORMAT',
      message: 'document 1 is null; a document is an object of fields.',
    });
    await expect(index.add([{ key: 'a', text: 'x' }, { text: 'y' }])).rejects.toMatchObject({
      code: 'E_INPUT_FORMAT',
      message: expect.stringMatching(/^document 2: the id field "key" is missing/),
    });
    await expect(
      index.add([
        { key: 'a', text: 'x' },
        { key: 'a', text: 'y' },
      ]),
    ).rejects.toMatchObject({ code: 'E_DUPLICATE_ID' });
    expect((await index.status()).documents).toBe(0);
  });

  it('keeps what was acknowledged when a later document is wrong, and goes on from there', async () => {
    await using index = await openIndex(make(), { create: true, embedder: hashEmbedder() });
    const documents: Document[] = Array.from({ length: 700 }, (_, i) => ({ id: i, text: `text ${i}` }));
    let acknowledged = 0;
    const spoiled = [...documents.slice(0, 600), { id: 5, text: 'again' }];
    await expect(index.add(spoiled, { onProgress: ({ done }) => (acknowledged = done) })).rejects.toMatchObject({ code: 'E_DUPLICATE_ID' });
    expect(acknowledged).toBe(512);
    expect((await index.status()).documents).toBe(512);
    expect(counts(await index.add(documents))).toEqual([188, 0, 512, 0]);
  });

  it('stops at a batch when it is told to', async () => {
    await using index = await openIndex(make(), { create: true, embedder: hashEmbedder() });
    const controller = new AbortController();
    const endless = async function* (): AsyncGenerator<Document> {
      for (let i = 0; ; i++) yield { id: i, text: `text ${i}` };
    };
    await expect(index.add(endless(), { signal: controller.signal, onProgress: () => controller.abort() })).rejects.toMatchObject({
      code: 'E_STOPPED',
    });
    expect((await index.status()).documents).toBe(256);
  });
});

describe('opening an index', () => {
  it('refuses another embedder, other fields and another id field, and takes the same', async () => {
    const folder = join(workFolder(), 'index');
    {
      await using index = await openIndex(folder, { create: { fields: ['text'] }, embedder: hashEmbedder() });
      await index.add([{ id: 'a', text: 'x' }]);
    }
    await expect(openIndex(folder, { embedder: { ...hashEmbedder(), fingerprint: 'hash@2' } })).rejects.toMatchObject({
      code: 'E_FINGERPRINT',
    });
    await expect(openIndex(folder)).rejects.toMatchObject({
      code: 'E_FINGERPRINT',
      message: expect.stringContaining('embedder of your own'),
    });
    await expect(openIndex(folder, { create: { fields: ['title'] }, embedder: hashEmbedder() })).rejects.toMatchObject({
      code: 'E_RECIPE',
    });
    await expect(openIndex(folder, { create: { idField: '_id' }, embedder: hashEmbedder() })).rejects.toMatchObject({ code: 'E_RECIPE' });
    await using same = await openIndex(folder, { create: { fields: ['text'], idField: 'id' }, embedder: hashEmbedder() });
    expect((await same.status()).documents).toBe(1);
    await using unsearched = await openIndex(folder, { embedder: null });
    expect(await unsearched.delete(['a'])).toBe(1);
    expect(() => unsearched.embedder()).toThrow(/without an embedder/);
  });

  it('does not make what it was not asked to make', async () => {
    await expect(openIndex(join(workFolder(), 'none'), { embedder: hashEmbedder() })).rejects.toMatchObject({ code: 'E_INDEX_MISSING' });
  });
});
