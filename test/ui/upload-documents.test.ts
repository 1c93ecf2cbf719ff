import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { isLong } from '../support/is-long.ts';
import { docxOf, paragraphOf } from '../support/made-documents.ts';
import { noBrowser, openSite, type Site } from './browser.ts';

/** Short notes of a folder, and those among them that are broken. */
const [NOTES, BROKEN] = isLong ? [500, 20] : [10, 5];
/** Of the longest text. */
const CHARACTERS = isLong ? 100_000 : 10_000;
const home = mkdtempSync(join(tmpdir(), 'finetooth-test-documents-'));
const folder = join(home, 'papers');
const quiet = 'Nothing was heard in the harbour that night but water. ';

let site: Site;
beforeAll(async () => {
  if (noBrowser !== undefined) return;
  site = await openSite();
  mkdirSync(join(folder, 'notes'), { recursive: true });
  writeFileSync(join(folder, 'whale.pdf'), await pdfOfChromium());
  const body = [paragraphOf('Tides', 'Heading1'), paragraphOf('The moon pulls the sea up twice a day.')].join('');
  writeFileSync(join(folder, 'tides.docx'), await docxOf(body));
  writeFileSync(
    join(folder, 'long.txt'),
    `${quiet.repeat(CHARACTERS / 50).slice(0, CHARACTERS - 100)} At last a lighthouse keeper lit the lamp again.`,
  );
  writeFileSync(join(folder, 'arabic.md'), '# الحوت\n\nيسبح الحوت الأزرق في المحيط البعيد.\n');
  writeFileSync(join(folder, 'japanese.md'), '# 灯台\n\n灯台守は毎晩ランプに火をともす。\n');
  writeFileSync(join(folder, 'torn.pdf'), '%PDF-1.7\nand nothing behind it');
  writeFileSync(join(folder, 'torn.docx'), 'PK\u0003\u0004 cut');
  for (let at = 0; at < NOTES; at++) {
    const isBroken = at % Math.floor(NOTES / BROKEN) === 0;
    writeFileSync(
      join(folder, 'notes', `${at}.${isBroken ? 'ipynb' : 'md'}`),
      isBroken ? '{' : `# Note ${at}\n\nThe price of wheat on day ${at}.\n`,
    );
  }
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  rmSync(home, { recursive: true, force: true });
});
beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser));

/** A paper as a program that people use writes it, fonts and compression included. */
async function pdfOfChromium(): Promise<Buffer> {
  await using tab = await site.open();
  await tab.page.goto('about:blank');
  await tab.page.setContent('<title>On whales</title><h1>On whales</h1><p>The white whale sank the ship in the end.</p>');
  return await tab.page.pdf();
}

const first = async (page: Page, query: string): Promise<string> => {
  await page.getByRole('searchbox').fill(query);
  await page.waitForTimeout(300);
  await page.locator('[data-status=done]').waitFor();
  return page.locator('ol[data-side="1"] > li').first().innerText();
};

it('of a folder with PDF, Word, a long text, other scripts and broken files become an index in which each is found', async () => {
  await using tab = await site.open('', { viewport: { width: 320, height: 700 } });
  const { page, errors } = tab;
  await page.getByRole('button', { name: 'Add files' }).click();
  await page.getByLabel('A folder').setInputFiles(folder);
  await page.getByLabel('Name of the index').waitFor();
  await page.getByRole('button', { name: 'Make the index' }).click();
  await page.getByRole('heading', { name: 'papers: ready' }).waitFor({ timeout: 200_000 });
  const failed = page.locator('.upload-failed');
  expect(await failed.locator('summary').innerText()).toContain(`Cannot be read (${BROKEN + 2})`);
  await failed.locator('summary').click();
  for (const name of ['torn.pdf', 'torn.docx', 'notes/0.ipynb']) expect(await failed.innerText()).toContain(name);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  await page.getByRole('button', { name: 'Search it' }).click();
  expect(await first(page, 'a white whale sinks a ship')).toContain('sank the ship');
  expect(await first(page, 'what makes the tides')).toContain('moon');
  expect(await first(page, 'الحوت الأزرق')).toContain('الأزرق');
  expect(await first(page, '灯台守')).toContain('灯台');
  // What matters of the longest text is its last sentence, and that is what is seen.
  expect(await first(page, 'who lit the lamp of the lighthouse')).toContain('lit the lamp');
  await page.locator('ol[data-side="1"] .card-open').first().click();
  const text = page.getByRole('dialog').locator('.heated');
  await text.waitFor();
  expect((await text.textContent())?.length).toBeGreaterThan(CHARACTERS - 1000);
  await page.getByRole('dialog').locator('.met').waitFor();
  const isSeen = await page
    .getByRole('dialog')
    .locator('.passage')
    .evaluate((part) => {
      const [box, own] = [(part.parentElement as HTMLElement).getBoundingClientRect(), part.getBoundingClientRect()];
      return own.bottom > box.top && own.top < box.bottom;
    });
  expect(isSeen).toBe(true);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  expect(errors).toEqual([]);
});
