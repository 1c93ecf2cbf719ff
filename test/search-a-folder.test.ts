import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openIndex } from '../src/index.ts';
import { indexOf } from '../src/tasks/index.ts';
import { workFolder } from './finetooth.ts';

const work = workFolder();
const notes = join(work, 'notes');
const models = { cacheFolder: join(work, 'cache'), threads: 1 };
mkdirSync(notes);
writeFileSync(join(notes, 'dog.md'), 'The dog takes his medicine in liver sausage.');
writeFileSync(join(notes, 'garden.md'), 'Tomatoes need water in the morning.');

it('a folder has an index in the cache, which goes with it', async () => {
  const first = await indexOf({ source: notes, models });
  expect(first.report).toMatchObject({ added: 2, removed: 0 });
  expect(first.folder.startsWith(join(models.cacheFolder, 'indexes', 'notes-'))).toBe(true);

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
  expect(readdirSync(join(models.cacheFolder, 'indexes'))).toHaveLength(2);
  expect(folder).not.toBe((await indexOf({ source: notes, models })).folder);
});

it('a path that is not there is named', async () => {
  await expect(indexOf({ source: join(work, 'nope'), models })).rejects.toMatchObject({ code: 'E_INPUT_MISSING' });
});
