import { cpSync, mkdirSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openIndex, search } from '../src/index.ts';
import { manifestFor } from '../src/store/contract/entries.ts';
import { lanceStore } from '../src/store/lancedb/lancedb.ts';
import { restoreIndex, verifyIndex } from '../src/tasks/index.ts';
import { finetooth, workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

const table = 'documents.lance';
const whole = join(workFolder(), 'whole');
const documents = Array.from({ length: 300 }, (_, i) => ({ id: `d${i}`, text: `text ${i} of a bat` }));
const open = (folder: string) => openIndex(folder, { embedder: hashEmbedder() });

/** The file of `_versions` that was written last: LanceDB counts down from 2⁶⁴ in their names. */
const newestVersion = (folder: string): string =>
  readdirSync(join(folder, table, '_versions'))
    .filter((name) => name.endsWith('.manifest'))
    .sort()[0] as string;

beforeAll(async () => {
  await using index = await openIndex(whole, { create: { fields: ['text'], idField: 'id' }, embedder: hashEmbedder() });
  await index.add(documents);
  // A run that ends would leave the newest version alone.
  await index.store.delete(['d1', 'd2', 'd3']);
});

/** What happened to the folder, and what the error must name. */
const damages: readonly (readonly [string, (folder: string) => void, RegExp])[] = [
  ['the table is gone', (folder) => rmSync(join(folder, table), { recursive: true }), /documents\.lance is missing, or its _versions/],
  [
    'the versions of the table are gone',
    (folder) => rmSync(join(folder, table, '_versions'), { recursive: true }),
    /documents\.lance is missing, or its _versions/,
  ],
  ['the data are gone', (folder) => rmSync(join(folder, table, 'data'), { recursive: true }), /data\/.*\.lance is missing/],
  [
    'a file of deletions is gone',
    (folder) => rmSync(join(folder, table, '_deletions'), { recursive: true }),
    /_deletions\/.*\.arrow is missing/,
  ],
  [
    'a data file ends early',
    (folder) => {
      for (const name of readdirSync(join(folder, table, 'data'))) truncateSync(join(folder, table, 'data', name), 100);
    },
    /has 100 bytes instead of \d+/,
  ],
  [
    'the newest version is gone',
    (folder) => rmSync(join(folder, table, '_versions', newestVersion(folder))),
    /was set back: version \d+ of its documents was committed/,
  ],
];

describe('an index that lost a part', () => {
  it.each(damages)('is not an empty or an older one: %s', async (_, damage, sentence) => {
    const folder = join(workFolder(), 'index');
    cpSync(whole, folder, { recursive: true });
    damage(folder);
    const refusal = { code: 'E_INDEX_DAMAGED', message: expect.stringMatching(sentence) };
    await expect(open(folder)).rejects.toMatchObject(refusal);
    await expect(open(folder)).rejects.toThrow(
      /Go back to its newest whole version with .*, restore .* from a backup, or build it again from its source with/,
    );
    // A second look has not made what was missing.
    await expect(openIndex(folder, { create: { fields: ['text'] }, embedder: hashEmbedder() })).rejects.toMatchObject(refusal);
  });

  it('is refused wherever one of its data files is gone, and only where the last version needs it', async () => {
    const folder = join(workFolder(), 'index');
    let needed = 0;
    for (const name of readdirSync(join(whole, table, 'data'))) {
      rmSync(folder, { recursive: true, force: true });
      cpSync(whole, folder, { recursive: true });
      rmSync(join(folder, table, 'data', name));
      const index = await open(folder).catch((error: { code: string }) => error.code);
      if (index === 'E_INDEX_DAMAGED') needed++;
      else if (typeof index !== 'string') {
        expect((await search(index, 'bat', { reranker: null, candidates: 400, top: 400, documents: true })).results).toHaveLength(297);
        await index.close();
      }
    }
    expect(needed).toBeGreaterThan(0);
  });

  it('is refused by a writer that had it open', async () => {
    const folder = join(workFolder(), 'index');
    cpSync(whole, folder, { recursive: true });
    await using index = await open(folder);
    rmSync(join(folder, table, '_versions', newestVersion(folder)));
    for (const write of [() => index.add([{ id: 'new', text: 'new' }]), () => index.delete(['d9'])])
      await expect(write()).rejects.toMatchObject({ code: 'E_INDEX_DAMAGED' });
    rmSync(join(folder, table), { recursive: true });
    await expect(search(index, 'bat')).rejects.toMatchObject({ code: 'E_INDEX_DAMAGED' });
  });

  it('goes on from the older documents when it is told to', async () => {
    const folder = join(workFolder(), 'index');
    cpSync(whole, folder, { recursive: true });
    rmSync(join(folder, table, '_versions', newestVersion(folder)));
    expect(await restoreIndex({ into: folder })).toMatchObject({
      replaced: 'damaged',
      documents: 300,
      undone: { commits: 1, writtenAt: expect.stringMatching(/^20.*Z$/) },
    });
    await using index = await open(folder);
    expect((await index.status()).documents).toBe(300);
    expect(await verifyIndex({ in: folder })).toMatchObject({ status: 'whole' });
    const { status, stdout, stderr } = await finetooth(['restore', '--into', folder]);
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining('is whole: there is nothing to go back from')]);
  });

  it('ends every command with its status', async () => {
    const folder = join(workFolder(), 'index');
    cpSync(whole, folder, { recursive: true });
    rmSync(join(folder, table, '_versions'), { recursive: true });
    for (const words of [
      ['status', '--in', folder],
      ['search', 'bat', '--in', folder],
      ['delete', 'd9', '--in', folder],
      ['index', '-', '--into', folder, '--format', 'jsonl'],
      ['serve', '--in', folder, '--port', '0'],
    ]) {
      const { status, stderr } = await finetooth(words, { input: '{"id":"d9","text":"x"}\n' });
      expect([status, stderr], words.join(' ')).toEqual([4, expect.stringMatching(/^E_INDEX_DAMAGED: .* are gone: /)]);
    }
    expect(readdirSync(join(folder, table))).not.toContain('_versions');
  });
});

describe('an index whose making was cut off', () => {
  it('is made again over a table that holds no documents', async () => {
    const folder = join(workFolder(), 'index');
    const store = lanceStore(folder);
    await store.open(manifestFor());
    await store.close();
    rmSync(join(folder, 'finetooth.json'));
    await using index = await openIndex(folder, { create: { fields: ['text'] }, embedder: hashEmbedder() });
    await index.add(documents);
    expect((await index.status()).documents).toBe(300);
  });

  it('is never made over documents, or over files of somebody else', async () => {
    const folder = join(workFolder(), 'index');
    cpSync(whole, folder, { recursive: true });
    rmSync(join(folder, 'finetooth.json'));
    const other = join(workFolder(), 'other');
    mkdirSync(join(other, 'letters'), { recursive: true });
    for (const create of [undefined, { fields: ['text'] }])
      await expect(openIndex(folder, { create, embedder: hashEmbedder() })).rejects.toMatchObject({
        code: 'E_INDEX_DAMAGED',
        message: expect.stringContaining('finetooth.json, which says what they are, is missing'),
      });
    await using index = await openIndex(other, { create: { fields: ['text'] }, embedder: hashEmbedder() });
    await expect(index.add(documents)).rejects.toMatchObject({
      code: 'E_INDEX_MISSING',
      message: expect.stringContaining('is not empty'),
    });
    expect(readdirSync(join(folder, table))).toContain('data');
  });
});
