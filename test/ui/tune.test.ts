import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { noBrowser, openSite, type Site } from './browser.ts';
import { judgeFilms } from './judged-films.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-test-tune-'));
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

describe('tuning', () => {
  it('evaluates pipelines with progress, cancels, and opens a query that changed in both columns', async () => {
    await using tab = await site.open('?view=tune');
    const { page, errors } = tab;
    await page.getByText('On 12 judged queries of films.').waitFor();
    for (const name of ['hybrid', 'dense, reranked', 'hybrid, reranked']) await page.getByRole('checkbox', { name, exact: true }).uncheck();
    const done = page.locator('.report').first();
    await page.keyboard.press('e');
    await done.waitFor({ timeout: 60_000 });
    expect(await done.locator('tbody').first().innerText()).toMatch(/dense[\s\S]*bm25/);
    expect(await done.locator('.verdict').count()).toBe(1);
    expect(await done.locator('.plot svg[role=img]').count()).toBeGreaterThan(1);
    // Heavy work, told with a progress bar, and ended by a key.
    await page.getByRole('checkbox', { name: 'dense, reranked', exact: true }).check();
    await page.keyboard.press('e');
    await page.getByText('dense, reranked: query').waitFor({ timeout: 60_000 });
    await page.keyboard.press('.');
    await page.locator('[data-work=cancelled]').waitFor();
    const changed = done.locator('.changes a').first();
    const text = await changed.innerText();
    await changed.click();
    await page.locator('.columns.pipelines').waitFor();
    const words = new URL(page.url()).searchParams;
    expect([words.get('q'), JSON.parse(words.get('a') ?? ''), JSON.parse(words.get('b') ?? '')]).toEqual([
      text,
      { first_stage: 'dense', candidates: 100, reranker: null },
      { first_stage: 'bm25', candidates: 100, reranker: null },
    ]);
    expect(errors).toEqual([]);
  });
});
