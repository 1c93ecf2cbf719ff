import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { openIndex } from '../src/index.ts';
import { clearCache, indexOf, listCache } from '../src/tasks/index.ts';
import { withLock } from '../src/time/file-lock.ts';
import { finetooth, workFolder } from './finetooth.ts';

const work = workFolder();
const notes = join(work, 'notes');
const models = { cacheFolder: join(work, 'cache'), threads: 1 };
mkdirSync(notes);
writeFileSync(join(notes, 'dog.md'), 'The dog takes his medicine in liver sausage.');
writeFileSync(join(notes, 'garden.md'), 'Tomatoes need water in the morning.');

it('a folder has an index in the cache, which goes with it', async () => {
  const first = await indexOf({ source: notes, models });
  expect(first.report).toMatchObject({ added: 2, removed: 0 });
  expect(first.folder.startsWith(join(models.cacheFolder, 'searched', 'notes-'))).toBe(true);

  writeFileSync(join(notes, 'garden.md'), 'Tomatoes need water at night.');
  writeFileSync(join(notes, 'cat.md'), 'Cats take pills in cream.');
  rmSync(join(notes, 'dog.md'));
  // Both at once: who comes second finds it done.
  const [one, other] = await Promise.all([indexOf({ source: notes, models }), indexOf({ source: join(notes, '.'), models })]);
  expect([one.folder, other.folder]).toEqual([first.folder, first.folder]);
  await using index = await openIndex(first.folder, { models });
  expect((await index.status()).documents).toBe(2);
  expect((await indexOf({ source: notes, models })).report).toMatchObject({ added: 0, changed: 0, removed: 0, unchanged: 2 });
});

it('what is read otherwise has an index of its own', async () => {
  const { folder, report } = await indexOf({ source: notes, exclude: ['garden.md'], models });
  expect(report.added).toBe(1);
  expect(readdirSync(join(models.cacheFolder, 'searched'))).toHaveLength(2);
  const plain = (await indexOf({ source: notes, models })).folder;
  expect(folder).not.toBe(plain);
  // As the command line says it; what a server says nothing of is the same index.
  expect((await indexOf({ source: notes, ignored: false, followLinks: false, models })).folder).toBe(plain);
});

it('what is not there leaves nothing in the cache, and a link is what it leads to', async () => {
  const before = readdirSync(join(models.cacheFolder, 'searched'));
  await expect(indexOf({ source: join(work, 'nope'), models })).rejects.toMatchObject({ code: 'E_INPUT_MISSING' });
  symlinkSync(notes, join(work, 'link'), 'dir');
  expect((await indexOf({ source: join(work, 'link'), models })).report).toMatchObject({ added: 0, unchanged: 2 });
  expect(readdirSync(join(models.cacheFolder, 'searched'))).toEqual(before);
});

it('a cache folder that cannot be written to is named, with what to do', async () => {
  const cacheFolder = join(notes, 'garden.md', 'cache');
  await expect(indexOf({ source: notes, models: { ...models, cacheFolder } })).rejects.toMatchObject({
    code: 'E_USAGE',
    message: expect.stringMatching(/garden\.md.*FINETOOTH_CACHE/),
  });
});

it('the cache says which indexes it holds, whose they are, and which of them no one needs', async () => {
  const { folder, indexes, bytes } = await listCache({ cacheFolder: models.cacheFolder });
  expect(folder).toBe(models.cacheFolder);
  expect(indexes.map(({ source, documents, reading, state }) => [source, documents, reading, state])).toEqual([
    [notes, 2, {}, 'ok'],
    [notes, 1, { exclude: ['garden.md'] }, 'ok'],
  ]);
  expect(bytes).toBeGreaterThanOrEqual(indexes[0]?.bytes as number);
  const gone = join(work, 'gone');
  mkdirSync(gone);
  writeFileSync(join(gone, 'a.md'), 'A note.');
  await indexOf({ source: gone, models });
  rmSync(gone, { recursive: true });
  // Killed before the first document: it is known whose it was to be.
  mkdirSync(join(models.cacheFolder, 'searched', 'begun'));
  writeFileSync(join(models.cacheFolder, 'searched', 'begun', 'source.json'), JSON.stringify({ source: work, reading: {} }));
  mkdirSync(join(models.cacheFolder, 'searched', 'damaged'));
  writeFileSync(join(models.cacheFolder, 'searched', 'damaged', 'source.json'), '{"source":');
  const states = (await listCache({ cacheFolder: models.cacheFolder })).indexes.map(({ source, state }) => `${source} ${state}`);
  expect(states.toSorted()).toEqual([' unfinished', `${work} unfinished`, `${gone} source missing`, `${notes} ok`, `${notes} ok`]);

  const { stdout, stderr } = await finetooth(['cache', '--cache', models.cacheFolder]);
  expect(stdout).toMatch(new RegExp(`^ +2 .* UTC {2}${notes}$`, 'm'));
  expect(stdout).toMatch(new RegExp(`^ +1 .* UTC {2}${notes} \\(exclude garden\\.md\\)$`, 'm'));
  expect(stdout).toContain(`${gone} (source missing)`);
  expect(stderr).toContain('1 index of what is not there any more');
});

it('the cache gives back what is asked for, and never what was made on the page', async () => {
  const { cacheFolder } = models;
  for (const name of ['compiled', 'models', 'indexes', 'samples', 'of-another-version']) {
    mkdirSync(join(cacheFolder, name));
    writeFileSync(join(cacheFolder, name, 'file'), 'x'.repeat(1000));
  }
  await expect(clearCache({ cacheFolder, source: join(work, 'never-searched') })).rejects.toMatchObject({ code: 'E_USAGE' });
  expect((await finetooth(['cache', '--cache', cacheFolder, '--all'])).stderr).toContain('E_USAGE');
  expect((await finetooth(['cache', notes, '--clear', '--all', '--cache', cacheFolder])).stderr).toContain('E_USAGE');
  expect(JSON.parse((await finetooth(['cache', notes, '--json', '--cache', cacheFolder])).stdout).indexes).toHaveLength(2);

  const busy = (await listCache({ cacheFolder, source: notes })).indexes.find(({ reading }) => 'exclude' in reading);
  const [own, other] = await withLock(join(busy?.folder as string, 'finetooth.json'), undefined, async () => {
    const cleared = await clearCache({ cacheFolder, source: notes });
    return [cleared, await listCache({ cacheFolder })] as const;
  });
  expect([own.cleared.length, own.kept.map(({ folder }) => folder)]).toEqual([1, [dirname(busy?.folder as string)]]);
  expect(own.kept[0]?.reason).toContain('another process has held');
  expect(other.indexes.filter(({ source }) => source === notes)).toHaveLength(1);

  const { stdout } = await finetooth(['cache', '--clear', '--cache', cacheFolder]);
  expect(stdout).toMatch(/freed\.\n$/);
  const left = (): string[] => readdirSync(cacheFolder).filter((name) => name !== 'searched');
  expect(readdirSync(join(cacheFolder, 'searched'))).toEqual([]);
  expect(left()).toEqual(['indexes', 'models', 'of-another-version', 'samples']);
  expect((await clearCache({ cacheFolder, all: true })).cleared).toEqual([join(cacheFolder, 'models')]);
  expect(left()).toEqual(['indexes', 'of-another-version', 'samples']);
  expect(existsSync(join(cacheFolder, 'indexes', 'file'))).toBe(true);
  // What was deleted is made again when it is searched.
  expect((await indexOf({ source: notes, models })).report).toMatchObject({ added: 2 });
  expect((await listCache({ cacheFolder: join(work, 'no-cache') })).bytes).toBe(0);
});
