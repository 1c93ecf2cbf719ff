import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { choose, nameFor } from '../../ui/upload/choose.ts';
import { madeWith } from '../../ui/upload/upload-state.ts';
import { noBrowser, openSite, type Site } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-upload-'));
const notes = join(folder, 'My Notes');
mkdirSync(join(notes, 'sub'), { recursive: true });
mkdirSync(join(notes, '.git'));
writeFileSync(join(notes, 'bats.md'), '# Bats\n\nThey find their way in the dark by echo.\n');
writeFileSync(join(notes, 'sub/wheat.md'), '# Wheat\n\n<img src=x onerror="document.title=1">Its price rose.\n');
writeFileSync(join(notes, 'torn.ipynb'), '{');
writeFileSync(join(notes, 'photo.png'), 'no document');
writeFileSync(join(notes, '.git/HEAD.md'), 'no document');
writeFileSync(join(folder, 'crops.csv'), 'id,title,price,day\n1,Wheat,10,2024-01-02\n2,Oats,12,2024-02-03\n');

let site: Site;
beforeAll(async () => {
  if (noBrowser === undefined) site = await openSite();
});
afterAll(() => site?.[Symbol.asyncDispose]());

const openDialog = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Add files' }).click();
  await page.getByText('Drop files or a folder anywhere').waitFor();
};
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const violations = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await (
      globalThis as never as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    ).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
};

describe('files on the page', () => {
  beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser));

  it('of a folder become an index: looked at, named, added, picked and found', async () => {
    await using tab = await site.open('', { viewport: { width: 320, height: 700 }, colorScheme: 'dark' });
    const { page, errors } = tab;
    await openDialog(page);
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('A folder').setInputFiles(notes);
    const name = page.getByLabel('Name of the index');
    await name.waitFor();
    expect(await name.inputValue()).toBe('my-notes');
    await page.getByText('3 files, 2 documents. Left out: 1 file of other kinds, such as photo.png.').waitFor();
    await page.getByText('torn.ipynb').first().waitFor();
    expect(await page.getByLabel('title').inputValue()).toBe('text');
    expect(await page.getByLabel('path').inputValue()).toBe('keyword');
    expect(await violations(page)).toEqual([]);
    // No wider than the window.
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await page.getByRole('button', { name: 'Make the index' }).click();
    await page.getByRole('heading', { name: 'my-notes: ready' }).waitFor();
    await page.getByText('3 of 3 files, 2 documents (2 added)').waitFor();
    expect(await page.locator('[data-state="not read"]').allTextContents()).toEqual(['torn.ipynb not read']);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Search it' }).click();
    expect(new URL(page.url()).searchParams.get('index')).toBe('my-notes');
    await page.locator('#query:focus').waitFor();
    await page.keyboard.type('bats in the dark');
    await page.getByText('They find their way in the dark by echo.').filter({ visible: true }).first().waitFor();
    expect([await page.title(), errors]).toEqual(['Finetooth', []]);
  });

  it('that are dropped anywhere are looked at, their fields chosen, and added to an index that is there', async () => {
    await using tab = await site.open();
    const { page, errors } = tab;
    const drop = (text: string) =>
      page.evaluate((csv) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([csv], 'crops.csv'));
        const target = document.querySelector('main') as HTMLElement;
        target.dispatchEvent(new DragEvent('dragenter', { dataTransfer: transfer, bubbles: true, cancelable: true }));
        target.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
      }, text);
    const crops = readFileSync(join(folder, 'crops.csv'), 'utf8');
    await drop(crops);
    await page.getByText('1 file, 2 documents.').waitFor();
    const types = await Promise.all(['title', 'price', 'day'].map((field) => page.getByLabel(field, { exact: true }).inputValue()));
    expect(types).toEqual(['text', 'number', 'date']);
    await page.getByLabel('title', { exact: true }).selectOption('keyword');
    await page.getByText('Choose at least one field that is searched.').waitFor();
    await page.getByLabel('title', { exact: true }).selectOption('text');
    await page.getByLabel('price', { exact: true }).selectOption('keyword');
    await page.getByRole('button', { name: 'Make the index' }).click();
    await page.getByRole('heading', { name: 'crops: ready' }).waitFor();
    const status = await (await fetch(`${site.server.url}/v1/indexes/crops`)).json();
    expect(status).toMatchObject({ documents: 2, fields: ['title'], types: { price: 'keyword', day: 'date' } });
    await page.getByRole('button', { name: 'Add other files' }).click();
    await drop('id,title,price,day\n1,Wheat,10,2024-01-02\n');
    await page.getByText('There is an index of this name').waitFor();
    await page.getByLabel('Remove what these files brought before').check();
    await page.getByRole('button', { name: 'Add to the index' }).click();
    await page.getByText('1 of 1 file, 1 document (1 as they were, 1 removed)').waitFor();
    expect(errors).toEqual([]);
  });

  it('may be cancelled, and go on from there', async () => {
    await using tab = await site.open();
    const { page } = tab;
    await openDialog(page);
    const many = Array.from({ length: 100 }, (_, i) => JSON.stringify({ id: i, text: `Note ${i} of many, on the price of wheat` })).join(
      '\n',
    );
    await page
      .getByLabel('Files', { exact: true })
      .setInputFiles({ name: 'many.jsonl', mimeType: 'text/plain', buffer: Buffer.from(many) });
    await page.getByRole('button', { name: 'Make the index' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('heading', { name: 'many: stopped' }).waitFor();
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('heading', { name: 'many: ready' }).waitFor();
    await page.getByText('1 of 1 file, 100 documents').waitFor();
  });

  it('that cannot be read, and a server that takes none, say so and what to do', async () => {
    await using tab = await site.open();
    const { page } = tab;
    await openDialog(page);
    const files = page.getByLabel('Files', { exact: true });
    await files.setInputFiles({ name: 'what.xyz', mimeType: 'text/plain', buffer: Buffer.from('some words') });
    await page.getByRole('alert').getByText('The format of what.xyz cannot be told').waitFor();
    await page.route('**/v1/indexes', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({ status: 403, json: { error: { code: 'E_FORBIDDEN', message: 'this server makes no indexes' } } })
        : route.fallback(),
    );
    await files.setInputFiles({ name: 'a.md', mimeType: 'text/plain', buffer: Buffer.from('some words') });
    await page.getByRole('button', { name: 'Make the index' }).click();
    await page.getByRole('alert').getByText('This server makes no indexes.').waitFor();
    await page.getByText('finetooth serve --indexes FOLDER').waitFor();
  });
});

describe('what is sent', () => {
  const formats = {
    formats: [
      { format: 'text', extensions: ['md', 'readme'], in_folders: true },
      { format: 'csv', extensions: ['csv'], in_folders: false },
    ],
    most_bytes: 100,
  };
  const picked = (path: string, size = 5, inFolder = true) => ({ path, inFolder, file: { size } as File });

  it('of a folder is its documents, else its tables, and of single files all', () => {
    const some = [
      picked('a.md'),
      picked('b.csv'),
      picked('README'),
      picked('c.png'),
      picked('d.md', 101),
      picked('e.md', 0),
      picked('f.md.gz'),
    ];
    const { files, leftOut } = choose({ files: some, name: 'x' }, formats);
    expect(files.map(({ path, isTable }) => [path, isTable])).toEqual([
      ['a.md', false],
      ['README', false],
    ]);
    expect(leftOut).toEqual([
      '3 files of other kinds, such as b.csv',
      '1 file without content, such as e.md',
      '1 file larger than 0 MB, such as d.md',
    ]);
    expect(choose({ files: [picked('b.csv'), picked('c.png')], name: 'x' }, formats).files.map(({ path }) => path)).toEqual(['b.csv']);
    expect(choose({ files: [picked('c.png', 5, false)], name: 'x' }, formats).files.map(({ path }) => path)).toEqual(['c.png']);
  });

  it.each([
    ['My Notes (2)', 'my-notes-2'],
    ['Übersicht.csv.gz', 'ubersicht'],
    ['.hidden', 'hidden'],
    ['données 2024.jsonl', 'donnees-2024'],
    ['日本語', 'files'],
    ['x'.repeat(100), 'x'.repeat(64)],
  ])('gets a name that the server takes: %s', (name, expected) => expect(nameFor(name)).toBe(expected));

  it('is what was chosen of each field', () => {
    const field = (name: string, use: never) => ({ name, use, example: '' });
    expect(madeWith([field('a', 'text' as never), field('b', 'kept' as never), field('c', 'date' as never)])).toEqual({
      fields: ['a'],
      types: { c: 'date' },
    });
  });
});
