import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openIndex, type SearchIndex, search } from '../src/index.ts';
import { randomFrom } from '../src/math/random.ts';
import { dropVersions } from '../src/store/lancedb/clean.ts';
import { measureFolder } from '../src/store/lancedb/index-folder.ts';
import { backupIndex, compactIndex, restoreIndex, verifyIndex } from '../src/tasks/index.ts';
import { finetooth, workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

const documentsOf = (count: number, version = 0) =>
  Array.from({ length: count }, (_, i) => ({ id: `d${i}`, text: `text ${i} of a bat`, version }));
const open = (folder: string): Promise<SearchIndex> =>
  openIndex(folder, { create: { fields: ['text'], idField: 'id' }, embedder: hashEmbedder() });
const whole = join(workFolder(), 'whole');
const copyOf = (folder: string): string => {
  const copy = join(workFolder(), 'index');
  cpSync(folder, copy, { recursive: true });
  return copy;
};
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const flip = (path: string): void => {
  const bytes = readFileSync(path);
  const at = Math.trunc(bytes.length / 2);
  bytes[at] = (bytes[at] as number) ^ 1;
  writeFileSync(path, bytes);
};
const idsIn = async (folder: string): Promise<string[]> => {
  await using index = await open(folder);
  const ids: string[] = [];
  for await (const { id } of index.store.get('all', [])) ids.push(id);
  return ids.sort();
};

beforeAll(async () => {
  await using index = await open(whole);
  await index.add(documentsOf(600));
  await index.delete(['d1', 'd2', 'd3']);
});

describe('verify', () => {
  it('finds a whole index whole', async () => {
    expect(await verifyIndex({ in: whole })).toMatchObject({ status: 'whole', documents: 597, unchecked: 0, damages: [] });
    await expect(verifyIndex({ in: join(whole, 'nowhere') })).rejects.toMatchObject({ code: 'E_INDEX_MISSING' });
  });

  const partOf = (path: string): string =>
    path.includes('_versions') ? 'version' : path.includes('_indices') ? 'index' : path.includes('_deletions') ? 'deletions' : 'data';

  it('names every file of the newest version that was changed, cut or removed, and by its part', async () => {
    const compacted = copyOf(whole);
    {
      await using index = await open(compacted);
      await index.add(documentsOf(600));
      await index.store.delete(['d9']);
    }
    await dropVersions(join(compacted, 'documents.lance'), 'process');
    const needed = filesIn(join(compacted, 'documents.lance')).filter(
      (path) => /_indices|_deletions|data/.test(path) || path.endsWith('.manifest'),
    );
    expect(new Set(needed.map(partOf))).toEqual(new Set(['version', 'index', 'deletions', 'data']));
    for (const path of needed)
      for (const damage of [flip, (at: string) => truncateSync(at, 10), (at: string) => rmSync(at)]) {
        const folder = copyOf(compacted);
        const damaged = path.replace(compacted, folder);
        damage(damaged);
        const report = await verifyIndex({ in: folder });
        const found = report.damages[0];
        expect([report.status, found?.part], damaged).toEqual(['damaged', partOf(path)]);
        expect(damaged).toContain(found?.path);
      }
  });

  it.each([
    ['finetooth.json', 'manifest'],
    ['documents.lance/finetooth.checksums', 'checksums'],
  ])('names %s', async (name, part) => {
    const folder = copyOf(whole);
    flip(join(folder, name));
    expect((await verifyIndex({ in: folder })).damages.map((damage) => damage.part)).toEqual([part]);
  });

  it('takes a line of checksums that a killed process left unfinished for no damage, and the next write mends it', async () => {
    const folder = copyOf(whole);
    const place = join(folder, 'documents.lance', 'finetooth.checksums');
    truncateSync(place, readFileSync(place).length - 5);
    expect((await verifyIndex({ in: folder })).damages).toEqual([]);
    await using index = await open(folder);
    await index.delete(['d10']);
    expect(await verifyIndex({ in: folder })).toMatchObject({ status: 'whole', unchecked: 0 });
  });

  it('says of an index of an earlier version what has no checksum, and the next write adds it', async () => {
    const folder = copyOf(whole);
    rmSync(join(folder, 'documents.lance', 'finetooth.checksums'));
    const before = await verifyIndex({ in: folder });
    expect([before.status, before.files, before.unchecked > 2]).toEqual(['whole', 0, true]);
    await compactIndex({ in: folder });
    expect((await verifyIndex({ in: folder })).unchecked).toBe(0);
  });

  it('is not misled by who writes and compacts meanwhile', async () => {
    const folder = copyOf(whole);
    let ended = false;
    const writing = (async () => {
      await using index = await open(folder);
      for (let i = 0; i < 12; i++) {
        await index.add([{ id: `new${i}`, text: `new ${i}` }]);
        await compactIndex({ in: folder });
      }
      ended = true;
    })();
    while (!ended) expect((await verifyIndex({ in: folder })).damages).toEqual([]);
    await writing;
  });
});

describe('who searches while old versions are dropped', () => {
  it('gets every answer, from one version', async () => {
    const folder = copyOf(whole);
    await using index = await open(folder);
    let ended = false;
    const writing = (async () => {
      await using other = await open(folder);
      for (let i = 0; i < 12; i++) {
        await other.add(documentsOf(100, i + 1));
        await compactIndex({ in: folder });
      }
      ended = true;
    })();
    while (!ended)
      for (const firstStage of ['dense', 'bm25', 'hybrid'] as const) {
        const { results } = await search(index, 'bat', { firstStage, reranker: null, documents: true, top: 600, candidates: 600 });
        const versions = new Set(results.flatMap(({ id, document }) => (Number(id.slice(1)) < 100 ? [document?.version] : [])));
        // Each half of a hybrid search is of one version.
        expect(versions.size).toBeLessThanOrEqual(firstStage === 'hybrid' ? 2 : 1);
        expect(results.length).toBeGreaterThanOrEqual(597);
      }
    await writing;
  });
});

describe('compact', () => {
  it('is not stopped by a damaged version that nothing needs', async () => {
    const folder = copyOf(whole);
    await using index = await open(folder);
    await index.store.delete(['d40']);
    const versions = join(folder, 'documents.lance', '_versions');
    const old = readdirSync(versions)
      .filter((name) => name.endsWith('.manifest'))
      .sort()
      .at(-1) as string;
    truncateSync(join(versions, old), 30);
    await compactIndex({ in: folder });
    expect(existsSync(join(versions, old))).toBe(false);
    expect(await verifyIndex({ in: folder })).toMatchObject({ status: 'whole', documents: 596 });
  });
});

/** Bytes of the folder for each byte of what is left of it when all but the newest version is gone. */
const overheadOf = async (folder: string): Promise<number> => {
  const copy = copyOf(folder);
  await compactIndex({ in: copy });
  return (await measureFolder(folder)).bytes / (await measureFolder(copy)).bytes;
};

describe('the size of the folder', () => {
  it('stays below 1.3 times its data while documents are added one by one, and is the data alone after compact', async () => {
    const folder = copyOf(whole);
    await using index = await open(folder);
    // As large as rows with real vectors are.
    const random = randomFrom(7);
    const text = (): string => Array.from({ length: 120 }, () => random.below(100_000).toString(36)).join(' ');
    await index.add(documentsOf(3_000).map((document) => ({ ...document, text: `${document.text} ${text()}` })));
    for (let i = 0; i < 200; i++) {
      await index.add([{ id: `new${i}`, text: `new ${i} ${text()}` }]);
      if (i % 25 === 24) expect(await overheadOf(folder)).toBeLessThan(1.3);
    }
    await compactIndex({ in: folder });
    expect(await overheadOf(folder)).toBeLessThan(1.05);
    expect((await index.status()).documents).toBe(3_200);
    expect((await search(index, 'bat', { reranker: null, firstStage: 'bm25', top: 100, candidates: 100 })).results).toHaveLength(100);
  });
});

describe('backup and restore', () => {
  it('copies one version while others write; the copy is an index, and nothing is overwritten', async () => {
    const folder = copyOf(whole);
    let ended = false;
    const writing = (async () => {
      await using index = await open(folder);
      for (let version = 1; version <= 6; version++) {
        await index.add(documentsOf(200, version));
        await compactIndex({ in: folder });
      }
      ended = true;
    })();
    let count = 0;
    while (!ended || count < 2) {
      const to = join(workFolder(), 'deep', `backup${count++}`);
      await backupIndex({ in: folder, to });
      expect(await verifyIndex({ in: to })).toMatchObject({ status: 'whole', unchecked: 0 });
      await using copy = await open(to);
      const versions = new Set<unknown>();
      for await (const { id, document } of copy.store.get('all', ['document']))
        if (Number(id.slice(1)) < 200) versions.add(document.version);
      // A batch is all or nothing.
      expect(versions.size).toBe(1);
      expect((await search(copy, 'bat', { reranker: null })).results).toHaveLength(5);
      await expect(backupIndex({ in: folder, to })).rejects.toMatchObject({ code: 'E_USAGE' });
    }
    await writing;
    await expect(backupIndex({ in: folder, to: join(folder, 'inside') })).rejects.toMatchObject({ code: 'E_USAGE' });
  });

  it('refuses to carry a damage on', async () => {
    const folder = copyOf(whole);
    await compactIndex({ in: folder });
    flip(filesIn(join(folder, 'documents.lance', 'data'))[0] as string);
    const to = join(workFolder(), 'backup');
    await expect(backupIndex({ in: folder, to })).rejects.toMatchObject({ code: 'E_INDEX_DAMAGED' });
    await expect(restoreIndex({ from: folder, into: copyOf(whole) })).rejects.toMatchObject({ code: 'E_INDEX_DAMAGED' });
    expect(readdirSync(join(to, '..'))).toEqual([]);
  });

  it('copies no older version where the newest is gone', async () => {
    const folder = copyOf(whole);
    await using index = await open(folder);
    await index.store.delete(['d30']);
    const versions = join(folder, 'documents.lance', '_versions');
    rmSync(join(versions, readdirSync(versions).sort()[0] as string));
    const damaged = { code: 'E_INDEX_DAMAGED' };
    await expect(backupIndex({ in: folder, to: join(workFolder(), 'backup') })).rejects.toMatchObject(damaged);
    expect((await verifyIndex({ in: folder })).damages.map(({ part }) => part)).toEqual(['version']);
  });

  it('tells what is lost by going back, and who has the index open sees the restored one', async () => {
    const folder = copyOf(whole);
    const from = join(workFolder(), 'backup');
    await backupIndex({ in: folder, to: from });
    await using index = await open(folder);
    await index.add([
      { id: 'new', text: 'a new bat' },
      { id: 'd9', text: 'changed' },
      { id: 'd8', text: 'changed' },
    ]);
    await index.delete(['d20', 'd21', 'd22']);
    expect(await restoreIndex({ from, into: folder })).toMatchObject({
      documents: 597,
      replaced: 'whole',
      lost: { documents: 1, changes: 2, deletions: 3 },
    });
    expect((await index.status()).documents).toBe(597);
    await index.add([{ id: 'later', text: 'later' }]);
    expect(await idsIn(folder)).toHaveLength(598);
    expect((await verifyIndex({ in: folder })).status).toBe('whole');
    expect(readdirSync(folder).filter((name) => name.endsWith('.lance'))).toHaveLength(1);
  });

  it('puts a backup in the place of any damaged index, of none, and of nothing else', async () => {
    const damages: readonly ((folder: string) => void)[] = [
      (folder) => flip(join(folder, 'finetooth.json')),
      (folder) => rmSync(join(folder, 'finetooth.json')),
      (folder) => rmSync(join(folder, 'documents.lance'), { recursive: true }),
      (folder) => rmSync(join(folder, 'documents.lance', '_versions'), { recursive: true }),
      (folder) => rmSync(join(folder, 'documents.lance', 'data'), { recursive: true }),
    ];
    for (const damage of damages) {
      const into = copyOf(whole);
      damage(into);
      expect(await restoreIndex({ from: whole, into })).toMatchObject({ replaced: 'damaged' });
      expect(await verifyIndex({ in: into })).toMatchObject({ status: 'whole', documents: 597 });
    }
    const into = join(workFolder(), 'new');
    expect(await restoreIndex({ from: whole, into })).toEqual({
      from: whole,
      into,
      documents: 597,
      version: expect.any(Number),
      replaced: 'none',
    });
    const other = workFolder();
    writeFileSync(join(other, 'letter.txt'), 'dear');
    await expect(restoreIndex({ from: whole, into: other })).rejects.toMatchObject({ code: 'E_INDEX_MISSING' });
    await expect(restoreIndex({ from: other, into: whole })).rejects.toMatchObject({ code: 'E_INDEX_MISSING' });
    expect(readdirSync(other)).toEqual(['letter.txt']);
    // A database of somebody else, by its looks.
    const theirs = copyOf(whole);
    for (const name of readdirSync(theirs)) if (name.startsWith('finetooth')) rmSync(join(theirs, name));
    await expect(restoreIndex({ from: whole, into: theirs })).rejects.toMatchObject({ code: 'E_INDEX_MISSING' });
  });

  it('goes with a rebuild as it goes with an index that was never rebuilt, and with indexes of all past formats', async () => {
    const formats = join(import.meta.dirname, 'formats');
    const names = readdirSync(formats).filter((name) => existsSync(join(formats, name, 'finetooth.json')));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const folder = copyOf(join(formats, name));
      const to = join(workFolder(), 'backup');
      await backupIndex({ in: folder, to });
      await restoreIndex({ from: to, into: folder });
      const { documents } = await verifyIndex({ in: folder });
      expect(documents, name).toBeGreaterThan(0);
      await compactIndex({ in: folder });
      expect(await verifyIndex({ in: folder }), name).toMatchObject({ status: 'whole', documents, unchecked: 0 });
    }
  });
});

describe('the commands', () => {
  it('end with their statuses, in words and in JSON', async () => {
    const folder = copyOf(whole);
    const to = join(workFolder(), 'backup');
    const json = async (...words: readonly string[]) => {
      const { status, stdout, stderr } = await finetooth([...words, '--json']);
      return { status, stderr, answer: JSON.parse(stdout || 'null') };
    };
    expect(await json('verify', '--in', folder)).toMatchObject({ status: 0, answer: { status: 'whole', documents: 597 } });
    expect(await json('compact', '--in', folder)).toMatchObject({ status: 0, answer: { in: folder, after: expect.any(Number) } });
    expect(await json('backup', '--in', folder, '--to', to)).toMatchObject({ status: 0, answer: { in: folder, to } });
    expect(await json('backup', '--in', folder, '--to', to)).toMatchObject({ status: 2, stderr: expect.stringContaining('E_USAGE') });
    expect(await json('restore', '--from', to, '--into', folder)).toMatchObject({
      status: 0,
      answer: { replaced: 'whole', lost: { documents: 0, changes: 0, deletions: 0 } },
    });
    expect((await finetooth(['restore', '--from', to, '--into', folder])).stdout).toContain('597 documents of version');
    expect((await finetooth(['verify', '--in', folder])).stdout).toContain('is whole: 597 documents');
    flip(join(folder, 'finetooth.json'));
    const damaged = await json('verify', '--in', folder);
    expect(damaged).toMatchObject({ status: 4, answer: { status: 'damaged', damages: [{ part: 'manifest' }] } });
    expect(JSON.parse(damaged.stderr.trim().split('\n').at(-1) as string)).toMatchObject({ error: { code: 'E_INDEX_DAMAGED' } });
    expect((await finetooth(['verify', '--in', join(folder, 'nowhere')])).status).toBe(4);
    for (const words of [['verify'], ['compact'], ['backup', '--in', folder], ['restore'], ['verify', '--in', 'memory:']])
      expect((await finetooth(words)).status, words.join(' ')).toBe(2);
  });

  it('can be stopped, and leave everything as it was', async () => {
    const folder = copyOf(whole);
    const to = join(workFolder(), 'backup');
    const stopAfter = (files: number) => {
      const stopper = new AbortController();
      const onProgress = ({ done }: { readonly done: number }): void => {
        if (done >= files) stopper.abort();
      };
      return { signal: stopper.signal, onProgress };
    };
    const stopped = { code: 'E_STOPPED' };
    await expect(verifyIndex({ in: folder, ...stopAfter(1) })).rejects.toMatchObject(stopped);
    await expect(compactIndex({ in: folder, ...stopAfter(0) })).rejects.toMatchObject(stopped);
    await expect(backupIndex({ in: folder, to, ...stopAfter(1) })).rejects.toMatchObject(stopped);
    expect(readdirSync(join(to, '..'))).toEqual([]);
    await expect(restoreIndex({ from: whole, into: folder, ...stopAfter(1) })).rejects.toMatchObject(stopped);
    expect(readdirSync(folder).filter((name) => /rebuild|part|lock/.test(name))).toEqual([]);
    expect(await verifyIndex({ in: folder })).toMatchObject({ status: 'whole', documents: 597 });
  });
});
