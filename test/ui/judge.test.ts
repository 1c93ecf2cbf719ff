import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readJudgmentsIn } from '../../src/tasks/judgments.ts';
import { noBrowser, openSite, type Site } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-test-judge-'));
let site: Site;
/** Another server, which keeps its judgments in the same place. */
let other: Site;
beforeAll(async () => {
  if (noBrowser !== undefined) return;
  [site, other] = await Promise.all([openSite({ judgments: folder }), openSite({ judgments: folder })]);
}, 120_000);
afterAll(async () => {
  await Promise.all([site, other].map((one) => one?.[Symbol.asyncDispose]()));
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser));

const query = 'a robot left alone on earth';
const address = `?view=judge&q=${query.replaceAll(' ', '+')}`;
const cards = '.judge-cards > li[data-id]';
const kept = async (words = query): Promise<ReadonlyMap<string, number>> => {
  const { queries, judgments } = await readJudgmentsIn(join(folder, 'films'));
  return judgments.get([...queries].find(([, text]) => text === words)?.[0] ?? '') ?? new Map();
};
const ready = (page: Page): Promise<void> => page.locator(cards).first().waitFor();
const saved = (page: Page): Promise<void> => page.locator('[data-saving=saved]').waitFor();
const idsIn = (page: Page): Promise<string[]> =>
  page.locator(cards).evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.id as string));
/** The document whose card has the focus. */
const focused = (page: Page): Promise<string | undefined> => page.evaluate(() => document.activeElement?.closest('li')?.dataset.id);

describe('judging', () => {
  it('is done by keys 0 to 3, kept on the disk, measured, taken back, and blind where one wishes', async () => {
    await using tab = await site.open(address);
    const { page, errors } = tab;
    await ready(page);
    const ids = await idsIn(page);
    expect(ids.length).toBeGreaterThanOrEqual(10);
    await page.keyboard.press('j');
    expect(await focused(page)).toBe(ids[0]);
    await page.keyboard.press('3');
    // On to the next that has no grade.
    await expect.poll(() => focused(page)).toBe(ids[1]);
    await page.keyboard.press('0');
    await expect.poll(() => focused(page)).toBe(ids[2]);
    await saved(page);
    expect(await kept()).toEqual(
      new Map([
        [ids[0], 3],
        [ids[1], 0],
      ]),
    );
    expect(await page.locator(`li[data-id="${ids[0]}"] [aria-pressed=true]`).innerText()).toContain('3 exactly');
    expect(await page.locator('.judge-progress').innerText()).toContain(`2 of ${ids.length}`);
    const figures = page.getByRole('region', { name: 'What the judgments say' });
    await expect.poll(() => figures.innerText()).toContain('over 1 judged query');
    await expect.poll(() => figures.innerText()).toMatch(/cannot tell with 1 query|makes no difference/i);
    expect(await figures.locator('.plot svg[role=img]').count()).toBeGreaterThan(0);
    await page.keyboard.press('u');
    await expect.poll(() => focused(page)).toBe(ids[1]);
    await saved(page);
    await expect.poll(async () => (await kept()).has(ids[1] as string)).toBe(false);
    await page.keyboard.press('b');
    await expect.poll(() => new URL(page.url()).searchParams.has('blind')).toBe(true);
    const blind = await idsIn(page);
    expect(blind).not.toEqual(ids);
    expect([...blind].sort()).toEqual([...ids].sort());
    expect((await page.locator('.judge-places').allInnerTexts()).join('')).toBe('');
    await page.reload();
    await ready(page);
    expect(await idsIn(page)).toEqual(blind);
    expect(await page.locator(`li[data-id="${ids[0]}"] [aria-pressed=true]`).innerText()).toContain('3 exactly');
    expect(errors).toEqual([]);
  });

  it('in two tabs and at two servers loses nothing, and each tab sees what the other gave', async () => {
    const words = 'shark terrorises a beach town';
    const there = `?view=judge&q=${words.replaceAll(' ', '+')}`;
    await using one = await site.open(there);
    await using two = await other.open(there);
    await Promise.all([ready(one.page), ready(two.page)]);
    const ids = await idsIn(one.page);
    const half = Math.floor(ids.length / 2);
    const judge = async (page: Page, from: number, to: number): Promise<void> => {
      for (let at = from; at < to; at++) await page.locator(`li[data-id="${ids[at]}"] .grade-${at % 4}`).click();
    };
    await Promise.all([judge(one.page, 0, half), judge(two.page, half, ids.length)]);
    await Promise.all([saved(one.page), saved(two.page)]);
    expect(await kept(words)).toEqual(new Map(ids.map((id, at) => [id, at % 4])));
    // A change of the answer that each gets shows what the other gave to the same query.
    await one.page.locator(`li[data-id="${ids[0]}"] .grade-1`).click();
    await expect.poll(() => one.page.locator('.judge-progress').innerText()).toContain(`${ids.length} of ${ids.length}`);
    expect((await kept(words)).size).toBe(ids.length);
  });

  it('says that it could not save, tries again, and loses nothing', async () => {
    await using tab = await site.open(address);
    const { page } = tab;
    await ready(page);
    const ids = await idsIn(page);
    let isDown = true;
    await page.route('**/judgments', (route) => (isDown && route.request().method() === 'PATCH' ? route.abort() : route.continue()));
    const card = page.locator(`li[data-id="${ids[3]}"]`);
    await card.locator('.grade-2').click();
    await page.locator('[data-saving=waiting]').waitFor();
    expect(await page.locator('.save-state').innerText()).toContain('1 judgment not saved yet');
    expect(await card.locator('[aria-pressed=true]').innerText()).toContain('2');
    expect((await kept()).has(ids[3] as string)).toBe(false);
    isDown = false;
    await page.getByRole('button', { name: 'Save now' }).click();
    await saved(page);
    expect((await kept()).get(ids[3] as string)).toBe(2);
  });

  it('leaves a grade that someone else gave while a tab could not save, and says so', async () => {
    await using tab = await site.open(address);
    const { page } = tab;
    await ready(page);
    const id = (await idsIn(page))[4] as string;
    let isDown = true;
    await page.route('**/judgments', (route) => (isDown && route.request().method() === 'PATCH' ? route.abort() : route.continue()));
    await page.locator(`li[data-id="${id}"] .grade-1`).click();
    await page.locator('[data-saving=waiting]').waitFor();
    const query = new URL(page.url()).searchParams.get('q');
    await fetch(`${site.server.url}/v1/indexes/films/judgments`, {
      method: 'PATCH',
      body: JSON.stringify({ judgments: [{ query, id, grade: 3 }] }),
    });
    isDown = false;
    await page.getByRole('button', { name: 'Save now' }).click();
    await saved(page);
    expect((await kept()).get(id)).toBe(3);
    expect(await page.locator('.save-state').innerText()).toContain(`Someone else graded meanwhile, and that stays: ${id} (3)`);
    expect(await page.locator(`li[data-id="${id}"] [aria-pressed=true]`).innerText()).toContain('3');
    await page.locator(`li[data-id="${id}"] .grade-2`).click();
    await saved(page);
    await expect.poll(async () => (await kept()).get(id)).toBe(2);
  });

  it('is exported as files that others read', async () => {
    await using tab = await site.open(address);
    const { page } = tab;
    await ready(page);
    await page.keyboard.press('e');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'qrels.txt' }).click();
    const path = await (await download).path();
    expect(readFileSync(path, 'utf8')).toMatch(/^\w+ 0 \S+ [0-3]\n/);
  });
});
