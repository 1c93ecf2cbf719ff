import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { noBrowser, openSite, type Site } from './browser.ts';
import { judgeFilms } from './judged-films.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-test-tune-long-'));
let site: Site;
beforeAll(async () => {
  if (noBrowser !== undefined) return;
  site = await openSite({ judgments: folder });
  await judgeFilms(site, 12);
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser));

it('evaluates what reranks, goes on where it was cancelled, tunes, and searches with what was chosen', async () => {
  await using tab = await site.open('?view=tune');
  const { page, errors } = tab;
  await page.getByText('On 12 judged queries of films.').waitFor();
  for (const name of ['hybrid', 'hybrid, reranked']) await page.getByRole('checkbox', { name, exact: true }).uncheck();
  await page.keyboard.press('e');
  await page.getByText(/dense, reranked: query [3-9] of 12/).waitFor({ timeout: 120_000 });
  await page.keyboard.press('.');
  await page.locator('[data-work=cancelled]').waitFor();
  await page.keyboard.press('e');
  const report = page.locator('.report').first();
  await report.waitFor({ timeout: 240_000 });
  expect(await report.locator('tbody').first().innerText()).toContain('dense, reranked');
  expect(await report.locator('.verdict').count()).toBe(2);
  await page.keyboard.press('o');
  const tuned = page.locator('.report').nth(1);
  await tuned.waitFor({ timeout: 400_000 });
  expect(await tuned.innerText()).toMatch(/Chosen: .*nDCG@10 0\.\d{3} on queries that had no part in the choice/s);
  const download = page.waitForEvent('download');
  await tuned.getByRole('button', { name: 'Save as pipeline' }).click();
  expect(JSON.parse(readFileSync(await (await download).path(), 'utf8'))).toMatchObject({ name: 'tuned', candidates: expect.any(Number) });
  await tuned.getByRole('link', { name: 'Search with it' }).click();
  await page.getByRole('searchbox').fill('a submarine');
  await page.locator('[data-status=done]').waitFor();
  expect(errors).toEqual([]);
}, 900_000);
