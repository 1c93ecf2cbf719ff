import { cpSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { rebuiltIn } from '../src/assemble/rebuild.ts';
import { type CreateOptions, type Document, openIndex, type SearchIndex, search } from '../src/index.ts';
import { lanceStore } from '../src/store/lancedb/lancedb.ts';
import type { Store } from '../src/store/store.ts';
import { finetooth, workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';
import { contentOf, keepAcknowledged, program, rebuilding, saidOf, sourceOf, surviveRebuildKills } from './rebuilds.ts';

const create = { fields: ['text'], idField: 'id' } as const;
const other = { ...hashEmbedder(), fingerprint: 'other@1' };
const make = async (folder: string, documents: readonly Document[]): Promise<void> => {
  await using index = await openIndex(folder, { create, embedder: hashEmbedder() });
  await index.add(documents);
};
const rebuild = (folder: string, documents: readonly Document[], embedder = hashEmbedder(), more: CreateOptions = {}): Promise<unknown> =>
  rebuiltIn(folder, more, async (at, options) => {
    await using index = await openIndex(at, { create: options, embedder });
    return await index.add(documents);
  });
const few = [
  { id: 'a', text: 'a film about bats', title: 'Bats' },
  { id: 'b', text: 'the price of wheat', title: 'Wheat' },
];

describe('a rebuild and others', () => {
  it('keeps what another process was told is stored since it began (many rounds in test:long)', () => keepAcknowledged(1));

  it('is the old or the new index, whole, when it is killed (thirty times in test:long)', () => surviveRebuildKills(3, 17));

  it('waits for another rebuild, and the later one stays', async () => {
    const folder = join(workFolder(), 'index');
    await make(folder, few);
    const first = program(rebuilding(folder, 1));
    await saidOf(first, 'began');
    await rebuild(folder, sourceOf(2));
    expect(first.said()).toContain('done');
    expect(new Set((await contentOf(folder)).values())).toEqual(new Set([2]));
  });

  it('lets searches go on, which see the old index and then the new one', async () => {
    const folder = join(workFolder(), 'index');
    await make(folder, sourceOf(0));
    const seen: number[] = [];
    await using index = await openIndex(folder, { embedder: hashEmbedder() });
    for (let version = 1; version <= 3; version++) {
      const run = program(rebuilding(folder, version, 0));
      let ended = false;
      void run.ended.then(() => (ended = true));
      while (!ended) {
        const { results } = await search(index, 'version', {
          firstStage: 'bm25',
          reranker: null,
          documents: true,
          top: 30,
          candidates: 30,
        });
        const versions = new Set(results.map(({ document }) => document?.version as number));
        expect([results.length, versions.size]).toEqual([30, 1]);
        seen.push(...versions);
      }
    }
    const { results } = await search(index, 'version', { firstStage: 'bm25', reranker: null, documents: true });
    expect(results[0]?.document?.version).toBe(3);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });
});

/** Makes the index again after the first list of a hybrid search was found. */
const rebuiltBetweenLists = (folder: string): Store => {
  const store = lanceStore(folder);
  let searches = 0;
  return {
    ...store,
    search: async (query) => {
      if (++searches === 2) await rebuild(folder, sourceOf(2).slice(0, 40));
      return store.search(query);
    },
  };
};

describe('an index that is open while it is made anew', () => {
  it('answers a hybrid search from one of them', async () => {
    const folder = join(workFolder(), 'index');
    await make(folder, sourceOf(1).slice(0, 40));
    await using index = await openIndex(rebuiltBetweenLists(folder), { embedder: hashEmbedder() });
    const options = { firstStage: 'hybrid', reranker: null, documents: true, candidates: 40, top: 40 } as const;
    const { results } = await search(index, 'text of version', options);
    expect([results.length, new Set(results.map(({ document }) => document?.version))]).toEqual([40, new Set([2])]);
  });

  const uses: readonly (readonly [string, (index: SearchIndex) => Promise<unknown>])[] = [
    ['search', (index) => search(index, 'bats', { reranker: null })],
    ['add', (index) => index.add([{ id: 'c', text: 'new' }])],
    ['delete', (index) => index.delete(['a'])],
    ['status', (index) => index.status()],
  ];
  it.each([
    ['rebuilt with another model', 'E_FINGERPRINT', /holds vectors of "other@1" .* now; the embedder is "hash@1"/, other, {}],
    ['rebuilt from other fields', 'E_RECIPE', /the fields: title now, text then. Open it again/, hashEmbedder(), { fields: ['title'] }],
  ] as const)('refuses everything: %s', async (_, code, sentence, embedder, more) => {
    const folder = join(workFolder(), 'index');
    await make(folder, few);
    await using index = await openIndex(folder, { embedder: hashEmbedder() });
    await rebuild(folder, few, embedder, more);
    for (const [what, use] of uses)
      await expect(use(index), what).rejects.toMatchObject({ code, message: expect.stringMatching(sentence) });
    await using again = await openIndex(folder, { embedder });
    expect((await again.status()).documents).toBe(2);
  });

  it('stores no passages in one that keeps whole documents', async () => {
    const folder = join(workFolder(), 'index');
    const splitting = hashEmbedder(0, { window: 8 });
    await using index = await openIndex(folder, { create, embedder: splitting });
    await index.add(few);
    await rebuild(folder, few, splitting, { passages: 'off' });
    const long = { id: 'long', text: 'One sentence of several words. '.repeat(20) };
    await expect(index.add([long])).rejects.toMatchObject({ code: 'E_RECIPE', message: expect.stringContaining('passages: none now') });
    expect((await contentOf(folder)).size).toBe(2);
  });

  it('goes on with the new one where model and fields are the same', async () => {
    const folder = join(workFolder(), 'index');
    await make(folder, few);
    await using index = await openIndex(folder, { embedder: hashEmbedder() });
    await rebuild(folder, [{ id: 'z', text: 'another film about bats' }]);
    expect((await search(index, 'bats', { reranker: null })).results.map(({ id }) => id)).toEqual(['z']);
    expect(await index.add([few[0] as Document])).toMatchObject({ added: 1 });
    expect(await index.delete(['z'])).toBe(1);
    expect((await index.status()).documents).toBe(1);
  });

  it('does not say that all was added where the first half went to the old one', async () => {
    const folder = join(workFolder(), 'index');
    await make(folder, few);
    await using index = await openIndex(folder, { embedder: hashEmbedder() });
    const documents = async function* () {
      yield* sourceOf(0).slice(0, 300);
      await rebuild(folder, few);
      yield* sourceOf(0).slice(300, 400);
    };
    await expect(index.add(documents())).rejects.toMatchObject({
      code: 'E_LOCKED',
      message: expect.stringContaining('made the index again'),
    });
    expect(await index.add(sourceOf(0).slice(0, 400))).toMatchObject({ added: 256, unchanged: 144 });
  });

  it('says that it was deleted, and notices another one in its place', async () => {
    const folder = join(workFolder(), 'index');
    await make(folder, few);
    await using index = await openIndex(folder, { embedder: hashEmbedder() });
    rmSync(folder, { recursive: true });
    for (const [what, use] of uses) await expect(use(index), what).rejects.toMatchObject({ code: 'E_INDEX_MISSING' });
    {
      await using made = await openIndex(folder, { create: { fields: ['title'] }, embedder: other });
      await made.add(few);
    }
    for (const [what, use] of uses) await expect(use(index), what).rejects.toMatchObject({ code: 'E_FINGERPRINT' });
  });
});

describe('what earlier versions left of a rebuild', () => {
  let whole: string;
  beforeAll(async () => {
    whole = join(workFolder(), 'whole');
    await make(whole, few);
  });
  const laid = (...names: readonly string[]): string => {
    const folder = join(workFolder(), 'rb');
    for (const name of names) cpSync(whole, folder + name, { recursive: true });
    return folder;
  };

  it('is put back when the index is opened, the old one first, with a word', async () => {
    const folder = laid('.old-4242', '.new-4242');
    const { status, stderr } = await finetooth(['status', '--in', folder]);
    expect([status, stderr]).toEqual([
      0,
      `note: ${folder} was missing: a rebuild was interrupted. Put back from rb.old-4242: the index as it was before.\n`,
    ]);
    expect(readdirSync(join(folder, '..')).sort()).toEqual(['rb', 'rb.new-4242']);
  });

  it('is the new one where the old one is not whole', async () => {
    const folder = laid('.old-4242', '.new-4242');
    rmSync(join(`${folder}.old-4242`, 'documents.lance', 'data'), { recursive: true });
    await using index = await openIndex(folder, { embedder: hashEmbedder() });
    expect((await index.status()).documents).toBe(2);
    expect(existsSync(`${folder}.old-4242`)).toBe(true);
  });

  it('is put back before a rebuild whose source is broken, and nothing is deleted', async () => {
    const folder = laid('.old-4242', `.new-${process.pid}`, '.new-1');
    const bad = join(folder, '..', 'bad.jsonl');
    writeFileSync(bad, '{"id":"x","text":"y"}\n{"id":');
    const { status, stderr } = await finetooth(['index', bad, '--into', folder, '--rebuild']);
    expect([status, stderr]).toEqual([3, expect.stringMatching(/Put back from rb\.old-4242.*\nE_INPUT_FORMAT/s)]);
    expect((await contentOf(folder)).size).toBe(2);
    expect(readdirSync(join(folder, '..')).sort()).toEqual(['bad.jsonl', 'rb', 'rb.new-1', `rb.new-${process.pid}`]);
  });

  it('is told of where none of it is whole, and stays', async () => {
    const folder = laid('.old-4242');
    rmSync(join(`${folder}.old-4242`, 'documents.lance'), { recursive: true });
    await expect(openIndex(folder, { embedder: hashEmbedder() })).rejects.toMatchObject({
      code: 'E_INDEX_MISSING',
      message: expect.stringMatching(/rb is missing\. A rebuild that was interrupted left rb\.old-4242 beside it/),
    });
    await expect(rebuild(folder, few)).rejects.toMatchObject({ code: 'E_INDEX_MISSING' });
    expect(readdirSync(join(folder, '..'))).toEqual(['rb.old-4242']);
    renameSync(`${folder}.old-4242`, `${folder}.kept`);
    await rebuild(folder, few);
    expect((await contentOf(folder)).size).toBe(2);
  });
});

describe('prune', () => {
  it('removes only what was there when it began', async () => {
    const folder = join(workFolder(), 'index');
    await make(folder, [...few, { id: 'old', text: 'gone soon' }, { id: 'changed', text: 'gone soon too' }]);
    const writer = program(`
process.stdin.resume();
await using index = await openIndex(${JSON.stringify(folder)}, { embedder: hashEmbedder() });
await index.add([{ id: 'live', text: 'of another process' }, { id: 'changed', text: 'changed by another process' }]);
await index.delete(['old']);
await index.add([{ id: 'old', text: 'back with other words' }]);
`);
    await using index = await openIndex(folder, { embedder: hashEmbedder() });
    const documents = async function* () {
      yield few[0] as Document;
      // The other process is done before this one comes to prune.
      expect(await writer.ended).toBe(0);
      yield { id: 'c', text: 'new' };
    };
    expect(await index.add(documents(), { prune: true })).toMatchObject({ added: 1, unchanged: 1, removed: 1 });
    expect([...(await contentOf(folder)).keys()].sort()).toEqual(['a', 'c', 'changed', 'live', 'old']);
  });

  it('removes nothing of an index that was made anew meanwhile', async () => {
    const folder = join(workFolder(), 'index');
    await make(folder, few);
    await using index = await openIndex(folder, { embedder: hashEmbedder() });
    const documents = async function* () {
      yield few[0] as Document;
      await rebuild(folder, few);
    };
    await expect(index.add(documents(), { prune: true })).rejects.toMatchObject({ code: 'E_LOCKED' });
    expect((await contentOf(folder)).size).toBe(2);
  });
});
